import { commandTopicsOf } from '../devices/command-topics.ts';
import type { Passwords } from './auth/passwords.ts';
import type { Clock, Timer } from './clock/clock.ts';
import { SystemClock } from './clock/system.ts';
import type { Config } from './config/index.ts';
import type { Bus, BusOptions } from './model/bus.ts';
import type { Listen } from './model/homeassistant.ts';
import type { Log } from './model/log.ts';
import type { PlugIn } from './model/port.ts';
import type { DeviceSettings } from './model/station.ts';
import { bellOf } from './transports/desktop/bell.ts';
import { DesktopBus } from './transports/desktop/bus.ts';
import { noted } from './transports/desktop/noted.ts';
import { Notifications } from './transports/desktop/notifications.ts';
import { programsOf } from './transports/desktop/programs.ts';
import { isHere, runHere } from './transports/desktop/run.ts';
import { HomeAssistantBus, addressesOf } from './transports/homeassistant/bus.ts';
import { openWebSocket } from './transports/homeassistant/socket.ts';
import { startBroker } from './transports/broker.ts';
import { connectMqtt } from './transports/mqtt.ts';
import { MemoryPorts } from './transports/memory-ports.ts';
import { MemorySockets } from './transports/memory-sockets.ts';
import { MqttPorts } from './transports/mqtt-ports.ts';
import type { MqttBus } from './transports/mqtt.ts';
import { withPorts } from './transports/port-dialects.ts';
import { SerialPorts } from './transports/serial/index.ts';
import { freshSeed, Random } from './random/random.ts';

/** The broker of a home: its own, embedded, or the one its config names. */
export interface HomeBroker {
  /** Where a program on this computer reaches it. */
  readonly url: string;
  /** Joins as the controller. */
  readonly connect: (options: BusOptions) => MqttBus;
  close(): Promise<void>;
}

/** How often the file of the passwords is looked at. */
const LOOK_MS = 5_000;

interface Of {
  readonly config: Config;
  readonly log: Log;
}

/** @throws LinkError port_in_use; ConfigError password_missing, config_invalid */
export async function openBroker(home: Of, passwords: Passwords): Promise<HomeBroker> {
  const { config, log } = home;
  const { url, listen } = config.mqtt;
  if (url !== null) {
    return { url, connect: (options) => connectHome(home, url, options), close: () => Promise.resolve() };
  }
  const broker = await startBroker({
    ...listen,
    log,
    password: {
      has: () => passwords.has('mqtt'),
      verify: (password) => passwords.verify('mqtt', password),
      onChange: (listener) => {
        passwords.onChange((account) => {
          if (account === 'mqtt') listener();
        });
      },
    },
    commandTopics: commandTopicsOf([...config.stations, ...config.desks].flatMap(({ devices }) => devices)),
  });
  const login = broker.login ?? {};
  // Whoever is in with a password that was changed is out soon, also where nobody else logs in.
  const watch = broker.login === null ? null : lookAgain(passwords, new SystemClock());
  return {
    url: broker.url,
    connect: (options) =>
      connectMqtt({ ...options, ...login, url: broker.url, clock: new SystemClock(), log }),
    close: () => {
      watch?.cancel();
      return broker.close();
    },
  };
}

/** Looks after the passwords now and then. */
function lookAgain(passwords: Passwords, clock: Clock): Timer {
  const next = (): Timer =>
    clock.at(clock.nowMs() + LOOK_MS, 'passwords', () => {
      void passwords.look();
      timer = next();
    });
  let timer = next();
  return {
    cancel: () => {
      timer.cancel();
    },
  };
}

/** The serial ports of this computer, and those behind a bridge, beside a bus. `clock` is that of whoever talks to the boards. */
export function withRealPorts(bus: Bus, clock: Clock, log: Log): Bus {
  // A port's own timers run in real time, as a link's do.
  const ports = new MqttPorts(bus, new SerialPorts(new SystemClock()));
  return withPorts(bus, { ports, clock, random: new Random(freshSeed(), 'ports'), log });
}

/** The Home Assistants that a config names, beside a bus. */
export function withHomeAssistants(bus: Bus, { config, log }: Of): Bus {
  const addresses = addressesOf([...config.stations, ...config.desks].flatMap(({ devices }) => devices));
  if (addresses.length === 0) return bus;
  // A link's own timers run in real time: they are about sockets.
  const parts = {
    open: openWebSocket,
    clock: new SystemClock(),
    random: new Random(freshSeed(), 'home assistant'),
  };
  return new HomeAssistantBus(bus, addresses, { ...parts, log });
}

/** The desktop of this computer, where a config names it, beside a bus. With simulated hardware it is noted, and no more. */
export function withDesktop(bus: Bus, { config, log }: Of): Bus {
  const devices = config.desks.flatMap((desk) => desk.devices);
  if (!devices.some(({ driver }) => driver === 'desktop')) return bus;
  const clock = new SystemClock();
  if (config.simulated) {
    const parts = { bell: noted('bell', clock, log), notification: noted('notification', clock, log) };
    return new DesktopBus(bus, parts, log);
  }
  const { env, platform, stderr, stdout } = process;
  const notification = new Notifications({
    ...{ programs: programsOf(platform), platform, clock },
    run: runHere(env),
    isHere: (file) => isHere(file, env),
  });
  return new DesktopBus(bus, { bell: bellOf([stderr, stdout], clock), notification }, log);
}

/** What hangs on wires of a simulation beside its bus: serial ports, and Home Assistants. */
export function simulatedWires(
  devices: readonly DeviceSettings[],
  { clock, seed, log }: { readonly clock: Clock; readonly seed: number; readonly log: Log },
): { readonly plug: PlugIn; readonly listen: Listen; beside(bus: Bus, clock?: Clock): Bus } {
  const ports = new MemoryPorts(clock);
  const sockets = new MemorySockets(clock);
  return {
    plug: (path) => ports.plug(path),
    listen: (url, accept) => sockets.listen(url, accept),
    // `of`: the clock of whoever talks to them.
    beside: (bus, of = clock) => {
      const wired = withPorts(bus, { ports, clock: of, random: new Random(seed, 'ports'), log });
      const addresses = addressesOf(devices);
      if (addresses.length === 0) return wired;
      const random = new Random(seed, 'home assistant');
      return new HomeAssistantBus(wired, addresses, { open: sockets.open, clock: of, random, log });
    },
  };
}

/** Joins the broker of a home at `url`, with the login that its config has. */
export function connectHome({ config, log }: Of, url: string, options: BusOptions): MqttBus {
  const { username, password, ca } = config.mqtt;
  return connectMqtt({
    ...options,
    url,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(ca === null ? {} : { ca }),
    // A link's own timers run in real time: they are about sockets, not about water.
    clock: new SystemClock(),
    log,
  });
}

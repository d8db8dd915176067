import { randomUUID } from 'node:crypto';
import { createDevice } from '../devices/index.ts';
import { createRig } from '../firmware-sim/rig.ts';
import type { Rig } from '../firmware-sim/rig.ts';
import { followCalendars } from './calendar/index.ts';
import { openPasswords, passwordsFile } from './auth/passwords.ts';
import type { Clock } from './clock/clock.ts';
import { ScaledClock } from './clock/scaled.ts';
import { SystemClock } from './clock/system.ts';
import { VirtualClock } from './clock/virtual.ts';
import type { Config } from './config/index.ts';
import { Controller, NO_PAST, pastOf } from './controller/index.ts';
import { NOBODY } from './controller/starter.ts';
import type { Now } from './controller/starter.ts';
import type { ControllerOptions, PlanRequest, Planned } from './controller/index.ts';
import type { PersonPast } from '../machines/gate.ts';
import { openBroker, simulatedWires, withDesktop, withHomeAssistants, withRealPorts } from './home-broker.ts';
import type { HomeBroker } from './home-broker.ts';
import { HomeAssistant } from './integrations/homeassistant/index.ts';
import { MemoryJournal, openJournal } from './journal/index.ts';
import type { HistoryReader, Journal } from './journal/index.ts';
import type { Bus, BusOptions } from './model/bus.ts';
import type { SetCommand } from './model/command.ts';
import type { LinkError } from './model/errors.ts';
import type { PersonId } from './model/ids.ts';
import type { Log } from './model/log.ts';
import type { Listen } from './model/homeassistant.ts';
import type { PlugIn } from './model/port.ts';
import type { StationSettings } from './model/station.ts';
import { everybody, starterOf } from './people.ts';
import { compile, guideOf, itemsOf } from './protocols/index.ts';
import type { Protocol } from './protocols/index.ts';
import { freshSeed, Random } from './random/random.ts';
import { connectMqtt } from './transports/mqtt.ts';
import { MemoryBroker } from './transports/memory.ts';
import { startBroker } from './transports/broker.ts';
export { connectHome, withDesktop, withHomeAssistants, withRealPorts } from './home-broker.ts';

export const VERSION = '0.1.0';
/** What a start without a name starts, by what the station is. */
export const DEFAULT_PROTOCOLS = {
  bath: 'contrast-foot-bath',
  shower: 'contrast-shower',
  buckets: 'contrast-buckets',
} as const;

/**
 * The composition root. A config and a library in, a running controller out, put together as the picture in the
 * architecture: protocols and config -> machines and interlock -> drivers -> bus -> hardware, real or simulated.
 */
export interface Home {
  readonly config: Config;
  readonly protocols: readonly Protocol[];
  readonly log: Log;
}

export interface Running {
  readonly controller: Controller;
  readonly clock: Clock;
  readonly simulated: boolean;
  /** null: real hardware, or simulated hardware in another process. */
  readonly rig: Rig | null;
  readonly history: HistoryReader;
  /** Where other programs reach the broker; null in virtual time. */
  readonly mqttUrl: string | null;
  /** Water first, then everything else. */
  close(): Promise<void>;
}

/** The whole world in virtual time: nothing is opened outside this process, and the same seed does the same. */
export function composeVirtual(
  home: Home,
  station: StationSettings,
  seed: number,
  begins: 'button' | 'page' = 'button',
): Running & { clock: VirtualClock; rig: Rig; broker: MemoryBroker; journal: MemoryJournal } {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
  const journal = new MemoryJournal({ clock, random: new Random(seed, 'journal') });
  const ids = new Random(seed, 'ids');
  const connect = (options: BusOptions): Bus => broker.connect(options);
  const wires = simulatedWires(station.devices, { clock, seed, log: home.log });
  const { plug, listen } = wires;
  const rig = simulatedHardware(home, station, seed, clock, connect, { begins, plug, listen });
  const controller = controllerOf(home, [simulatedStation(station)], {
    clock,
    bus: wires.beside(connect(controllerOnBus(home, `sim-${seed}`))),
    journal,
    history: null,
    simulated: true,
    newId: () => `s-${ids.word(10)}`,
    boot: `sim-${seed}`,
  });
  const close = async (): Promise<void> => {
    await rig.close();
  };
  const { history } = journal;
  return { controller, clock, simulated: true, rig, history, mqttUrl: null, close, broker, journal };
}

/** What stands between the controller of a simulation and its time and its bus: nothing, but where a demonstration stops it. */
export interface Between {
  clock(clock: Clock): Clock;
  bus(bus: Bus): Bus;
}
const NOTHING_BETWEEN: Between = { clock: (clock) => clock, bus: (bus) => bus };

/** Simulated hardware over a real, embedded broker on a free port, in real time times `speed`. */
export async function composeScaled(
  home: Home,
  station: StationSettings,
  {
    seed,
    speed,
    port,
    begins = 'button',
    between = NOTHING_BETWEEN,
  }: {
    readonly seed: number;
    readonly speed: number;
    readonly port: number;
    readonly begins?: 'button' | 'page';
    readonly between?: Between;
  },
): Promise<Running & { clock: ScaledClock; rig: Rig }> {
  const clock = new ScaledClock(speed);
  const broker = await startBroker({ host: '127.0.0.1', port, log: home.log });
  const controllerClock = between.clock(clock);
  const journal = new MemoryJournal({ clock: controllerClock, random: new Random(seed, 'journal') });
  const real = new SystemClock();
  // Not the login of the config: this broker is our own.
  const connect = (options: BusOptions): Bus =>
    connectMqtt({ ...options, url: broker.url, clock: real, log: home.log });
  const wires = simulatedWires(station.devices, { clock, seed, log: home.log });
  const { plug, listen } = wires;
  const rig = simulatedHardware(home, station, seed, clock, connect, { begins, plug, listen });
  const boot = randomUUID();
  const bus = wires.beside(connect(controllerOnBus(home, boot)), controllerClock);
  const controller = controllerOf(home, [simulatedStation(station)], {
    clock: controllerClock,
    bus: between.bus(bus),
    journal,
    history: null,
    simulated: true,
    newId: () => randomUUID(),
    boot,
  });
  const close = async (): Promise<void> => {
    // The messages of the end take real time, whatever the speed.
    clock.speed = 1;
    await controller.close();
    await rig.close();
    await broker.close();
  };
  return { controller, clock, simulated: true, rig, history: journal.history, mqttUrl: broker.url, close };
}

/** The controller of a home: its own broker or the one the config names, its journal, real time. */
export async function composeReal(
  home: Home,
  options: {
    readonly clock?: Clock;
    /** Asked once the broker is there: what runs on it may say how fast its time goes. Overrides `clock`. */
    readonly clockFor?: (connect: (options: BusOptions) => Bus) => Promise<Clock>;
    readonly onBrokerError?: (error: LinkError) => void;
    readonly journalDelayMs?: number;
  } = {},
): Promise<Running> {
  const { config, log } = home;
  const delay = options.journalDelayMs === undefined ? {} : { workerDelayMs: options.journalDelayMs };
  const { journal, history } = await openJournal(config.journalPath, { log, ...delay });
  let broker: HomeBroker | null = null;
  try {
    broker = await openBroker(home, await openPasswords(passwordsFile(config.journalPath)));
    const { url: mqttUrl, connect } = broker;
    const clock = (await options.clockFor?.(connect)) ?? options.clock ?? new SystemClock();
    const boot = randomUUID();
    const bus = connect(controllerOnBus(home, boot));
    if (options.onBrokerError !== undefined) bus.onError(options.onBrokerError);
    const controller = controllerOf(home, config.stations, {
      clock,
      bus: withDesktop(withHomeAssistants(withRealPorts(bus, clock, log), home), home),
      journal,
      history,
      desks: config.desks,
      simulated: config.simulated,
      newId: () => randomUUID(),
      boot,
    });
    const homeAssistant = homeAssistantOn(home, bus, controller);
    const calendars = followCalendars(config.desks, { clock, log }, (desk, news) => {
      controller.calendar(desk, news);
    });
    const close = async (): Promise<void> => {
      calendars.close();
      homeAssistant.close();
      await controller.close();
      history.close();
      await broker?.close();
    };
    return { controller, clock, simulated: config.simulated, rig: null, history, mqttUrl, close };
  } catch (error) {
    history.close();
    await Promise.all([journal.close(), broker?.close()]);
    throw error;
  }
}

/** What Home Assistant sees of a home. Simulations in this process have a broker of their own, and nobody is told. */
function homeAssistantOn(home: Home, bus: Bus, controller: Controller): HomeAssistant {
  const { config, log } = home;
  const person = starterOf(config, config.simulated, undefined, () => NO_PAST, { atMs: 0, wallMs: 0 });
  const runsAt = (station: StationSettings, protocol: string): boolean =>
    person !== null && 'plan' in planOf(home, { protocol, person, choices: {}, station });
  return new HomeAssistant({
    bus,
    controller,
    stations: config.stations.map((settings) => ({
      settings,
      protocols: home.protocols.map(({ id }) => id).filter((id) => runsAt(settings, id)),
    })),
    desks: config.desks,
    site: config.site,
    version: VERSION,
    simulated: config.simulated,
    defaultProtocols: DEFAULT_PROTOCOLS,
    clock: new SystemClock(),
    random: new Random(freshSeed(), 'home-assistant'),
    log,
  });
}

/** The simulated hardware and person of one station. */
export function simulatedHardware(
  { config }: Pick<Home, 'config'>,
  station: StationSettings,
  seed: number,
  clock: Clock,
  connect: (options: BusOptions) => Bus,
  {
    begins = 'button',
    ...more
  }: {
    readonly begins?: 'button' | 'page';
    /** Where its serial devices are plugged in. */
    readonly plug?: PlugIn;
    /** Where its Home Assistant listens. */
    readonly listen?: Listen;
  } = {},
): Rig {
  const { presses, answers } = config.simPerson;
  return createRig({
    clock,
    seed,
    connect,
    ...more,
    station,
    plant: config.plant,
    person: { presses: presses ?? true, answers: answers ?? true, begins },
  });
}

/** The simulated person presses and answers over the bus where the station has no button. */
function simulatedStation(station: StationSettings): StationSettings {
  return {
    ...station,
    prepareFrom: [...station.prepareFrom, 'mqtt'],
    beginFrom: [...station.beginFrom, 'mqtt'],
  };
}

/** How a controller joins: its fixed client id, and what the broker says when it is gone. */
export function controllerOnBus({ config }: Pick<Home, 'config'>, boot?: string): BusOptions {
  return {
    clientId: `ebb-${config.site}`,
    will: { topic: 'ebb/status', payload: 'offline', retain: true },
    ...(boot === undefined ? {} : { owner: { topic: 'ebb/owner', name: boot } }),
  };
}

/** A controller of a home on given parts: what the compositions above have in common. */
export function controllerOf(
  home: Home,
  stations: readonly StationSettings[],
  parts: {
    readonly clock: Clock;
    readonly bus: Bus;
    readonly journal: Journal;
    readonly history: HistoryReader | null;
    readonly simulated: boolean;
    readonly newId: () => string;
    readonly boot: string;
    /** Default: none. */
    readonly desks?: Config['desks'];
    /** Who starts; default: whoever the config and the journal say. */
    readonly starter?: ControllerOptions['starter'];
  },
): Controller {
  const { config, log, protocols } = home;
  return new Controller({
    ...parts,
    desks: (parts.desks ?? []).map((settings) => ({
      settings,
      devices: settings.devices.map(createDevice),
      texts: protocols.map((one) => guideOf(one, [settings.kind])).filter((text) => text !== null),
    })),
    log,
    version: VERSION,
    items: itemsOf(protocols),
    persons: config.people.map(({ id }) => id),
    zone: config.timezone,
    defaultProtocols: DEFAULT_PROTOCOLS,
    stations: stations.map((settings) => ({ settings, devices: settings.devices.map(createDevice) })),
    people: everybody(config, parts.simulated),
    starter: parts.starter ?? ((person, past, now) => starterOf(config, parts.simulated, person, past, now)),
    plan: (request) => planOf(home, request),
  });
}

/**
 * What a start would do, without doing it: for the preview. `history` is what the controller knows of the person's
 * earlier sessions.
 */
export function previewOf(
  home: Pick<Home, 'config' | 'protocols'>,
  station: StationSettings,
  start: Extract<SetCommand, { command: 'start' }>,
  past: { readonly history: HistoryReader | null; readonly simulated: boolean; readonly now: Now },
): Planned {
  const { history, simulated, now } = past;
  const of = (id: PersonId): PersonPast => (history === null ? NO_PAST : pastOf(history, id, now, simulated));
  const person = start.dry === true ? NOBODY : starterOf(home.config, simulated, start.person, of, now);
  if (person === null) {
    const message = `there is no person "${start.person ?? ''}" in the config`;
    return { refusal: { code: 'unknown_person', message } };
  }
  const protocol = start.protocol ?? DEFAULT_PROTOCOLS[station.kind];
  return planOf(home, { protocol, person, choices: start.with ?? {}, station });
}

/** Compiles a protocol for a person at a station, or says why it does not compile. */
export function planOf(
  { config, protocols }: Pick<Home, 'config' | 'protocols'>,
  request: PlanRequest,
): Planned {
  const { protocol: id, person, choices, station } = request;
  const protocol = protocols.find((one) => one.id === id);
  if (protocol === undefined) {
    const known = protocols.map((one) => one.id).join(', ');
    return {
      refusal: { code: 'unknown_protocol', message: `there is no protocol "${id}"; there are ${known}` },
    };
  }
  const own = config.people.find((one) => one.id === person.id)?.defaults[id] ?? {};
  const compiled = compile(protocol, {
    person: { profile: person.profile, coldCapMs: person.coldCapMs },
    layers: [choices, own, config.defaults[id] ?? {}],
    kind: station.kind,
    plumbing: station.plumbing,
    vessel: station.vessel,
    flowLpm: config.plant.flowLpm,
  });
  if (compiled.plan !== null) return { plan: compiled.plan };
  const message = compiled.problems.map((problem) => problem.message).join('; ');
  return { refusal: { code: 'envelope', message: `${id} cannot run so: ${message}` } };
}

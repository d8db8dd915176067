import type { Command } from 'commander';
import { z } from 'zod';
import type { Opening } from '../../../firmware-sim/plant/valve.ts';
import { createRig } from '../../../firmware-sim/rig.ts';
import type { Rig } from '../../../firmware-sim/rig.ts';
import type { Timer } from '../../clock/clock.ts';
import { ScaledClock } from '../../clock/scaled.ts';
import { SystemClock } from '../../clock/system.ts';
import { formatSchedule } from '../../campaign/schedule.ts';
import type { ScheduledFault } from '../../campaign/scenario.ts';
import type { TraceEvent } from '../../campaign/trace.ts';
import { connectHome, controllerOnBus, simulatedHardware } from '../../main.ts';
import { ConfigError } from '../../model/errors.ts';
import type { Bus, BusOptions } from '../../model/bus.ts';
import type { StationId } from '../../model/ids.ts';
import type { PlugIn } from '../../model/port.ts';
import type { LinkError } from '../../model/errors.ts';
import { SocketServers } from '../../transports/socket-server.ts';
import { MqttPlug } from '../../transports/mqtt-plug.ts';
import { bridgedTopic } from '../../transports/mqtt-ports.ts';
import { PseudoPorts } from '../../transports/pseudo-ports.ts';
import { addConfig, addFormat, formatOf, readOptions, wholeNumber } from '../options.ts';
import type { Context, LoadedHome } from '../output.ts';
import { quietLog } from '../session/foreground.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { SEED, SPEED, speedSchema } from '../session/options.ts';
import { realPace } from '../session/pace.ts';
import { SIMULATED_TOPIC } from '../session/simulated.ts';
import { watchStalls } from '../session/stalls.ts';
import { faultDraw, StationFaults } from './simulated-faults.ts';
import type { FaultDraw } from './simulated-faults.ts';
import { watchFingers } from './fingers.ts';

const optionsSchema = z.object({
  config: z.string().optional(),
  seed: wholeNumber(0, 2 ** 32),
  speed: speedSchema.optional(),
  faults: z.string().default('none'),
});

interface Pace {
  readonly seed: number;
  readonly speed: number;
}

/** How often the true valves are looked at for `--json`, real milliseconds. The times told are exact all the same. */
const LOOK_MS = 20;

export function register(devices: Command, context: Context): void {
  const command = devices
    .command('simulate')
    .description('the simulated hardware of a config (simulated: true) on the broker it names, until Ctrl-C')
    .option(SEED.flags, 'draws supplies, flow, dead time, lag, and the person', '1')
    .option(SPEED.flags, SPEED.description)
    .option(
      '--faults <which>',
      'what breaks in each session that comes: all, none, names separated by commas, or a schedule "ID [name=value] @ MOMENT [for N s]; …", as in ebb sim',
      'none',
    )
    .action(async (_: unknown, self: Command) => {
      await simulate(self.optsWithGlobals(), context);
    });
  addFormat(addConfig(command));
}

async function simulate(raw: unknown, context: Context): Promise<void> {
  const { config: file, seed, speed = 1, faults } = readOptions(optionsSchema, raw);
  const home = { ...context.loadHome(file), log: quietLog(context) };
  if (!home.config.simulated) {
    const message = 'this config is of real hardware: simulated devices beside it would fight it';
    throw new ConfigError('usage', message, {
      remedy: 'add "simulated: true" to a config of its own for the simulation',
    });
  }
  const draw = faultDraw(faults, seed, home);
  const tell = formatOf(raw, context.env) === 'json' ? jsonTeller(context) : textTeller(context, speed);
  await standIn(home, { seed, speed }, draw, tell, context);
}

async function standIn(
  home: LoadedHome,
  pace: Pace,
  draw: FaultDraw,
  tell: Teller,
  context: Context,
): Promise<void> {
  const { config } = home;
  const url = config.mqtt.url ?? `mqtt://${config.mqtt.listen.host}:${config.mqtt.listen.port}`;
  const clock = new ScaledClock(pace.speed);
  const real = new SystemClock();
  const connect = (options: BusOptions): Bus => connectHome(home, url, options);
  const interrupts = watchInterrupts(context.outputClosed);
  const waiting = realPace();
  interrupts.onInterrupt(() => {
    waiting.nudge();
  });
  const ports = new PseudoPorts(real);
  const bridges: MqttPlug[] = [];
  const plug: PlugIn = (path) => {
    const topic = bridgedTopic(path);
    if (topic === null) return ports.plug(path);
    const bridge = new MqttPlug(topic, connect);
    bridges.push(bridge);
    return bridge;
  };
  const seen: { failed: LinkError | null } = { failed: null };
  const servers = new SocketServers((error) => {
    seen.failed ??= error;
    waiting.nudge();
  });
  const { listen } = servers;
  const rigs = config.stations.map((station) => ({
    id: station.id,
    station,
    rig: simulatedHardware({ config }, station, pace.seed, clock, connect, { plug, listen }),
  }));
  const desks = config.desks.map(({ id, devices }) => ({
    id,
    devices,
    rig: createRig({
      ...{ clock, seed: pace.seed, connect, plug, listen, plant: config.plant, person: null },
      station: { id, devices, plumbing: 'cues' },
    }),
  }));
  tell.started(url, pace, rigs, desks);
  const fingers = watchFingers(context, desks, (message) => {
    context.stderr.write(`ebb: ${message}\n`);
  });
  const announcer = announce(connect, config.site, pace, (up) => {
    tell.link(up, { at_ms: clock.nowMs(), wall_ms: real.wallMs() });
  });
  const stalls = watchStalls(real, tell.stalled);
  const valves = watchValves(rigs, real, tell.valve);
  const { clientId } = controllerOnBus(home);
  const faults = rigs.map(
    ({ id, station, rig }) =>
      new StationFaults({
        ...{ station, clientId, rig, clock, seed: pace.seed, draw },
        bus: connect({ clientId: `sim-faults-${id}` }),
        planned: (session, broken) => {
          tell.planned(id, session, broken);
        },
        tell: (event) => {
          tell.fault(id, event);
        },
      }),
  );
  try {
    await waiting.until(() => interrupts.count > 0 || seen.failed !== null, Infinity);
    if (seen.failed !== null) throw seen.failed;
  } finally {
    stalls.stop();
    valves.stop();
    interrupts.close();
    await announcer.withdraw();
    await Promise.all(faults.map((one) => one.close()));
    fingers.stop();
    await Promise.all([...rigs, ...desks].map(({ rig }) => rig.close()));
    ports.close();
    servers.close();
    await Promise.all(bridges.map((bridge) => bridge.close()));
  }
}

/** Says how fast time goes here, retained, so that a controller of this config can keep step; and takes it back. */
function announce(
  connect: (options: BusOptions) => Bus,
  site: string,
  announcement: Pace,
  linked: (up: boolean) => void,
) {
  // The will takes it back where this process dies: no controller may believe in hardware that is gone.
  const will = { topic: SIMULATED_TOPIC, payload: '', retain: true };
  const bus = connect({ clientId: `ebb-${site}-simulated`, will });
  const say = (payload: string): void => {
    bus.publish({ topic: SIMULATED_TOPIC, payload, qos: 1, retain: true });
  };
  bus.onLink((up) => {
    if (up) say(JSON.stringify({ speed: announcement.speed, seed: announcement.seed }));
    linked(up);
  });
  return {
    withdraw: async (): Promise<void> => {
      say('');
      await bus.close();
    },
  };
}

type Placed = readonly { readonly id: StationId; readonly rig: Rig }[];
type FaultEvent = Extract<TraceEvent, { type: 'fault' }>;
type Move = Opening & { readonly station: StationId };

/** The true positions of the valves, each opening when it begins and when it ends. */
function watchValves(rigs: Placed, clock: SystemClock, moved: (move: Move) => void): { stop(): void } {
  const told = new Map<string, boolean>();
  let timer: Timer | null = null;
  const look = (): void => {
    for (const { id, rig } of rigs) {
      for (const opening of rig.plant.openings()) {
        const key = `${id} ${opening.valve} ${opening.openedAtMs}`;
        const closed = opening.closedAtMs !== null;
        if (told.get(key) === closed) continue;
        if (closed && !told.has(key)) moved({ ...opening, closedAtMs: null, station: id });
        told.set(key, closed);
        moved({ ...opening, station: id });
      }
    }
    timer = clock.at(clock.nowMs() + LOOK_MS, 'valves', look);
  };
  look();
  return {
    stop: () => {
      timer?.cancel();
    },
  };
}

/** What is told while it runs: for people, or one JSON object a line. */
interface Teller {
  readonly started: (url: string, pace: Pace, rigs: Placed, desks: Placed) => void;
  /** `at_ms` is the simulated clock, `wall_ms` the real one: together they say when anything else was. */
  readonly link: (up: boolean, now: { readonly at_ms: number; readonly wall_ms: number }) => void;
  readonly valve: (move: Move) => void;
  /** What is to break in a session that has begun. */
  readonly planned: (station: StationId, session: string, faults: readonly ScheduledFault[]) => void;
  readonly fault: (station: StationId, event: FaultEvent) => void;
  /** A host that stood still makes simulated devices silent: what trips then is no fault of the controller. */
  readonly stalled: (lateMs: number) => void;
}

function textTeller(context: Context, speed: number): Teller {
  return {
    started: (url, { seed }, rigs, desks) => {
      context.print(`SIMULATED hardware at ${url}, speed ${speed}, seed ${seed}`);
      for (const { id, rig } of rigs) context.print(`  ${id}: ${plantText(rig)}`);
      for (const { id } of desks)
        context.print(`  ${id}: type press, double, long, here, gone, busy or free, then Enter`);
      context.print('  Ctrl-C ends it; every simulated valve closes then');
    },
    link: (up) => {
      context.print(up ? 'up' : 'the broker is away; trying again');
    },
    valve: () => undefined,
    planned: (station, _session, faults) => {
      if (faults.length > 0) context.print(`${station}: in this session ${formatSchedule(faults)}`);
    },
    fault: (station, { id, args, on }) => {
      const words = [id, ...Object.entries(args).map(([name, value]) => `${name}=${String(value)}`)];
      context.print(`${station}: ${words.join(' ')} ${on ? 'begins' : 'is mended'}`);
    },
    stalled: (lateMs) => {
      const seconds = ((lateMs * speed) / 1_000).toFixed(1);
      context.print(`stalled: this host stood still for ${Math.round(lateMs)} ms (${seconds} s simulated)`);
    },
  };
}

function plantText({ drawn }: Rig): string {
  const { hot_c, cold_c, dead_time_s, lag_s, flow_lpm } = drawn;
  return `hot ${hot_c} C, cold ${cold_c} C, ${flow_lpm} l/min, dead time ${dead_time_s} s, lag ${lag_s} s`;
}

function jsonTeller(context: Context): Teller {
  const line = (value: object): void => {
    context.print(JSON.stringify(value));
  };
  return {
    started: (url, pace, rigs, desks) => {
      const plants = Object.fromEntries(rigs.map(({ id, rig }) => [id, rig.drawn]));
      line({ type: 'started', url, ...pace, plants, desks: desks.map(({ id }) => id) });
    },
    link: (up, now) => {
      line({ type: up ? 'up' : 'down', ...now });
    },
    valve: ({ station, valve, openedAtMs, closedAtMs }) => {
      line({ type: 'valve', station, valve, open: closedAtMs === null, at_ms: closedAtMs ?? openedAtMs });
    },
    planned: (station, session, faults) => {
      if (faults.length > 0) line({ type: 'faults', station, session, faults: formatSchedule(faults) });
    },
    fault: (station, { id, args, on, atMs }) => {
      line({ type: 'fault', station, id, args, on, at_ms: atMs });
    },
    stalled: (lateMs) => {
      line({ type: 'stalled', late_ms: Math.round(lateMs) });
    },
  };
}

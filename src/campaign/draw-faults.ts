import { z } from 'zod';
import { FAULTS, FAULT_CLASSES, fitted } from '../../firmware-sim/faults/index.ts';
import type { Fault, FaultFacts } from '../../firmware-sim/faults/index.ts';
import { Random } from '../random/random.ts';
import type { House } from './house.ts';
import type { DeviceSettings } from '../model/station.ts';
import { formatMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import type { Odd } from './odd/index.ts';
import type { Mode, ScheduledFault } from './scenario.ts';

export function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[random.int(0, list.length - 1)];
  if (one === undefined) throw new RangeError('nothing to choose from');
  return one;
}

/** In liveness mode, what an odd seed would leave broken. */
const HEALS_MS = 20_000;

const DRAWN_CLASSES = FAULT_CLASSES.filter((kind) => kind !== 'port');

/** Swarm: some seeds have no faults, some one class; the others switch each class on or off and draw its rate. */
export function drawFaults(
  seed: number,
  house: Pick<House, 'station' | 'clientId'>,
  mode: Mode,
  odd: Odd | null,
): readonly ScheduledFault[] {
  if (odd !== null) {
    const healsMs = mode === 'liveness' ? HEALS_MS : null;
    return (odd.faults ?? []).map((one) => ({ ...one, forMs: one.forMs ?? healsMs }));
  }
  const random = new Random(seed, 'faults');
  if (random.chance(0.05)) return [];
  const single = random.chance(0.3);
  const only = pick(random, DRAWN_CLASSES);
  const facts = factsOf(house);
  const drawn: ScheduledFault[] = [];
  const atPort = facts.ports.length > 0 ? drawAtPort(seed, facts, mode) : [];
  if (single && atPort.length > 0) return atPort;
  drawn.push(...atPort);
  for (const kind of DRAWN_CLASSES) {
    const on = random.chance(0.4);
    // Log-uniform: most seeds have few, some have many.
    const rate = Math.exp(random.between(Math.log(0.3), Math.log(4)));
    const ofKind = FAULTS.filter((fault) => fault.class === kind);
    if (single ? kind !== only : !on) continue;
    const count = Math.max(1, Math.round(rate));
    for (let n = 0; n < count; n += 1) {
      const one = schedule(random, pick(random, ofKind), facts, mode);
      if (one !== null) drawn.push(one);
    }
  }
  return drawn;
}

/** Of a stream of their own, since few houses have a port: the others have what they had before. */
function drawAtPort(seed: number, facts: FaultFacts, mode: Mode): readonly ScheduledFault[] {
  const random = new Random(seed, 'port faults');
  if (random.chance(0.5)) return [];
  const count = Math.max(1, Math.round(Math.exp(random.between(Math.log(0.5), Math.log(4)))));
  const ofKind = FAULTS.filter((fault) => fault.class === 'port');
  return Array.from({ length: count }, () => schedule(random, pick(random, ofKind), facts, mode)).filter(
    (one) => one !== null,
  );
}

function schedule(random: Random, fault: Fault, facts: FaultFacts, mode: Mode): ScheduledFault | null {
  const at = formatMoment(drawMoment(random));
  const args = fault.draw(random, facts);
  const forMs = drawLength(random, mode);
  return args === null ? null : { at, id: fault.id, args, forMs };
}

/** How long it stays, milliseconds; null: for good. In liveness mode everything heals, and the session has to come to an end. */
export function drawLength(random: Random, mode: Mode): number | null {
  const heals = mode === 'liveness' || random.chance(0.4);
  const forMs = Math.round(Math.exp(random.between(Math.log(500), Math.log(60_000))));
  return heals ? forMs : null;
}

/** Where in a session: counted from its landmarks, so that faults meet every part of it. */
function drawMoment(random: Random): Moment {
  const from = pick(random, [
    'at',
    'at',
    'ready',
    'warm',
    'warm',
    'cold',
    'cold',
    'change',
    'change',
  ] as const);
  const within = { at: 60_000, ready: 20_000, warm: 120_000, cold: 20_000, change: 4_000 }[from];
  return {
    from,
    nth: from === 'at' || from === 'ready' ? 1 : random.int(1, 3),
    plusMs: random.int(0, within),
  };
}

/** This station has what such a fault is of. */
export function canHave(fault: Fault, facts: FaultFacts): boolean {
  return fitted(fault, {}, facts) !== null;
}

export function factsOf({ station, clientId }: Pick<House, 'station' | 'clientId'>): FaultFacts {
  const ids = (role: string): string[] =>
    station.devices.filter((one) => one.role === role).map(({ id }) => id);
  return {
    valves: (['hot', 'cold', 'mixer', 'master'] as const).flatMap((valve) =>
      ids(valve).map((device) => ({ device, valve })),
    ),
    heaters: station.devices.flatMap(({ id: device, role, basin = 'basin' }) =>
      role === 'heater' ? [{ device, basin }] : [],
    ),
    drains: station.devices.flatMap(({ id: device, role, basin = 'basin' }) =>
      role === 'drain' ? [{ device, basin }] : [],
    ),
    thermometers: ids('thermometer'),
    senses: {
      flow: ids('flow'),
      leak: ids('leak'),
      presence: ids('presence'),
      level: station.vessel === 'stream' ? [] : ids('level'),
      float: station.vessel === 'stream' ? ids('level') : [],
    },
    ports: [...new Set(station.devices.flatMap(portOf))],
    devices: station.devices.map(({ id }) => id),
    plumbing: station.plumbing,
    clientId,
    setTopic: `ebb/${station.id}/set`,
  };
}

/** Of valve boards, which name it by `port`: what can be done to it is in their box. */
function portOf({ driver, options }: DeviceSettings): readonly string[] {
  const { port } = portSchema.safeParse(options).data ?? {};
  return driver !== 'board' || port === undefined ? [] : [port];
}
const portSchema = z.object({ port: z.string() });

import { FAULTS, FAULT_CLASSES } from '../../firmware-sim/faults/index.ts';
import type { Fault, FaultArgs, FaultFacts } from '../../firmware-sim/faults/index.ts';
import type { Choices } from '../model/command.ts';
import { Random } from '../random/random.ts';
import type { House } from './house.ts';
import { formatMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import type { PastSession } from './past.ts';

export type Mode = 'safety' | 'liveness';

/** One entry of a fault schedule: a list of these is what a violation is shrunk to, and what a replay takes. */
export interface ScheduledFault {
  /** A moment, `cold 1 + 5 s`. */
  readonly at: string;
  readonly id: string;
  readonly args: FaultArgs;
  /** Mended after so long, milliseconds; null: stays broken. */
  readonly forMs: number | null;
}

/** Everything that decides one simulated session. The seed alone draws it; a replay may replace the faults. */
export interface Scenario {
  readonly seed: number;
  readonly house: string;
  readonly protocol: string;
  readonly choices: Choices;
  readonly person: {
    readonly begins: 'button' | 'page';
    readonly profile: 'standard' | 'limited';
    /** What the screening came to; left out: it is clear. */
    readonly screening?: 'clear' | 'blocked' | 'expired' | 'missing';
    /** Earlier sessions, oldest first; left out: they are past the first ones, and none lately. */
    readonly past?: readonly PastSession[];
    /** How long the outlet has been idle, milliseconds; left out: it was used just now. */
    readonly idleMs?: number;
  };
  readonly faults: readonly ScheduledFault[];
  readonly mode: Mode;
}

export interface DrawOptions {
  readonly houses: readonly House[];
  readonly mode: Mode;
  /** `all`, `none`, or the ids of the faults to draw from. */
  readonly faults: 'all' | 'none' | readonly string[];
  readonly protocol: string | null;
}

/** What each seed makes. Streams of their own for world, faults, protocol and person: a draw in one moves no other. */
export function drawScenario(seed: number, options: DrawOptions): { scenario: Scenario; house: House } {
  const protocolDraws = new Random(seed, 'protocol');
  const personDraws = new Random(seed, 'who');
  const house = pick(protocolDraws, options.houses);
  const protocol = options.protocol ?? pick(protocolDraws, house.protocols);
  const scenario: Scenario = {
    seed,
    house: house.name,
    protocol,
    choices: {},
    person: { begins: 'button', profile: personDraws.chance(0.15) ? 'limited' : 'standard' },
    faults: drawFaults(seed, house, options),
    mode: options.mode,
  };
  return { scenario, house };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[random.int(0, list.length - 1)];
  if (one === undefined) throw new RangeError('nothing to choose from');
  return one;
}

/** Swarm: some seeds have no faults, some one class; the others switch each class on or off and draw its rate. */
function drawFaults(seed: number, house: House, { faults, mode }: DrawOptions): readonly ScheduledFault[] {
  if (faults === 'none') return [];
  const random = new Random(seed, 'faults');
  const known = faults === 'all' ? FAULTS : FAULTS.filter(({ id }) => faults.includes(id));
  if (random.chance(0.05)) return [];
  const single = random.chance(0.3);
  const only = pick(random, FAULT_CLASSES);
  const facts = factsOf(house);
  const drawn: ScheduledFault[] = [];
  for (const kind of FAULT_CLASSES) {
    const on = random.chance(0.4);
    // Log-uniform: most seeds have few, some have many.
    const rate = Math.exp(random.between(Math.log(0.3), Math.log(4)));
    const ofKind = known.filter((fault) => fault.class === kind);
    if (ofKind.length === 0 || (single ? kind !== only && faults === 'all' : !on)) continue;
    const count = Math.max(1, Math.round(rate));
    for (let n = 0; n < count; n += 1) {
      const one = schedule(random, pick(random, ofKind), facts, mode);
      if (one !== null) drawn.push(one);
    }
  }
  return drawn;
}

function schedule(random: Random, fault: Fault, facts: FaultFacts, mode: Mode): ScheduledFault | null {
  const at = formatMoment(drawMoment(random));
  const args = fault.draw(random, facts);
  // In liveness mode everything heals, and then the session has to come to an end.
  const heals = mode === 'liveness' || random.chance(0.4);
  const forMs = Math.round(Math.exp(random.between(Math.log(500), Math.log(60_000))));
  return args === null ? null : { at, id: fault.id, args, forMs: heals ? forMs : null };
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

export function factsOf({ station, clientId }: House): FaultFacts {
  const ids = (role: string): string[] =>
    station.devices.filter((one) => one.role === role).map(({ id }) => id);
  return {
    valves: (['hot', 'cold', 'mixer'] as const).flatMap((valve) =>
      ids(valve).map((device) => ({ device, valve })),
    ),
    thermometers: ids('thermometer'),
    devices: station.devices.map(({ id }) => id),
    plumbing: station.plumbing,
    clientId,
    setTopic: `ebb/${station.id}/set`,
  };
}

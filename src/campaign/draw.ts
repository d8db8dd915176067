import { FAULTS, FAULT_CLASSES } from '../../firmware-sim/faults/index.ts';
import type { Fault, FaultFacts } from '../../firmware-sim/faults/index.ts';
import type { Choices } from '../model/command.ts';
import type { SessionPlan } from '../model/plan.ts';
import { Random } from '../random/random.ts';
import { drawPerson } from './draw-person.ts';
import { drawPlant } from './draw-plant.ts';
import type { House } from './house.ts';
import { formatMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import { drawOdd } from './odd/index.ts';
import type { Odd } from './odd/index.ts';
import { PERSON } from './past.ts';
import type { Mode, Scenario, ScenarioPerson, ScheduledFault } from './scenario.ts';

export interface DrawOptions {
  readonly houses: readonly House[];
  readonly mode: Mode;
  /** `all`, `none`, or the ids of the faults to draw from. */
  readonly faults: 'all' | 'none' | readonly string[];
  /** A schedule to run in place of a drawn one: a replay. */
  readonly schedule: readonly ScheduledFault[] | null;
  readonly protocol: string | null;
}

/**
 * What each seed makes. Streams of their own for world, faults, protocol and person: a draw in one moves no other. A few
 * seeds are odd, by a stream of that too.
 */
export function drawScenario(seed: number, options: DrawOptions): { scenario: Scenario; house: House } {
  const protocolDraws = new Random(seed, 'protocol');
  const usual = options.houses.filter(({ seldom }) => seldom !== true);
  const drawnHouse = pick(protocolDraws, usual.length === 0 ? options.houses : usual);
  const drawnProtocol = options.protocol ?? pick(protocolDraws, drawnHouse.protocols);
  const choices = drawChoices(protocolDraws);
  const {
    house,
    protocol,
    odd = null,
  } = drawOdd(seed, options, factsOf) ?? { house: drawnHouse, protocol: drawnProtocol };
  const drawn: ScenarioPerson =
    odd === null ? drawPerson(new Random(seed, 'who'), house) : { ...ORDINARY, ...odd.person };
  const profile = runs(house, protocol, {}, drawn.profile) === null ? 'standard' : drawn.profile;
  const chosen = runs(house, protocol, choices, profile) === null ? {} : choices;
  const plan = runs(house, protocol, chosen, profile);
  // At the bath's button nobody can be asked whether all is well: what lasts longer than L8 allows there is begun at the page.
  const begins =
    plan !== null && plan.totals.contactMs + plan.steps.length * CHANGE_MS > UNASKED_MS
      ? 'page'
      : drawn.begins;
  const person: ScenarioPerson = { ...drawn, profile, begins };
  const scenario: Scenario = {
    seed,
    house: house.name,
    protocol,
    choices: chosen,
    plant: { ...drawPlant(new Random(seed, 'world'), house, person), ...odd?.plant },
    person,
    faults: options.schedule ?? drawFaults(seed, house, options, odd),
    mode: options.mode,
  };
  return { scenario, house };
}

/** Who an odd seed has, but for what is odd. */
const ORDINARY: ScenarioPerson = {
  begins: 'page',
  profile: 'standard',
  presses: true,
  answers: true,
  acts: [],
};

/** What a change of the water takes at most, and how long a session begun at the button may last (L8). */
const CHANGE_MS = 3_000;
const UNASKED_MS = 15 * 60_000;

/** The plan of a choice for somebody past their first sessions; null where it does not compile. */
function runs(
  house: House,
  protocol: string,
  choices: Choices,
  profile: 'standard' | 'limited',
): SessionPlan | null {
  const person = { id: PERSON, screening: 'clear', profile, counts: true, coldCapMs: null } as const;
  const planned = house.plan({ protocol, choices, station: house.station, person });
  return 'plan' in planned ? planned.plan : null;
}

/** Within the ranges of every contrast of the library; what a protocol has no place for is left out by the world. */
function drawChoices(random: Random): Choices {
  if (random.chance(0.5)) return {};
  return { cycles: random.int(3, 5) };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[random.int(0, list.length - 1)];
  if (one === undefined) throw new RangeError('nothing to choose from');
  return one;
}

/** In liveness mode, what an odd seed would leave broken. */
const HEALS_MS = 20_000;

/** Swarm: some seeds have no faults, some one class; the others switch each class on or off and draw its rate. */
function drawFaults(
  seed: number,
  house: House,
  { faults, mode }: DrawOptions,
  odd: Odd | null,
): readonly ScheduledFault[] {
  if (faults === 'none') return [];
  if (odd !== null && faults === 'all') {
    const healsMs = mode === 'liveness' ? HEALS_MS : null;
    return (odd.faults ?? []).map((one) => ({ ...one, forMs: one.forMs ?? healsMs }));
  }
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
    valves: (['hot', 'cold', 'mixer', 'master'] as const).flatMap((valve) =>
      ids(valve).map((device) => ({ device, valve })),
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
    devices: station.devices.map(({ id }) => id),
    plumbing: station.plumbing,
    clientId,
    setTopic: `ebb/${station.id}/set`,
  };
}

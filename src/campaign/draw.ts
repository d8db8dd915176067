import type { Choices } from '../model/command.ts';
import type { SessionPlan } from '../model/plan.ts';
import { Random } from '../random/random.ts';
import { drawPerson } from './draw-person.ts';
import { canHave, drawFaults, factsOf, pick } from './draw-faults.ts';
import { drawNamedFaults, namedFault } from './draw-named.ts';
import { drawPlant } from './draw-plant.ts';
import type { House } from './house.ts';
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
  /** Whoever comes may come, and lets the session run; so it is where faults are named. Left out: everybody comes. */
  readonly steady?: boolean;
  readonly protocol: string | null;
}

/**
 * What each seed makes. Streams of their own for world, faults, protocol and person: a draw in one moves no other. A few
 * seeds are odd, by a stream of that too.
 */
export function drawScenario(seed: number, options: DrawOptions): { scenario: Scenario; house: House } {
  const { house, protocol, choices, odd } = isSteady(options)
    ? drawSteadyPlace(seed, options)
    : drawPlace(seed, options);
  const drawn: ScenarioPerson =
    odd === null ? whoComes(seed, house, options) : { ...ORDINARY, ...odd.person };
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
    faults: options.schedule ?? faultsFor(seed, house, plan, options, odd),
    mode: options.mode,
  };
  return { scenario, house };
}

/** So many seeds come to a house that came to the campaign late, where there is one: a session with a board costs several others. */
const LATE_SHARE = 0.02;

interface Place {
  readonly house: House;
  readonly protocol: string;
  readonly choices: Choices;
  readonly odd: Odd | null;
}

function isSteady({ steady, faults }: DrawOptions): boolean {
  return steady === true || typeof faults !== 'string';
}

function drawPlace(seed: number, options: DrawOptions): Place {
  const random = new Random(seed, 'protocol');
  const usual = pick(random, usualOf(options.houses));
  const own = options.protocol ?? pick(random, usual.protocols);
  const choices = drawChoices(random);
  const late = lateHouse(seed, options);
  if (late !== null) return { ...late, choices, odd: null };
  const odd = drawOdd(seed, { ...options, houses: earlyOf(options.houses) }, factsOf);
  return { ...(odd ?? { house: usual, protocol: own, odd: null }), choices };
}

/**
 * A house that can have the fault which the seed has of those that are named. What is chosen here is chosen by streams of
 * its own, so that the same house and protocol, named in a replay, leave everything else as it was.
 */
function drawSteadyPlace(seed: number, options: DrawOptions): Place {
  const named = namedFault(seed, options.faults);
  const able = options.houses.filter((house) => named === null || canHave(named, factsOf(house)));
  const random = new Random(seed, 'steady');
  const house = pick(random, usualOf(able));
  const protocol = options.protocol ?? pick(random, house.protocols);
  return { house, protocol, choices: drawChoices(new Random(seed, 'choices')), odd: null };
}

/** Those that every seed may come to, where there are any. */
function usualOf(houses: readonly House[]): readonly House[] {
  const usual = houses.filter(({ seldom, late }) => seldom !== true && late !== true);
  return usual.length === 0 ? houses : usual;
}

function earlyOf(houses: readonly House[]): readonly House[] {
  const early = houses.filter(({ late }) => late !== true);
  return early.length === 0 ? houses : early;
}

/** By a stream of its own, so that no other seed moves; null: the seed comes to a house as before. */
function lateHouse(
  seed: number,
  { houses, protocol }: DrawOptions,
): Pick<Place, 'house' | 'protocol'> | null {
  const late = houses.filter((house) => house.late === true);
  if (late.length === 0 || late.length === houses.length) return null;
  const random = new Random(seed, 'late house');
  if (!random.chance(LATE_SHARE)) return null;
  const house = pick(random, late);
  return { house, protocol: protocol ?? pick(random, house.protocols) };
}

function whoComes(seed: number, house: House, options: DrawOptions): ScenarioPerson {
  const drawn = drawPerson(new Random(seed, 'who'), house);
  if (!isSteady(options)) return drawn;
  const { begins, profile } = drawn;
  return { ...ORDINARY, begins, profile };
}

function faultsFor(
  seed: number,
  house: House,
  plan: SessionPlan | null,
  { faults, mode }: DrawOptions,
  odd: Odd | null,
): readonly ScheduledFault[] {
  if (faults === 'none') return [];
  if (faults === 'all') return drawFaults(seed, house, mode, odd);
  return drawNamedFaults(seed, faults, factsOf(house), plan, mode);
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

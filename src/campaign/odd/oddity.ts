import { FAULTS, fitted } from '../../../firmware-sim/faults/index.ts';
import type { FaultArgs, FaultFacts } from '../../../firmware-sim/faults/index.ts';
import type { PlantSettings } from '../../model/station.ts';
import type { Random } from '../../random/random.ts';
import type { House } from '../house.ts';
import { formatMoment } from '../moment.ts';
import type { Moment } from '../moment.ts';
import type { Act, ScenarioPerson, ScheduledFault } from '../scenario.ts';

/** What an oddity makes of a seed, in place of what the seed would have drawn. */
export interface Odd {
  readonly person?: Partial<ScenarioPerson>;
  readonly plant?: Partial<PlantSettings>;
  /** Left out where the campaign breaks nothing, or names what it breaks. */
  readonly faults?: readonly ScheduledFault[];
}

/**
 * Something that happens in few houses and to few people, and that what is drawn for everybody comes to too seldom: a
 * moment of a second, a quarter of an hour of nobody, a second thing that goes wrong while the first one is dealt with.
 */
export interface Oddity {
  readonly what: string;
  /** Among how many it is drawn: 1 where it needs no luck. */
  readonly weight: number;
  fits(house: House): boolean;
  draw(dice: Dice): Odd;
}

/** What an oddity is drawn with. */
export class Dice {
  readonly random: Random;
  readonly house: House;
  readonly #facts: FaultFacts;

  constructor(random: Random, house: House, facts: FaultFacts) {
    this.random = random;
    this.house = house;
    this.#facts = facts;
  }

  /** One of them. */
  of<T>(first: T, ...others: readonly T[]): T {
    const list = [first, ...others];
    return list[this.random.int(0, list.length - 1)] ?? first;
  }

  some(share: number): boolean {
    return this.random.chance(share);
  }

  /** A moment, between so many seconds after a landmark. */
  at(from: Moment['from'], leastS: number, mostS = leastS, nth = 1): string {
    const plusMs = this.random.int(Math.round(leastS * 1_000), Math.round(mostS * 1_000));
    return formatMoment({ from, nth, plusMs });
  }

  /** A fault with the arguments that the seed draws, but for those given; empty where this station cannot have it. */
  fault(id: string, at: string, forS: number | null = null, args: FaultArgs = {}): readonly ScheduledFault[] {
    const fault = FAULTS.find((one) => one.id === id);
    const drawn = fault?.draw(this.random, this.#facts) ?? null;
    if (fault === undefined || drawn === null) return [];
    const forMs = forS === null ? null : Math.round(forS * 1_000);
    // A part that is named takes the others with it: the hot valve's device, not the one that was drawn.
    const named = fault.parts.names.some((name) => name in args);
    const others = Object.entries(drawn).filter(([name]) => !named || !fault.parts.names.includes(name));
    const whole = fitted(fault, { ...Object.fromEntries(others), ...args }, this.#facts);
    return whole === null ? [] : [{ at, id, args: whole, forMs }];
  }

  /** Any fault of a class. */
  any(classes: readonly string[], at: string, forS: number | null = null): readonly ScheduledFault[] {
    const known = FAULTS.filter((one) => classes.includes(one.class));
    const one = known[this.random.int(0, known.length - 1)];
    return one === undefined ? [] : this.fault(one.id, at, forS);
  }
}

export function say(word: Act['word'], at: string, source: Act['source'] = 'page'): Act {
  return { at, word, source };
}

export const isMovedBetween = ({ station }: House): boolean =>
  station.kind === 'buckets' || station.vessel === 'two-basins';
export const hasBasin = ({ station }: House): boolean =>
  station.vessel === 'basin' || station.vessel === 'two-basins';
/** Standing water is put right by portions, and nothing heats it. */
export const isPutRight = (house: House): boolean =>
  hasBasin(house) && !house.station.devices.some(({ role }) => role === 'heater');
export const hasWater = ({ station }: House): boolean => station.plumbing !== 'cues';
export const isStream = (house: House): boolean => hasWater(house) && !hasBasin(house);
/** Somebody may resume there who may not begin. */
export const isAfar = ({ station }: House): boolean =>
  station.prepareFrom.some((source) => !station.beginFrom.includes(source));

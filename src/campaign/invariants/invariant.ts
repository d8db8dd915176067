import type { House } from '../house.ts';
import type { Scenario } from '../scenario.ts';
import type { Seen } from './seen.ts';
import type { Happening, ReadingEvent, SessionFacts, Tick, TraceEvent } from '../trace.ts';

/**
 * One promise, judged over the truth of one session. A judge is a fold: it sees every event and every tick in their
 * order, and says what did not hold and how often there was something to judge.
 */
export interface Judge {
  /** Ticks or events at which the promise had something to say. Zero over a campaign is a failure of the campaign. */
  readonly judged: number;
  /** The types of what it goes by, see `hears`. */
  readonly types?: readonly HappeningType[];
  /** Everything of those types; readings are told apart. */
  event?(event: Happening): void;
  readonly reading?: (reading: ReadingEvent) => void;
  readonly tick?: (tick: Tick) => void;
  /** The session is over and the world has rested. */
  end?(atMs: number): void;
}

type HappeningType = Happening['type'];

/** Of all that happens a judge is told only what it goes by: most of it matters to few of them. */
export function hears<const Type extends HappeningType>(
  types: readonly Type[],
  event: (event: Extract<Happening, { type: Type }>) => void,
): Required<Pick<Judge, 'types' | 'event'>> {
  return { types, event };
}

/** Says that the promise does not hold now. Each invariant counts once a session. */
export type Objection = (atMs: number, what: string) => void;

/** What a promise that is not about one trace is judged by: plans, and other sessions in the same house. */
export interface Beside {
  readonly scenario: Scenario;
  readonly house: House;
  /**
   * Runs the session of the scenario without its faults, and changes its world as `prepare` says. Returns what happened
   * until an event was `enough`, or the session was over.
   */
  trial(prepare: (trial: Trial) => void, enough: (event: TraceEvent) => boolean): readonly TraceEvent[];
}

/** A session that is run to be compared with another one. */
export interface Trial {
  /** So long after contact is first permitted. */
  inContact(plusMs: number, act: () => void): void;
  /** The scald guard, and the supply behind it, let that much through. */
  warm(supplyC: number): void;
  /** Every thermometer reads that much more than is true. */
  offset(byC: number): void;
}

export interface Invariant {
  /** `I4`. */
  readonly id: string;
  /** As docs/safety.md has it. */
  readonly says: string;
  judge(facts: SessionFacts, object: Objection, seen: Seen): Judge;
  /** Asked once a session, for what no trace can show. Returns how often there was something to judge. */
  beside?(beside: Beside, object: (what: string) => void): number;
}

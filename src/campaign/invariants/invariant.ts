import type { SessionFacts, Tick, TraceEvent } from '../trace.ts';

/**
 * One promise, judged over the truth of one session. A judge is a fold: it sees every event and every tick in their
 * order, and says what did not hold and how often there was something to judge.
 */
export interface Judge {
  /** Ticks or events at which the promise had something to say. Zero over a campaign is a failure of the campaign. */
  readonly judged: number;
  event?(event: TraceEvent): void;
  tick?(tick: Tick): void;
  /** The session is over and the world has rested. */
  end?(atMs: number): void;
}

/** Says that the promise does not hold now. Each invariant counts once a session. */
export type Objection = (atMs: number, what: string) => void;

export interface Invariant {
  /** `I4`. */
  readonly id: string;
  /** As docs/safety.md has it. */
  readonly says: string;
  judge(facts: SessionFacts, object: Objection): Judge;
}

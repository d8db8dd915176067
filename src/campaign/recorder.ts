import { INVARIANTS } from './invariants/index.ts';
import type { Beside, Invariant, Judge } from './invariants/index.ts';
import { TraceHash } from './hash.ts';
import type { SessionFacts, Tick, TraceEvent, Violation } from './trace.ts';

/** How many of the last events are kept for a report. */
const LAST = 40;

interface Seat {
  readonly id: string;
  readonly invariant: Invariant;
  /** How often it had something to judge beside the trace. */
  beside: number;
  readonly judge: Judge;
  fell: boolean;
}

/** Somebody who wants to see all of it: a replay. */
export interface Listener {
  event(event: TraceEvent): void;
  tick(tick: Tick): void;
}

/** Hands every event and tick to the judges, keeps the hash and the last events, and notes the first violation of each. */
export class Recorder {
  readonly hash = new TraceHash();
  readonly violations: Violation[] = [];
  /** The last events before the first violation, or the last of all. */
  readonly last: TraceEvent[] = [];
  readonly #seats: readonly Seat[];
  /** What each judge listens with, by what it is told: a session calls them some ten thousand times. */
  readonly #ticking: readonly NonNullable<Judge['tick']>[];
  readonly #hearing: readonly NonNullable<Judge['event']>[];
  readonly #reading: readonly NonNullable<Judge['reading']>[];
  readonly #listener: Listener | null;
  ticks = 0;

  constructor(
    facts: SessionFacts,
    invariants: readonly Invariant[] = INVARIANTS,
    listener: Listener | null = null,
  ) {
    this.#listener = listener;
    this.#seats = invariants.map((invariant) => {
      const { id } = invariant;
      const seat: Seat = {
        id,
        invariant,
        beside: 0,
        fell: false,
        judge: invariant.judge(facts, (atMs, what) => {
          if (seat.fell) return;
          seat.fell = true;
          this.violations.push({ invariant: id, atMs, what });
        }),
      };
      return seat;
    });
    const judges = this.#seats.map(({ judge }) => judge);
    this.#ticking = judges.flatMap((judge) => judge.tick?.bind(judge) ?? []);
    this.#hearing = judges.flatMap((judge) => judge.event?.bind(judge) ?? []);
    this.#reading = judges.flatMap((judge) => judge.reading?.bind(judge) ?? []);
  }

  event(event: TraceEvent): void {
    this.hash.number(event.atMs);
    this.hash.text(event.type);
    if (this.violations.length === 0) {
      this.last.push(event);
      if (this.last.length > 2 * LAST) this.last.splice(0, LAST);
    }
    this.#listener?.event(event);
    if (event.type === 'reading') for (const reading of this.#reading) reading(event);
    else for (const hear of this.#hearing) hear(event);
  }

  tick(tick: Tick): void {
    this.ticks += 1;
    this.hash.number(tick.vessels[0]?.waterC ?? 0);
    this.#listener?.tick(tick);
    for (const look of this.#ticking) look(tick);
  }

  end(atMs: number): void {
    for (const { judge } of this.#seats) judge.end?.(atMs);
  }

  /** What no trace can show is asked for beside the session, once. */
  beside(beside: Beside, atMs: number): void {
    for (const seat of this.#seats) {
      const { id, invariant } = seat;
      seat.beside +=
        invariant.beside?.(beside, (what) => {
          if (seat.fell) return;
          seat.fell = true;
          this.violations.push({ invariant: id, atMs, what });
        }) ?? 0;
    }
  }

  /** By invariant: how often it had something to judge. */
  judged(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#seats.map(({ id, judge, beside }) => [id, judge.judged + beside]));
  }
}

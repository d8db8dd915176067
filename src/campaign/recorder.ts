import { INVARIANTS } from './invariants/index.ts';
import type { Beside, Invariant, Judge } from './invariants/index.ts';
import { Seen } from './invariants/seen.ts';
import { TraceHash } from './hash.ts';
import type { Troubles } from './invariants/troubles.ts';
import type { Happening, SessionFacts, Tick, TraceEvent, Violation } from './trace.ts';

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
  readonly #hearing = new Map<Happening['type'], NonNullable<Judge['event']>[]>();
  readonly #reading: readonly NonNullable<Judge['reading']>[];
  readonly #seen: Seen;
  readonly #listener: Listener | null;
  ticks = 0;

  constructor(
    facts: SessionFacts,
    invariants: readonly Invariant[] = INVARIANTS,
    listener: Listener | null = null,
  ) {
    this.#listener = listener;
    this.#seen = new Seen(facts);
    this.#seats = invariants.map((invariant) => {
      const { id } = invariant;
      const seat: Seat = {
        id,
        invariant,
        beside: 0,
        fell: false,
        judge: invariant.judge(
          facts,
          (atMs, what) => {
            if (seat.fell) return;
            seat.fell = true;
            this.violations.push({ invariant: id, atMs, what });
          },
          this.#seen,
        ),
      };
      return seat;
    });
    const judges = this.#seats.map(({ judge }) => judge);
    this.#ticking = judges.flatMap(({ tick }) => tick ?? []);
    this.#reading = judges.flatMap(({ reading }) => reading ?? []);
    for (const judge of judges) this.#listen(judge);
  }

  /** What the judges go by, as it is known so far. */
  get troubles(): Troubles {
    return this.#seen.troubles;
  }

  #listen(judge: Judge): void {
    const event = judge.event?.bind(judge);
    if (event === undefined) return;
    for (const type of judge.types ?? []) {
      const hearing = this.#hearing.get(type);
      if (hearing === undefined) this.#hearing.set(type, [event]);
      else hearing.push(event);
    }
  }

  event(event: TraceEvent): void {
    this.hash.number(event.atMs);
    this.hash.name(event.type);
    if (this.violations.length === 0) {
      this.last.push(event);
      if (this.last.length > 2 * LAST) this.last.splice(0, LAST);
    }
    this.#listener?.event(event);
    if (event.type === 'reading') {
      this.#seen.reading(event);
      for (const reading of this.#reading) reading(event);
      return;
    }
    this.#seen.event(event);
    const hearing = this.#hearing.get(event.type);
    if (hearing !== undefined) for (const hear of hearing) hear(event);
  }

  tick(tick: Tick): void {
    this.ticks += 1;
    this.hash.number(tick.vessels[0]?.waterC ?? 0);
    this.#listener?.tick(tick);
    this.#seen.tick(tick);
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

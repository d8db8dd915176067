import { InvariantError } from '../model/errors.ts';
import type { Clock, Timer } from './clock.ts';
import { Timers } from './timers.ts';
import type { Entry } from './timers.ts';

/** Where virtual wall time starts, so that the same seed prints the same bytes. */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 1);

/** A world that runs more timers than this without an end in sight does not come to rest. */
const MAX_TIMERS = 50_000_000;

/** Time that moves from event to event, in the order (time, order of asking). Deterministic. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs = VIRTUAL_EPOCH_MS;
  readonly #timers = new Timers();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** Steps the wall clock without moving monotonic time, as NTP or a person would. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** A time that has passed counts as now: it runs after everything else that is due now. */
  at(atMs: number, name: string, callback: () => void): Timer {
    return this.#timers.add(Math.max(atMs, this.#nowMs), name, callback);
  }

  /** When the next timer is due, or null. */
  nextAtMs(): number | null {
    return this.#timers.first()?.atMs ?? null;
  }

  /** Runs the next timer and moves to its time. False when there is none. */
  step(): boolean {
    const entry = this.#timers.first();
    if (entry === null) return false;
    this.#runNext(entry);
    return true;
  }

  /** `entry` is the first one. */
  #runNext(entry: Entry): void {
    this.#timers.drop(entry);
    this.#nowMs = entry.atMs;
    entry.callback();
  }

  /** Runs everything due up to and including `untilMs`, then rests there. `limit` bounds a world that never rests. */
  runUntil(untilMs: number, limit = MAX_TIMERS): void {
    this.#run(() => true, untilMs, limit);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /**
   * Runs on while `pending()` holds, for at most `limitMs` of virtual time. True if it no longer holds; false if time
   * or timers ran out first, and the clock then stays where it ran the last one.
   */
  runWhile(pending: () => boolean, limitMs: number, limit = MAX_TIMERS): boolean {
    return this.#run(pending, this.#nowMs + limitMs, limit);
  }

  #run(pending: () => boolean, untilMs: number, limit: number): boolean {
    for (let ran = 0; pending(); ran += 1) {
      const next = this.#timers.first();
      if (next === null || next.atMs > untilMs) return false;
      if (ran >= limit) {
        throw new InvariantError(
          'invariant',
          `the virtual clock does not come to rest at ${this.#nowMs} ms; the next timer is "${next.name}"`,
        );
      }
      this.#runNext(next);
    }
    return true;
  }
}

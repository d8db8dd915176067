import { InvariantError } from '../model/errors.ts';
import type { Timer } from './clock.ts';

/** A timer that waits. */
export class Entry implements Timer {
  readonly atMs: number;
  readonly name: string;
  readonly callback: () => void;
  cancelled = false;
  readonly #timers: Timers;

  constructor(timers: Timers, atMs: number, name: string, callback: () => void) {
    this.#timers = timers;
    this.atMs = atMs;
    this.name = name;
    this.callback = callback;
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.#timers.onCancelled();
  }
}

/** Cancelled timers are swept out once there are this many of them, and more than of the others. */
const SWEEP_FROM = 64;

/**
 * The timers of a clock that orders them itself. Two due at one time run in the order they were asked for. A list, the
 * soonest at its end: a house has some tens of them, most are due before nearly all that wait, and the next one is taken
 * with nothing to compare.
 */
export class Timers {
  #cancelled = 0;
  #waiting: Entry[] = [];

  add(atMs: number, name: string, callback: () => void): Timer {
    if (Number.isNaN(atMs))
      throw new InvariantError('invariant', `the timer "${name}" was asked for at no time`);
    const entry = new Entry(this, atMs, name, callback);
    // A deadline that is never: kept out, so that no clock ever moves there.
    if (atMs !== Infinity) this.#insert(entry);
    return entry;
  }

  /** An entry was cancelled: it stays where it is until it comes up or is swept out. */
  onCancelled(): void {
    this.#cancelled += 1;
    if (this.#cancelled >= SWEEP_FROM && this.#cancelled * 2 > this.#waiting.length) this.#sweep();
  }

  /** The timer that is due first, or null. */
  first(): Entry | null {
    const waiting = this.#waiting;
    for (let entry = waiting[waiting.length - 1]; entry !== undefined; entry = waiting[waiting.length - 1]) {
      if (!entry.cancelled) return entry;
      this.#pop();
    }
    return null;
  }

  /** Takes the first timer out, to run it. */
  take(): Entry | null {
    const entry = this.first();
    if (entry !== null) this.drop(entry);
    return entry;
  }

  /** Takes out the one that `first` gave. */
  drop(entry: Entry): void {
    this.#pop();
    // Cancelling one that has run does nothing.
    entry.cancelled = true;
  }

  #sweep(): void {
    this.#waiting = this.#waiting.filter((entry) => !entry.cancelled);
    this.#cancelled = 0;
  }

  /** Before all that are due no later than it: those were asked for earlier. */
  #insert(entry: Entry): void {
    const waiting = this.#waiting;
    let index = waiting.push(entry) - 1;
    for (; index > 0; index -= 1) {
      const sooner = waiting[index - 1];
      if (sooner === undefined || sooner.atMs > entry.atMs) break;
      waiting[index] = sooner;
    }
    waiting[index] = entry;
  }

  #pop(): void {
    if (this.#waiting.pop()?.cancelled === true && this.#cancelled > 0) this.#cancelled -= 1;
  }
}

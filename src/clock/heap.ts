import { InvariantError } from '../model/errors.ts';
import type { Timer } from './clock.ts';

/** A timer that waits, ordered by (time, order of asking). */
export class Entry implements Timer {
  readonly atMs: number;
  readonly seq: number;
  readonly name: string;
  readonly callback: () => void;
  cancelled = false;
  readonly #heap: TimerHeap;

  constructor(heap: TimerHeap, atMs: number, seq: number, name: string, callback: () => void) {
    this.#heap = heap;
    this.atMs = atMs;
    this.seq = seq;
    this.name = name;
    this.callback = callback;
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.#heap.onCancelled();
  }
}

/** Cancelled timers are swept out once there are this many of them, and more than of the others. */
const SWEEP_FROM = 64;

/** The timers of a clock that orders them itself: a binary heap. Two due at one time run in the order they were asked for. */
export class TimerHeap {
  #seq = 0;
  #cancelled = 0;
  #heap: Entry[] = [];

  add(atMs: number, name: string, callback: () => void): Timer {
    if (Number.isNaN(atMs))
      throw new InvariantError('invariant', `the timer "${name}" was asked for at no time`);
    const entry = new Entry(this, atMs, this.#seq++, name, callback);
    // A deadline that is never: kept out, so that no clock ever moves there.
    if (atMs !== Infinity) this.#push(entry);
    return entry;
  }

  /** An entry was cancelled: it stays where it is until it comes up or is swept out. */
  onCancelled(): void {
    this.#cancelled += 1;
    if (this.#cancelled >= SWEEP_FROM && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** The timer that is due first, or null. */
  first(): Entry | null {
    while (this.#heap[0]?.cancelled === true) this.#pop();
    return this.#heap[0] ?? null;
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
    const waiting = this.#heap.filter((entry) => !entry.cancelled);
    this.#heap = [];
    this.#cancelled = 0;
    for (const entry of waiting) this.#push(entry);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first?.cancelled === true && this.#cancelled > 0) this.#cancelled -= 1;
    if (last !== undefined && heap.length > 0) this.#sink(last);
  }

  /** Puts `entry` in at the top and lets it find its place. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, left)) child += 1;
      const smaller = heap[child];
      if (smaller === undefined || !before(smaller, entry)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);
}

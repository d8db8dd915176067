import { InvariantError } from '../model/errors.ts';
import type { Clock, Timer } from './clock.ts';

interface Entry {
  readonly atMs: number;
  readonly seq: number;
  readonly name: string;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Where virtual wall time starts, so that the same seed prints the same bytes. */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 0, 1);

/** Time that moves from event to event: a heap ordered by (time, order of asking). Deterministic. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #seq = 0;
  #wallOffsetMs = VIRTUAL_EPOCH_MS;
  readonly #heap: Entry[] = [];

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

  at(atMs: number, name: string, callback: () => void): Timer {
    const entry: Entry = { atMs: Math.max(atMs, this.#nowMs), seq: this.#seq++, name, callback, cancelled: false };
    this.#push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** When the next timer is due, or null. */
  nextAtMs(): number | null {
    while (this.#heap[0]?.cancelled === true) this.#pop();
    return this.#heap[0]?.atMs ?? null;
  }

  /** Runs the next timer and moves to its time. False when there is none. */
  step(): boolean {
    if (this.nextAtMs() === null) return false;
    const entry = this.#pop();
    this.#nowMs = entry.atMs;
    entry.callback();
    return true;
  }

  /** Runs everything due up to and including `untilMs`, then rests there. `limit` bounds a world that never rests. */
  runUntil(untilMs: number, limit = 50_000_000): void {
    for (let ran = 0; ; ran += 1) {
      const next = this.nextAtMs();
      if (next === null || next > untilMs) break;
      if (ran >= limit) throw new InvariantError('invariant', `the virtual clock does not come to rest at ${this.#nowMs} ms`);
      this.step();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Runs until `done()` holds or `limitMs` of virtual time has passed; says which. */
  runWhile(pending: () => boolean, limitMs: number): boolean {
    const endMs = this.#nowMs + limitMs;
    while (pending()) {
      const next = this.nextAtMs();
      if (next === null || next > endMs) return false;
      this.step();
    }
    return true;
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

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new InvariantError('invariant', 'no timer to run');
    if (heap.length > 0) this.#sink(last);
    return first;
  }

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

import type { Clock, Timer } from './clock.ts';

/** A stall of the host slows a scaled run; it must not look like half a minute of silence in the water. */
const MAX_STEP_MS = 500;

interface Pending {
  readonly atMs: number;
  readonly seq: number;
  readonly callback: () => void;
}

/**
 * Real time, `speed` times as fast; the speed may change under way. Time moves in steps of at most 500 simulated
 * milliseconds a turn of the event loop, and the controller and its simulated devices share one such clock, so a
 * stall of the process slows the run and trips nothing.
 */
export class ScaledClock implements Clock {
  #speed: number;
  #nowMs = 0;
  #realMs = performance.now();
  #seq = 0;
  #handle: NodeJS.Timeout | null = null;
  #handleAtMs = Infinity;
  readonly #pending = new Set<Pending>();
  readonly #wallAtStartMs = Date.now();

  constructor(speed: number) {
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#advance();
    this.#speed = speed;
    this.#arm(true);
  }

  /** Advances at each turn only, so that everything in one turn happens at one time. */
  nowMs(): number {
    this.#advance();
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallAtStartMs + this.nowMs();
  }

  at(atMs: number, _name: string, callback: () => void): Timer {
    const entry: Pending = { atMs, seq: this.#seq++, callback };
    this.#pending.add(entry);
    if (atMs < this.#handleAtMs) this.#arm(true);
    return {
      cancel: () => {
        this.#pending.delete(entry);
      },
    };
  }

  #advance(): void {
    const real = performance.now();
    const step = (real - this.#realMs) * this.#speed;
    this.#realMs = real;
    const next = this.#nowMs + Math.min(step, MAX_STEP_MS);
    // Never past a timer that is due: it runs first, at its own time.
    this.#nowMs = Math.max(this.#nowMs, Math.min(next, this.#nextDueMs() ?? next));
  }

  #nextDueMs(): number | null {
    let due: number | null = null;
    for (const entry of this.#pending) if (due === null || entry.atMs < due) due = entry.atMs;
    return due;
  }

  #arm(again: boolean): void {
    if (this.#handle !== null) {
      if (!again) return;
      clearTimeout(this.#handle);
      this.#handle = null;
    }
    const due = this.#nextDueMs();
    this.#handleAtMs = due ?? Infinity;
    if (due === null) return;
    const waitMs = Math.max(0, Math.ceil((due - this.#nowMs) / this.#speed));
    this.#handle = setTimeout(() => {
      this.#handle = null;
      this.#turn();
    }, Math.min(waitMs, 1_000));
  }

  /** One turn of the loop: run the earliest due timer, or sleep again. */
  #turn(): void {
    this.#advance();
    let first: Pending | null = null;
    for (const entry of this.#pending) {
      if (entry.atMs > this.#nowMs) continue;
      if (first === null || entry.atMs < first.atMs || (entry.atMs === first.atMs && entry.seq < first.seq)) first = entry;
    }
    if (first !== null) {
      this.#pending.delete(first);
      try {
        first.callback();
      } finally {
        this.#arm(true);
      }
      return;
    }
    this.#arm(true);
  }
}

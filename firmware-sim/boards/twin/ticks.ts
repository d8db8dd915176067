import type { Clock, Timer } from '../../../src/clock/clock.ts';

/** Fractions of a millisecond are added up: a tick is not missed for what that loses. */
const SLACK_MS = 1e-6;
/** From a tick to what the main loop does in its millisecond. */
const MAIN_MS = 0.02;

/** The milliseconds of the board since its start: whatever it counts, it counts in them. */
export class Ticks {
  readonly #clock: Clock;
  readonly #fromMs: number;
  readonly #alarms: Alarm[] = [];

  constructor(clock: Clock, fromMs: number) {
    this.#clock = clock;
    this.#fromMs = fromMs;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** How many have passed at that time. */
  at(atMs: number): number {
    return Math.max(0, Math.floor(atMs - this.#fromMs + SLACK_MS));
  }

  timeOf(tick: number): number {
    return this.#fromMs + tick;
  }

  /** When the main loop has its next turn. */
  turnAfter(atMs: number): number {
    return this.#fromMs + Math.ceil(atMs - this.#fromMs - MAIN_MS + SLACK_MS) + MAIN_MS;
  }

  alarm(name: string, ring: (dueMs: number) => void): Alarm {
    const alarm = new Alarm(this.#clock, name, ring);
    this.#alarms.push(alarm);
    return alarm;
  }

  /** Nothing rings any more. */
  halt(): void {
    for (const alarm of this.#alarms) alarm.halt();
  }
}

/**
 * A deadline that is often put off: then its timer comes at the old time and asks for the new one, which costs less than
 * to cancel it each time.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #name: string;
  readonly #ring: (dueMs: number) => void;
  #dueMs: number | null = null;
  #timer: Timer | null = null;
  #armedMs = Infinity;

  constructor(clock: Clock, name: string, ring: (dueMs: number) => void) {
    this.#clock = clock;
    this.#name = name;
    this.#ring = ring;
  }

  get dueMs(): number | null {
    return this.#dueMs;
  }

  /** Replaces what it was set to; null: it does not ring. */
  set(dueMs: number | null): void {
    this.#dueMs = dueMs;
    if (dueMs === null || dueMs >= this.#armedMs) return;
    this.#timer?.cancel();
    this.#arm(dueMs);
  }

  halt(): void {
    this.#dueMs = null;
    this.#timer?.cancel();
    this.#timer = null;
    this.#armedMs = Infinity;
  }

  #arm(dueMs: number): void {
    this.#armedMs = dueMs;
    this.#timer = this.#clock.at(dueMs, this.#name, () => {
      this.#came();
    });
  }

  #came(): void {
    const dueMs = this.#dueMs;
    const armedMs = this.#armedMs;
    this.#timer = null;
    this.#armedMs = Infinity;
    if (dueMs === null) return;
    if (dueMs > armedMs) {
      this.#arm(dueMs);
      return;
    }
    this.#dueMs = null;
    this.#ring(dueMs);
  }
}

import type { Clock } from '../clock/clock.ts';
import type { Trip } from '../model/want.ts';
import { seconds } from './records.ts';

/** How often the wall clock is held against the monotonic one while water is on, and how far they may part. */
const EVERY_MS = 1_000;
const JUMP_MS = 2_000;

/**
 * Monotonic time stands still while the computer sleeps, and the leases run out. Wall and monotonic time parting by
 * more than 2 s means that it slept or that the clock was set: a session is not carried on over that.
 */
export class ClockCheck {
  readonly #clock: Clock;
  #offsetMs: number;
  #checkedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#checkedMs = clock.nowMs();
    this.#offsetMs = clock.wallMs() - this.#checkedMs;
  }

  /** When to look again. Compared as a sum everywhere: a difference may round the other way, and time would stand still. */
  get dueMs(): number {
    return this.#checkedMs + EVERY_MS;
  }

  /** The trip for every session under way, or null. */
  look(nowMs: number): Trip | null {
    if (nowMs < this.dueMs) return null;
    this.#checkedMs = nowMs;
    const offsetMs = this.#clock.wallMs() - nowMs;
    const jumpMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) <= JUMP_MS) return null;
    return {
      detector: 'clock',
      reason: 'clock_jumped',
      response: 'abort',
      latch: false,
      message: `the wall clock moved by ${seconds(jumpMs)} s against the running time: the computer slept, or its clock was set`,
    };
  }
}

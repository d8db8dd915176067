import type { Clock } from '../clock/clock.ts';
import type { Trip } from '../model/want.ts';
import { seconds } from './records.ts';

/** How far the wall clock may part from the monotonic one, and in what time: a clock that is slewed makes no jump. */
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

  /**
   * When to look again, whatever else happens. Compared as a sum everywhere: a difference may round the other way, and
   * time would stand still.
   */
  get dueMs(): number {
    return this.#checkedMs + EVERY_MS;
  }

  /**
   * The trip for every session under way, or null. To be asked before anything is acted on: what waited for a computer
   * that slept comes in the moment in which it wakes, and no valve may be renewed by that.
   */
  look(nowMs: number): Trip | null {
    const offsetMs = this.#clock.wallMs() - nowMs;
    const jumpMs = offsetMs - this.#offsetMs;
    const jumped = Math.abs(jumpMs) > JUMP_MS;
    if (jumped || nowMs >= this.dueMs) {
      this.#checkedMs = nowMs;
      this.#offsetMs = offsetMs;
    }
    if (!jumped) return null;
    return {
      detector: 'clock',
      reason: 'clock_jumped',
      response: 'abort',
      latch: false,
      message: `the wall clock moved by ${seconds(jumpMs)} s against the running time: the computer slept, or its clock was set`,
    };
  }
}

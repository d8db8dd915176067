/** @import { Tick } from './types.d.ts' */

/** A tick that comes this much late is the network's, not the clock's: it is followed slowly. Share of a tick. */
const FOLLOW = 0.2;
/** Further back than this, milliseconds of real time, the controller's clock was set, or stood still. */
const JUMP_MS = 2_000;

/**
 * The controller's wall clock as far as ticks tell it. Times are milliseconds; `realMs` is any clock of the browser
 * that never jumps. The browser's own date is never asked.
 */
export class ControllerClock {
  /** The controller's time at `realMs` 0, had it always run at `speed`. */
  #zeroMs = 0;
  #speed = 1;
  /** @type {{ wallMs: number, realMs: number } | null} */
  #last = null;

  get speed() {
    return this.#speed;
  }

  /** The controller's time in the last tick, and when it came. */
  get last() {
    return this.#last;
  }

  /**
   * @param {Tick} tick
   * @param {number} realMs
   */
  tick(tick, realMs) {
    const wallMs = Date.parse(tick.at);
    if (!Number.isFinite(wallMs) || !(tick.speed > 0)) return;
    const zeroMs = wallMs - realMs * tick.speed;
    const behindMs = this.#zeroMs - zeroMs;
    const isLate =
      this.#last !== null && tick.speed === this.#speed && behindMs > 0 && behindMs < JUMP_MS * tick.speed;
    this.#zeroMs = isLate ? this.#zeroMs - behindMs * FOLLOW : zeroMs;
    this.#speed = tick.speed;
    this.#last = { wallMs, realMs };
  }

  /**
   * @param {number} realMs
   * @returns {number | null} null before the first tick
   */
  nowMs(realMs) {
    return this.#last === null ? null : this.#zeroMs + realMs * this.#speed;
  }
}

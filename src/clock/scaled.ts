import { InvariantError } from '../model/errors.ts';
import type { Clock, Timer } from './clock.ts';
import { Timers } from './timers.ts';

/** A stall of the host slows a scaled run; it must not look like half a minute of silence in the water. */
const MAX_STEP_MS = 500;
/** Sleeping is no stall: it wakes well within the step that a stall is cut to. */
const MAX_SLEEP_MS = MAX_STEP_MS / 2;

/**
 * Real time, `speed` times as fast; the speed may change under way. The controller and its simulated devices share
 * one such clock.
 *
 * Time stands still within a turn of the event loop, moves by at most 500 simulated milliseconds from one turn to
 * the next, and never passes a timer that has not run: each timer sees exactly its own time, and messages are read
 * between two timers however late they are. So a stall of the process slows the run and trips nothing. What real
 * time is ahead by, up to those 500 ms, is made up for; the rest of a stall is forgotten.
 */
export class ScaledClock implements Clock {
  #speed: number;
  #nowMs = 0;
  /** Where real time says we are: now, or up to 500 ms ahead while timers have yet to run. */
  #targetMs = 0;
  #realMs = performance.now();
  /** Time has been read in this turn, and stands still until the next. */
  #held = false;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  readonly #timers = new Timers();
  readonly #wallAtStartMs = Date.now();

  constructor(speed: number) {
    this.#speed = checked(speed);
    this.#arm();
  }

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    const next = checked(speed);
    this.#readHost();
    this.#speed = next;
    this.#arm();
  }

  nowMs(): number {
    if (!this.#held) {
      this.#hold();
      this.#readHost();
    }
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallAtStartMs + this.nowMs();
  }

  /** A time that has passed counts as now: it runs after everything else that is due now. */
  at(atMs: number, name: string, callback: () => void): Timer {
    const firstMs = this.#timers.first()?.atMs ?? Infinity;
    const timer = this.#timers.add(Math.max(atMs, this.nowMs()), name, callback);
    if (atMs < firstMs) this.#arm();
    return timer;
  }

  /** The immediate also keeps the loop from going to sleep with time standing still. */
  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    setImmediate(() => {
      this.#held = false;
    });
  }

  #readHost(): void {
    const real = performance.now();
    this.#targetMs = Math.min(
      this.#targetMs + (real - this.#realMs) * this.#speed,
      this.#nowMs + MAX_STEP_MS,
    );
    this.#realMs = real;
    this.#nowMs = Math.max(this.#nowMs, Math.min(this.#targetMs, this.#timers.first()?.atMs ?? Infinity));
  }

  /** Sees to it that the loop comes back when the next timer is due, and before a sleep looks like a stall. */
  #arm(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    this.#timeout = null;
    if (this.#immediate !== null) return;
    const first = this.#timers.first();
    const dueMs = first === null ? Infinity : (first.atMs - this.#targetMs) / this.#speed;
    const sleepMs = MAX_SLEEP_MS / this.#speed;
    // Node sleeps for a millisecond at least: at high speed that is too long, and a timer that is due has to run.
    if (dueMs <= 0 || (sleepMs < 1 && first !== null)) {
      this.#immediate = setImmediate(() => {
        this.#immediate = null;
        this.#turn();
      });
      return;
    }
    this.#timeout = setTimeout(
      () => {
        this.#turn();
      },
      Math.ceil(Math.min(dueMs, sleepMs)),
    );
    // A clock that nobody waits for keeps its time, but no process alive.
    if (first === null) this.#timeout.unref();
  }

  /** One turn of the loop: the first timer, if it is due, and only that one. */
  #turn(): void {
    this.#hold();
    this.#readHost();
    const first = this.#timers.first();
    try {
      if (first !== null && first.atMs <= this.#nowMs) {
        this.#timers.take();
        first.callback();
      }
    } finally {
      this.#arm();
    }
  }
}

function checked(speed: number): number {
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new InvariantError('invariant', `a clock cannot run at the speed ${speed}`);
}

import type { Clock, Timer } from '../../clock/clock.ts';

/** Node calls a timer back up to a millisecond too early, and never when it was asked for less than this. */
const EARLY_FROM_MS = 2;
const ROUNDING_MS = 1e-3;

/**
 * The clock of the computer that runs the controller, in a world that has its own. As long as nothing is broken it is
 * the world's. It may be set, stand still while the computer sleeps, and call back early; and while the event loop
 * hangs or the computer sleeps, whatever is due or arrives waits, in its order.
 */
export class HostClock implements Clock {
  readonly #world: Clock;
  #wallStepMs = 0;
  /** What this computer has slept through: its monotonic time is that much behind the world's. */
  #sleptMs = 0;
  #asleepSinceMs: number | null = null;
  #wakesMs = -Infinity;
  #hangsUntilMs = -Infinity;
  #earlyMs = 0;
  /** What a timer was called back for: a sum and its difference may round apart, and time would stand still. */
  #floorMs = -Infinity;
  #held: (() => void)[] = [];

  constructor(world: Clock) {
    this.#world = world;
  }

  nowMs(): number {
    return Math.max(this.#floorMs, (this.#asleepSinceMs ?? this.#world.nowMs()) - this.#sleptMs);
  }

  wallMs(): number {
    return this.#world.wallMs() + this.#wallStepMs;
  }

  at(atMs: number, name: string, callback: () => void): Timer {
    const early = atMs - this.nowMs() >= EARLY_FROM_MS ? this.#earlyMs : 0;
    const dueMs = atMs - early;
    let cancelled = false;
    let timer: Timer;
    const due = (): void => {
      if (cancelled) return;
      // It slept meanwhile: for its own clock that time has not come.
      if (this.nowMs() < dueMs - ROUNDING_MS) {
        arm();
        return;
      }
      this.#floorMs = Math.max(this.#floorMs, dueMs);
      callback();
    };
    const arm = (): void => {
      timer = this.#world.at(dueMs + this.#sleptMs, name, () => {
        if (this.frozen) this.hold(due);
        else due();
      });
    };
    arm();
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  /** Nothing runs on it now. */
  get frozen(): boolean {
    return this.#asleepSinceMs !== null || this.#world.nowMs() < this.#hangsUntilMs || this.#held.length > 0;
  }

  /** Runs it when it runs again, after what waits already. */
  hold(act: () => void): void {
    this.#held.push(act);
  }

  stepWall(byMs: number): void {
    this.#wallStepMs += byMs;
  }

  early(byMs: number): void {
    this.#earlyMs = Math.min(Math.max(byMs, 0), 1);
  }

  /** The event loop hangs; time goes on. */
  stall(forMs: number): void {
    this.#hangsUntilMs = Math.max(this.#hangsUntilMs, this.#world.nowMs() + forMs);
    this.#thawAt(this.#hangsUntilMs);
  }

  /** The computer sleeps; its monotonic time stands still, its wall clock does not. */
  suspend(forMs: number): void {
    const nowMs = this.#world.nowMs();
    this.#asleepSinceMs ??= nowMs;
    this.#wakesMs = Math.max(this.#wakesMs, nowMs + forMs);
    this.#thawAt(this.#wakesMs);
  }

  #thawAt(atMs: number): void {
    this.#world.at(atMs, 'host runs again', () => {
      const nowMs = this.#world.nowMs();
      if (this.#asleepSinceMs !== null && nowMs >= this.#wakesMs) {
        this.#sleptMs += nowMs - this.#asleepSinceMs;
        this.#asleepSinceMs = null;
      }
      if (this.#asleepSinceMs === null && nowMs >= this.#hangsUntilMs) this.#thaw();
    });
  }

  #thaw(): void {
    const held = this.#held;
    // Nothing can arrive between two of them: they run in one turn of the loop.
    this.#held = [];
    for (const act of held) act();
  }
}

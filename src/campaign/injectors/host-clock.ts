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
    return new HostTimer(this, atMs - early, name, callback);
  }

  /** Asks the world for it, in the world's time. */
  arm(dueMs: number, name: string, callback: () => void): Timer {
    return this.#world.at(dueMs + this.#sleptMs, name, callback);
  }

  /** Whether its time has come by this clock, which may have slept meanwhile; from then on it is no earlier. */
  reached(dueMs: number): boolean {
    if (this.nowMs() < dueMs - ROUNDING_MS) return false;
    this.#floorMs = Math.max(this.#floorMs, dueMs);
    return true;
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

/** One timer of a host. The controller sets one at almost every input, so it is one object and two functions. */
class HostTimer implements Timer {
  readonly #host: HostClock;
  readonly #dueMs: number;
  readonly #name: string;
  readonly #callback: () => void;
  #cancelled = false;
  #timer: Timer;

  constructor(host: HostClock, dueMs: number, name: string, callback: () => void) {
    this.#host = host;
    this.#dueMs = dueMs;
    this.#name = name;
    this.#callback = callback;
    this.#timer = host.arm(dueMs, name, this.#ring);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#timer.cancel();
  }

  readonly #ring = (): void => {
    if (this.#host.frozen) this.#host.hold(this.#due);
    else this.#due();
  };

  readonly #due = (): void => {
    if (this.#cancelled) return;
    if (this.#host.reached(this.#dueMs)) this.#callback();
    else this.#timer = this.#host.arm(this.#dueMs, this.#name, this.#ring);
  };
}

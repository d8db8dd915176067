import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { Random } from '../../../src/random/random.ts';

/** From the coordinator to a mains device, one way, milliseconds: a hop or two through a quiet mesh. */
const HOP_MS = [10, 60] as const;
/** zigbee-herdsman waits this long for the answer of a device. */
const TIMEOUT_MS = 10_000;

/**
 * The way between the coordinator and one device. Frames to it go one after the other; the next leaves when the one
 * before was answered or given up. Reports of the device travel by themselves.
 */
export class Air {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #slowMs: number;
  readonly #timers = new Set<Timer>();
  #freeMs = 0;
  #route = true;
  /** What waits in a bridge is gone with it. */
  #life = 0;

  /** `slowMs`: what a sleeping device adds until it polls for its mail. */
  constructor(clock: Clock, random: Random, slowMs = 0) {
    this.#clock = clock;
    this.#random = random;
    this.#slowMs = slowMs;
  }

  /** False: out of reach. What is under way is lost. */
  set route(there: boolean) {
    this.#route = there;
  }

  /** Sends a frame; `answered(false)` when nobody answers in time. */
  send(act: () => void, answered: (ok: boolean) => void): void {
    const startMs = Math.max(this.#clock.nowMs(), this.#freeMs);
    const thereMs = startMs + this.#hop() + this.#random.between(0, this.#slowMs);
    const backMs = thereMs + this.#hop();
    this.#freeMs = backMs;
    const life = this.#life;
    const sent = { yet: false };
    this.#at(startMs, () => {
      sent.yet = life === this.#life;
    });
    this.#at(thereMs, () => {
      if (this.#route && sent.yet) act();
    });
    this.#at(backMs, () => {
      if (life !== this.#life) return;
      if (this.#route) answered(true);
      else
        this.#at(startMs + TIMEOUT_MS, () => {
          if (life === this.#life) answered(false);
        });
    });
  }

  /** The bridge died: what is in the air arrives, what was to follow never leaves. */
  forget(): void {
    this.#life += 1;
    this.#freeMs = 0;
  }

  /** From the device to the coordinator. */
  report(arrive: () => void): void {
    this.#at(this.#clock.nowMs() + this.#hop(), () => {
      if (this.#route) arrive();
    });
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #hop(): number {
    return this.#random.between(...HOP_MS);
  }

  #at(atMs: number, act: () => void): void {
    const timer = this.#clock.at(atMs, 'zigbee', () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

import type { Clock, Timer } from '../clock/clock.ts';

/** The one timer of a controller: set to the nearest deadline, and to the next one when it has rung. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: Timer | null = null;
  #dueMs = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** `Infinity`: never. */
  set(dueMs: number): void {
    if (dueMs === this.#dueMs && this.#timer !== null) return;
    this.cancel();
    this.#dueMs = dueMs;
    if (dueMs === Infinity) return;
    this.#timer = this.#clock.at(dueMs, 'controller', () => {
      this.cancel();
      this.#ring();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#dueMs = Infinity;
  }
}

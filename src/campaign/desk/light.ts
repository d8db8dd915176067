import { SECOND_MS } from '../../model/units.ts';

/** A light that goes out for less than this blinks. */
const BLINK_MS = 5 * SECOND_MS;
/** A message to be on its way. */
export const SLACK_MS = SECOND_MS;

export interface Onset {
  readonly atMs: number;
  readonly wallMs: number;
}

/** A light as somebody sees it who sits beside it. */
export class SeenLight {
  /** When it came on, wall time. */
  readonly onsets: number[] = [];
  #fresh: Onset[] = [];
  #on = false;
  #offMs = -Infinity;

  said(on: boolean, atMs: number, wallMs: number): void {
    if (on && !this.#on && atMs - this.#offMs >= BLINK_MS) {
      this.onsets.push(wallMs);
      this.#fresh.push({ atMs, wallMs });
    }
    if (!on && this.#on) this.#offMs = atMs;
    this.#on = on;
  }

  /** Those since this was asked last. */
  newOnsets(): readonly Onset[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  isLit(atMs: number): boolean {
    return this.#on || atMs - this.#offMs < BLINK_MS - SLACK_MS;
  }
}

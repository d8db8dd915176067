import type { DeviceId } from '../../model/ids.ts';
import type { Hindrance } from '../../model/desk.ts';
import { MINUTE_MS, SECOND_MS } from '../../model/units.ts';

/** Away so long, a person has moved enough: what was due is done. */
const LEFT_MS = 5 * MINUTE_MS;
/** Nothing is shown so soon after somebody came back. */
const SETTLE_MS = 5 * MINUTE_MS;
/** Shorter than this nobody was away: a sensor that looks the other way for a moment. */
const BRIEF_MS = 30 * SECOND_MS;

/** What became of the person at a desk. */
export type PresenceEdge =
  /** Away for long enough. */
  | 'left'
  /** Back after having been away for long enough: the sitting begins anew. */
  | 'back'
  | null;

/** Whether somebody sits at the desk, as its sensors tell. Where none tells anything, somebody does. */
export class Presence {
  readonly #known = new Map<DeviceId, boolean | null>();
  #absentSinceMs: number | null = null;
  #leftTold = false;
  #backMs = -Infinity;

  /** null: the sensor cannot tell, or is not there any more. */
  sense(device: DeviceId, present: boolean | null, atMs: number): PresenceEdge {
    this.#known.set(device, present);
    const told = [...this.#known.values()].filter((one) => one !== null);
    const absent = told.length > 0 && told.every((one) => !one);
    if (absent) {
      this.#absentSinceMs ??= atMs;
      return null;
    }
    const awayMs = this.#absentSinceMs === null ? 0 : atMs - this.#absentSinceMs;
    const left = this.#leftTold || awayMs >= LEFT_MS;
    this.#absentSinceMs = null;
    this.#leftTold = false;
    // A sensor that fell silent says nothing of anybody coming back.
    if (present === true && awayMs >= BRIEF_MS) this.#backMs = atMs;
    return left ? 'back' : null;
  }

  /** The computer slept so long that whoever wakes it has only just come back. */
  woke(atMs: number, sleptMs: number): void {
    if (sleptMs >= SETTLE_MS) this.#backMs = atMs;
  }

  clock(atMs: number): PresenceEdge {
    if (this.#absentSinceMs === null || this.#leftTold || atMs < this.#absentSinceMs + LEFT_MS) return null;
    this.#leftTold = true;
    return 'left';
  }

  hindrance(atMs: number): Extract<Hindrance, 'away' | 'just_back'> | null {
    if (this.#absentSinceMs !== null) return 'away';
    return atMs < this.#backMs + SETTLE_MS ? 'just_back' : null;
  }

  /** When it wants a `clock`, or its hindrance ends; null: not by itself. */
  deadlineMs(atMs: number): number | null {
    if (this.#absentSinceMs !== null) return this.#leftTold ? null : this.#absentSinceMs + LEFT_MS;
    const settledMs = this.#backMs + SETTLE_MS;
    return settledMs > atMs ? settledMs : null;
  }
}

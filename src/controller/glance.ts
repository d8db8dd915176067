import type { StationCore } from './core.ts';
import type { Station } from './station.ts';

/** The state is looked at in full this often, whatever the glance says. */
const IN_FULL_MS = 5_000;
/** Wall and monotonic time are not read at one moment: less than this is no step of the clock. */
const SAME_MS = 1.5;

/**
 * Whether the state object can have changed since it was looked at last, told by what it is made of and without making
 * it: it would be made and compared after every input, and changes after one in fifteen. A test holds it to the object.
 */
export class Glance {
  #session: unknown;
  #fault: unknown;
  #trip: unknown;
  #expectation: unknown;
  readonly #valves: unknown[] = [];
  #lockedUntilMs: number | null = null;
  #offsetMs = NaN;
  #fullAtMs = -Infinity;

  /** `offsetMs`: from monotonic to wall time. */
  changed(from: Pick<Station, 'core' | 'locked'>, offsetMs: number, atMs: number): boolean {
    const { core } = from;
    const lockedUntilMs = from.locked(atMs)?.untilMs ?? null;
    const { session, fault, lastTrip, station } = core;
    const { expectation } = core.watch.facts;
    const same =
      this.#session === session &&
      this.#fault === fault &&
      this.#trip === lastTrip &&
      this.#expectation === expectation &&
      this.#lockedUntilMs === lockedUntilMs &&
      !this.#valvesMoved(core) &&
      Math.abs(offsetMs - this.#offsetMs) < SAME_MS &&
      atMs < this.#fullAtMs + IN_FULL_MS &&
      // What they are asked depends on each reading.
      station.kind !== 'buckets';
    if (same) return false;
    this.#session = session;
    this.#fault = fault;
    this.#trip = lastTrip;
    this.#expectation = expectation;
    this.#lockedUntilMs = lockedUntilMs;
    this.#offsetMs = offsetMs;
    this.#fullAtMs = atMs;
    return true;
  }

  #valvesMoved({ valves }: StationCore): boolean {
    let [index, moved] = [0, false];
    for (const { value } of valves.values()) {
      moved ||= this.#valves[index] !== value;
      this.#valves[index] = value;
      index += 1;
    }
    return moved;
  }
}

import { Bucket } from './bucket.ts';

/** A stop so soon after another one changes nothing. */
const SAME_MS = 250;
/** Stops at a station that rests, closed and verified: the first few all close it again, later ones now and then. */
const AT_REST = { burst: 10, perSecond: 0.2 };
/** Presses that are no stop. No finger is faster, a bouncing contact is. */
const PRESSES = { burst: 5, perSecond: 1 };

/**
 * Keeps ten thousand stops or presses a second from costing as much. A stop is passed over only while nothing but stops
 * has come since one was carried out, so that nothing can have opened.
 */
export class Repeats {
  readonly #atRest = new Bucket(AT_REST);
  readonly #presses = new Bucket(PRESSES);
  #stoppedMs: number | null = null;

  /** `closed`: the station rests, every valve verified closed. */
  isRepeat(closed: boolean, atMs: number): boolean {
    if (this.#stoppedMs === null) return false;
    if (atMs - this.#stoppedMs < SAME_MS) return true;
    return closed && !this.#atRest.take(atMs);
  }

  /** A stop was carried out. */
  stopped(atMs: number): void {
    this.#stoppedMs = atMs;
  }

  /** Any other command came: the next stop counts. */
  other(): void {
    this.#stoppedMs = null;
  }

  /** False for a press faster than a finger; never asked for one that means stop. */
  press(atMs: number): boolean {
    return this.#presses.take(atMs);
  }
}

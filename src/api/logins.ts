import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';

/** A login that nobody uses for this long is over. */
const IDLE_MS = 24 * HOUR_MS;
/** More at once, and the one unused longest is over. */
const MAX_LOGINS = 200;
const ID_BYTES = 32;

/** Who has logged in, kept here and nowhere else: a restart ends them all. */
export class Logins {
  readonly #clock: Clock;
  /** By the hash of the id, oldest use first. */
  readonly #usedMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new one, with an id that nobody can guess. */
  begin(): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    for (const [key] of this.#usedMs) {
      if (this.#usedMs.size < MAX_LOGINS) break;
      this.#usedMs.delete(key);
    }
    this.#usedMs.set(keyOf(id), this.#clock.nowMs());
    return id;
  }

  /** Whether the id is one, which counts as a use of it. */
  use(id: string | undefined): boolean {
    if (id === undefined) return false;
    const key = keyOf(id);
    const usedMs = this.#usedMs.get(key);
    if (usedMs === undefined) return false;
    this.#usedMs.delete(key);
    const nowMs = this.#clock.nowMs();
    if (nowMs - usedMs > IDLE_MS) return false;
    this.#usedMs.set(key, nowMs);
    return true;
  }

  end(id: string | undefined): void {
    if (id !== undefined) this.#usedMs.delete(keyOf(id));
  }

  endAll(): void {
    this.#usedMs.clear();
  }
}

/** Looked up by hash: how long a look-up takes says nothing of the ids there are. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}

const WINDOW_MS = 5 * MINUTE_MS;
/** Passwords tried from one address, and from all of them together, in five minutes. */
const MAX_OF_ONE = 10;
const MAX_OF_ALL = 100;
const MAX_ADDRESSES = 1_000;

interface Tries {
  readonly sinceMs: number;
  count: number;
}

/** Bounds how many passwords are tried, before any of them is hashed. */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Tries>();
  #all: Tries = { sinceMs: -Infinity, count: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a try, which is a failed one until `succeeded`. Milliseconds to wait where it is one too many, else null. */
  refuse(address: string): number | null {
    const nowMs = this.#clock.nowMs();
    const fresh = (tries: Tries | undefined): Tries =>
      tries !== undefined && nowMs - tries.sinceMs < WINDOW_MS ? tries : { sinceMs: nowMs, count: 0 };
    const one = fresh(this.#byAddress.get(address));
    this.#all = fresh(this.#all);
    const over = one.count >= MAX_OF_ONE ? one : this.#all.count >= MAX_OF_ALL ? this.#all : null;
    if (over !== null) return over.sinceMs + WINDOW_MS - nowMs;
    one.count += 1;
    this.#all.count += 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, one);
    for (const [oldest] of this.#byAddress) {
      if (this.#byAddress.size <= MAX_ADDRESSES) break;
      this.#byAddress.delete(oldest);
    }
    return null;
  }

  /** The password was right: what was tried before it from there was a slip. */
  succeeded(address: string): void {
    const tries = this.#byAddress.get(address);
    this.#byAddress.delete(address);
    this.#all.count = Math.max(0, this.#all.count - (tries?.count ?? 0));
  }
}

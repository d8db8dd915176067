/** After this long a deadline that nobody served is delivered once more. */
const UNSERVED_MS = 100;

/**
 * The soonest of many deadlines. What was due at the last clock and has not moved since is asked for again later, and
 * never spins the loop. It is asked for after every input, so the deadlines are not made into a list first.
 */
export class Soonest {
  readonly #clockedMs: number;
  #ms = Infinity;

  /** `clockedMs`: when the last clock was served. */
  constructor(clockedMs: number) {
    this.#clockedMs = clockedMs;
  }

  /** null: none. */
  add(atMs: number | null): void {
    if (atMs === null) return;
    const dueMs = atMs <= this.#clockedMs ? this.#clockedMs + UNSERVED_MS : atMs;
    if (dueMs < this.#ms) this.#ms = dueMs;
  }

  /** null: none was added. */
  get ms(): number | null {
    return this.#ms === Infinity ? null : this.#ms;
  }
}

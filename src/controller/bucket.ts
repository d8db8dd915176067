/** Lets `burst` through at once and then `perSecond`, whatever comes. Time is an argument. */
export class Bucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #atMs = -Infinity;

  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#burst = burst;
    this.#perMs = perSecond / 1_000;
    this.#tokens = burst;
  }

  /** False when the budget is spent. */
  take(atMs: number): boolean {
    this.#fill(atMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #fill(atMs: number): void {
    if (atMs > this.#atMs) {
      const sinceMs = atMs - this.#atMs;
      this.#tokens = Math.min(this.#burst, this.#tokens + sinceMs * this.#perMs);
      this.#atMs = atMs;
    }
  }
}

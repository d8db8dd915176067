interface Slug {
  /** When it entered, on a clock that runs only while water flows, milliseconds. */
  readonly enteredMs: number;
  tempC: number;
}

/** Below this a slug counts as arrived, milliseconds: rounding must not hold time still. */
const EPSILON_MS = 1e-6;

/**
 * The pipe from the valves to the outlet: plug flow. What enters comes out once `deadTimeMs` of flow have pushed it
 * through; while nothing flows it stands and takes the temperature of the room.
 */
export class Pipe {
  readonly #deadTimeMs: number;
  readonly #slugs: Slug[];
  #flowedMs = 0;

  constructor(deadTimeMs: number, startC: number) {
    this.#deadTimeMs = deadTimeMs;
    this.#slugs = [{ enteredMs: -Infinity, tempC: startC }];
  }

  /** What leaves it now if water flows, degrees Celsius. */
  get outletC(): number {
    this.#drop();
    return this.#slugs[0]?.tempC ?? 0;
  }

  /** How long water has flowed, milliseconds. */
  get flowedMs(): number {
    return this.#flowedMs;
  }

  /** From now on this enters. */
  feed(tempC: number): void {
    const last = this.#slugs.at(-1);
    if (last?.enteredMs === this.#flowedMs) last.tempC = tempC;
    else if (last?.tempC !== tempC) this.#slugs.push({ enteredMs: this.#flowedMs, tempC });
  }

  /** How much flow until something else leaves it, milliseconds; Infinity if nothing else is in it. */
  get nextChangeMs(): number {
    this.#drop();
    const next = this.#slugs[1];
    return next === undefined ? Infinity : next.enteredMs + this.#deadTimeMs - this.#flowedMs;
  }

  flow(dtMs: number): void {
    this.#flowedMs += dtMs;
  }

  stand(dtMs: number, ambientC: number, tauMs: number): void {
    const keep = Math.exp(-dtMs / tauMs);
    for (const slug of this.#slugs) slug.tempC = ambientC + (slug.tempC - ambientC) * keep;
  }

  #drop(): void {
    for (let next = this.#slugs[1]; next !== undefined; next = this.#slugs[1]) {
      if (next.enteredMs + this.#deadTimeMs > this.#flowedMs + EPSILON_MS) return;
      this.#slugs.shift();
    }
  }
}

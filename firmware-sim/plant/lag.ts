/** Keeps the two time constants apart, where the closed form below would divide by zero. */
const APART = 1.000_1;

/**
 * Two first-order lags in a row, solved exactly for a constant input: the water at the feet follows what leaves the
 * pipe, the thermometer follows the water.
 */
export class Cascade {
  #firstC: number;
  #secondC: number;

  constructor(startC: number) {
    this.#firstC = startC;
    this.#secondC = startC;
  }

  /** The water at the feet, degrees Celsius. */
  get firstC(): number {
    return this.#firstC;
  }

  /** The thermometer in it, degrees Celsius, without noise. */
  get secondC(): number {
    return this.#secondC;
  }

  /** Moves on by `dtMs` with the input held at `inputC`; the time constants are milliseconds. */
  advance(dtMs: number, inputC: number, firstTauMs: number, secondTauMs: number): void {
    const t1 = Math.max(firstTauMs, 1);
    let t2 = Math.max(secondTauMs, 1);
    if (Math.abs(t1 / t2 - 1) < APART - 1) t2 = t1 * APART;
    const e1 = Math.exp(-dtMs / t1);
    const e2 = Math.exp(-dtMs / t2);
    const gap = this.#firstC - inputC;
    const share = (gap * t1) / (t1 - t2);
    this.#secondC = inputC + share * e1 + (this.#secondC - inputC - share) * e2;
    this.#firstC = inputC + gap * e1;
  }
}

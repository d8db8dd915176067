/** What the water did to the feet, in truth: for the invariants, never for the controller. */
export interface ContactStats {
  /** Feet in water that ran or had run, seconds. */
  readonly seconds: number;
  /** Seconds above 30 C, and below 20 C. */
  readonly warmS: number;
  readonly coldS: number;
  readonly minC: number | null;
  readonly maxC: number | null;
  /** Heat dose D: the sum of dt / t_safe(T) above 36 C, with t_safe = exp(113.4 - 28.3 ln T) seconds. */
  readonly dose: number;
}

const WARM_C = 30;
const COLD_C = 20;
const DOSE_FROM_C = 36;

/** Sums up samples of the true water. */
export class Contact {
  #seconds = 0;
  #warmS = 0;
  #coldS = 0;
  #minC = Infinity;
  #maxC = -Infinity;
  #dose = 0;

  add(waterC: number, dtMs: number): void {
    const dtS = dtMs / 1_000;
    this.#seconds += dtS;
    if (waterC > WARM_C) this.#warmS += dtS;
    if (waterC < COLD_C) this.#coldS += dtS;
    this.#minC = Math.min(this.#minC, waterC);
    this.#maxC = Math.max(this.#maxC, waterC);
    if (waterC > DOSE_FROM_C) this.#dose += dtS / Math.exp(113.4 - 28.3 * Math.log(waterC));
  }

  stats(): ContactStats {
    const any = this.#seconds > 0;
    return {
      seconds: this.#seconds,
      warmS: this.#warmS,
      coldS: this.#coldS,
      minC: any ? this.#minC : null,
      maxC: any ? this.#maxC : null,
      dose: this.#dose,
    };
  }
}

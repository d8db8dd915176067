/** `TELE_PERIOD`, seconds. */
const TELE_PERIOD_S = 300;
/** Options that are off until somebody switches them on are left out. */
const OPTION_DEFAULTS: Readonly<Record<number, number>> = { 0: 1, 32: 40 };

/** What is in flash: it survives a reboot. */
export class Settings {
  /** What the relays do at power-up; 3 is the default: as they were. */
  powerOnState = 3;
  /** Seconds; 0 is never. */
  telePeriodS = TELE_PERIOD_S;
  powerRetain = false;
  readonly #options = new Map<number, number>();

  option(index: number): number {
    return this.#options.get(index) ?? OPTION_DEFAULTS[index] ?? 0;
  }

  /** False for a value the option does not take. */
  setOption(index: number, value: number): boolean {
    // 32 to 49 are numbers (the hold time 1 to 250), all others switches. `PowerRetain`, `Interlock` have their own.
    const [low, high] = index >= 32 && index <= 49 ? [index === 32 ? 1 : 0, 250] : [0, 1];
    if (value < low || value > high || [5, 6, 7, 9, 14].includes(index)) return false;
    this.#options.set(index, value);
    return true;
  }

  /** 1 means the default; less than 10 s is not allowed. */
  setTelePeriod(value: number): void {
    const seconds = value === 1 ? TELE_PERIOD_S : value;
    this.telePeriodS = seconds > 0 && seconds < 10 ? 10 : seconds;
  }
}

import { SystemClock } from '../../src/clock/system.ts';

const real = new SystemClock();

/**
 * Waits for something that is so sooner or later, looking every 5 ms. Unlike `expect.poll` also in tests that run side
 * by side.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  const endMs = real.nowMs() + limitMs;
  while (!(await holds())) {
    if (real.nowMs() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise<void>((resolve) => real.at(real.nowMs() + 5, 'until', resolve));
  }
}

/** At most so many at once: what runs beside each other on two cores must not starve. */
export class Seats {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with how to get up again. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }
}

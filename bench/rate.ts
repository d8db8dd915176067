import { SystemClock } from '../src/clock/system.ts';

const real = new SystemClock();

export interface Rate {
  /** Rounds a wall second: says as much about what else the computer does. */
  readonly rate: number;
  /** Rounds a second of processor time of this thread: a busy computer changes it little. */
  readonly perCpuSecond: number;
  readonly rounds: number;
  /** The sum of what each round returned. */
  readonly total: number;
  readonly tookMs: number;
}

/** Repeats for about `forMs` of wall time. */
export function perSecond(forMs: number, round: (number: number) => number): Rate {
  const fromMs = real.nowMs();
  const before = process.threadCpuUsage();
  let [rounds, total, tookMs] = [0, 0, 0];
  while (tookMs < forMs) {
    rounds += 1;
    total += round(rounds);
    tookMs = real.nowMs() - fromMs;
  }
  const { user, system } = process.threadCpuUsage(before);
  const perCpuSecond = (rounds / (user + system)) * 1_000_000;
  return { rate: (rounds / tookMs) * 1_000, perCpuSecond, rounds, total, tookMs };
}

/** How many a second of processor time each of them makes, measured in turns, so that all have the same computer. */
export function inTurns(
  turns: number,
  forMs: number,
  contestants: readonly ((number: number) => number)[],
): readonly number[] {
  const rates = contestants.map((): number[] => []);
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [place, round] of contestants.entries()) {
      const { perCpuSecond } = perSecond(forMs, round);
      // The first turn lets the compiler settle.
      if (turn > 0) rates[place]?.push(perCpuSecond);
    }
  }
  return rates.map((list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0);
}

import type { Clock, Timer } from '../../clock/clock.ts';

/** How often the loop is looked at, and how late it may be, real milliseconds. */
const LOOK_MS = 50;
const LATE_MS = 250;

/**
 * Tells when this process stood still: a loop that was blocked, or a host that gave it no time. A simulation that runs
 * faster than real time feels it many times over.
 */
export function watchStalls(clock: Clock, onStall: (lateMs: number) => void): { stop(): void } {
  let timer: Timer | null = null;
  const look = (dueMs: number): void => {
    timer = clock.at(dueMs, 'stalls', () => {
      const lateMs = clock.nowMs() - dueMs;
      if (lateMs > LATE_MS) onStall(lateMs);
      look(clock.nowMs() + LOOK_MS);
    });
  };
  look(clock.nowMs() + LOOK_MS);
  return {
    stop: () => {
      timer?.cancel();
    },
  };
}

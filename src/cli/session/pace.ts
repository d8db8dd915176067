import { SystemClock } from '../../clock/system.ts';
import type { Clock, Timer } from '../../clock/clock.ts';
import type { VirtualClock } from '../../clock/virtual.ts';

/** How whoever follows a session waits: virtual time has to be moved, real time passes by itself. */
export interface Pace {
  /** False when `limitMs` passed first (real milliseconds, or virtual ones). */
  until(done: () => boolean, limitMs: number): Promise<boolean>;
  /** Something happened: those who wait look again. */
  nudge(): void;
}

export function virtualPace(clock: VirtualClock): Pace {
  return {
    until: (done, limitMs) => Promise.resolve(clock.runWhile(() => !done(), limitMs)),
    nudge: () => undefined,
  };
}

export function realPace(clock: Clock = new SystemClock()): Pace {
  const waiting = new Set<() => void>();
  return {
    until: (done, limitMs) =>
      new Promise((resolve) => {
        let timer: Timer | null = null;
        const look = (over = false): void => {
          const isDone = done();
          if (!isDone && !over) return;
          timer?.cancel();
          waiting.delete(look);
          resolve(isDone);
        };
        waiting.add(look);
        if (limitMs !== Infinity) {
          timer = clock.at(clock.nowMs() + limitMs, 'session pace', () => {
            look(true);
          });
        }
        look();
      }),
    nudge: () => {
      for (const look of [...waiting]) look();
    },
  };
}

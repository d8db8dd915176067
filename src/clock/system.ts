import { InvariantError } from '../model/errors.ts';
import type { Clock, Timer } from './clock.ts';

/** The longest timeout Node keeps; above it a timer would fire at once. */
const MAX_TIMEOUT_MS = 3_600_000;

/** Real time. A timer re-checks on waking, since Node may fire up to a millisecond early. */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  at(atMs: number, name: string, callback: () => void): Timer {
    if (Number.isNaN(atMs))
      throw new InvariantError('invariant', `the timer "${name}" was asked for at no time`);
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.min(MAX_TIMEOUT_MS, Math.max(0, Math.ceil(atMs - this.nowMs())));
      handle = setTimeout(() => {
        if (this.nowMs() >= atMs) callback();
        else arm();
      }, waitMs);
    };
    arm();
    return {
      cancel: () => {
        clearTimeout(handle);
      },
    };
  }
}

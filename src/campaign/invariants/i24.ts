import { DAY_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

const OLD_MS = 30 * 60_000;
const IDLE_MS = 7 * DAY_MS;

/**
 * The age is that of the oldest water that stands in a vessel: what was left by a drain that did not empty it is old
 * water, so a drain that nobody confirmed shows here.
 */
export const i24: Invariant = {
  id: 'I24',
  says: 'contact is not permitted with an outlet idle for more than 7 days and unflushed, with water older than 30 min, or after a drain that was not confirmed',
  judge(facts, object) {
    let judged = 0;
    let due = facts.idleMs !== null && facts.idleMs > IDLE_MS;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal'], (event) => {
        if (event.record === 'flushed') due = false;
      }),
      tick({ atMs, permitted, vessels }) {
        if (due) judged += 1;
        if (!permitted) return;
        if (due) object(atMs, 'contact is permitted at an outlet that was idle for more than 7 days');
        for (const { name, sinceMs } of vessels) {
          if (sinceMs === null) continue;
          judged += 1;
          if (atMs - sinceMs > OLD_MS)
            object(
              atMs,
              `contact is permitted, and water in the ${name} is ${((atMs - sinceMs) / 60_000).toFixed(0)} min old`,
            );
        }
      },
    };
  },
};

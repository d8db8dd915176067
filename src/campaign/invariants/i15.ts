import { DAY_MS, LIMITS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/** Whoever comes is one person. Ages are by the world's own time, which neither a restart nor a clock moves. */
export const i15: Invariant = {
  id: 'I15',
  says: 'L9 (6 h between sessions) and L10 (2 in 24 h, 7 in 7 days) hold across restarts and clock changes',
  judge(facts, object) {
    /** When each session that counts ended; before the world's beginning it is negative. */
    const ended = facts.person.past
      .filter(({ contactMs }) => contactMs >= LIMITS.countsFromMs)
      .map(({ endedAgoMs }) => -endedAgoMs);
    let judged = 0;
    let fresh = false;
    let contactMs = 0;
    let fromMs = 0;
    let outMs = 0;
    const count = (): void => {
      if (contactMs >= LIMITS.countsFromMs) ended.push(outMs);
      contactMs = 0;
    };
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'asked', 'permitted'], (event) => {
        if (event.type === 'journal' && event.record === 'start') {
          count();
          fresh = true;
          if (ended.length > 0) judged += 1;
        } else if (event.type === 'asked' && event.word === 'start' && ended.length > 0) judged += 1;
        else if (event.type === 'permitted' && event.on && fresh) {
          fresh = false;
          const { atMs } = event;
          const within = (ageMs: number): number => ended.filter((at) => atMs - at < ageMs).length;
          if (within(LIMITS.gapMs) > 0)
            object(atMs, 'contact is permitted less than 6 h after the last session');
          if (within(DAY_MS) >= LIMITS.perDay) object(atMs, 'contact is permitted a third time in 24 h');
          if (within(7 * DAY_MS) >= LIMITS.perWeek)
            object(atMs, 'contact is permitted an eighth time in 7 days');
        }
      }),
      tick({ atMs, permitted }) {
        if (permitted) {
          contactMs += atMs - fromMs;
          outMs = atMs;
        }
        fromMs = atMs;
      },
    };
  },
};

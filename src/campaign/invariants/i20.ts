import { DAY_MS, LIMITS, LOOK_MS } from './limits.ts';
import type { Invariant } from './invariant.ts';
import { Steps } from './steps.ts';
import type { PastSession } from '../past.ts';

const FROM_MS = 15_000;
const STEP_MS = 5_000;
const WEEK_MS = 15_000;
/** The step's clock starts once the switched valve is known to be open: its travel, its report, and a second. */
const VERIFIED_MS = 4_000;

/** L13, worked out once more: how long a cold step this person has grown into. */
export function ladderOf(past: readonly PastSession[]): number {
  let topMs = FROM_MS;
  for (const { coldMs, completed, symptom } of past) {
    if (symptom) topMs = FROM_MS;
    else if (completed && coldMs !== null) topMs = Math.max(FROM_MS, coldMs) + STEP_MS;
  }
  const weekAgo = past.filter(
    ({ endedAgoMs, coldMs, completed }) => completed && coldMs !== null && endedAgoMs >= 7 * DAY_MS,
  );
  const baseMs = weekAgo.at(-1)?.coldMs ?? FROM_MS;
  return Math.min(topMs, baseMs + WEEK_MS, LIMITS.coldStepMs);
}

export const i20: Invariant = {
  id: 'I20',
  says: 'cold targets follow L13; after a stop for a symptom it is 15 s, and 24 h at least without water',
  judge(facts, object) {
    const { climbs, past } = facts.person;
    const steps = new Steps(facts);
    const ladderMs = climbs ? ladderOf(past) : Infinity;
    const lastSymptomMs = past.filter(({ symptom }) => symptom).at(-1)?.endedAgoMs ?? Infinity;
    let reportedMs = -lastSymptomMs;
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      event(event) {
        steps.event(event);
        if (event.type === 'asked' && event.word === 'report') {
          judged += 1;
          reportedMs = event.atMs;
        } else if (event.type === 'permitted' && event.on && event.atMs - reportedMs < DAY_MS)
          object(event.atMs, `contact is permitted ${(event.atMs - reportedMs) / 1_000} s after a symptom`);
      },
      tick(tick) {
        const planned = facts.plan?.steps.find(({ kind }) => kind === 'cold')?.durationMs ?? 0;
        if (climbs && tick.permitted && planned > ladderMs)
          object(
            tick.atMs,
            `a cold step of ${planned / 1_000} s is planned, and the ladder allows ${ladderMs / 1_000} s`,
          );
        if (!steps.tick(tick) || steps.side !== 'cold' || !climbs) return;
        judged += 1;
        if (steps.stepMs > ladderMs + VERIFIED_MS + LOOK_MS)
          object(
            tick.atMs,
            `the cold step has run ${steps.stepMs / 1_000} s, and the ladder allows ${ladderMs / 1_000} s`,
          );
      },
    };
  },
};

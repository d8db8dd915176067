import { TRIPS } from '../envelope.ts';
import type { Detector, Finding } from './facts.ts';
import { celsius, coldest, hottest } from './facts.ts';

const AGREED: Finding<null> = { state: null };

/** T5, disagreement: two thermometers more than 2 K apart for 3 s, from 15 s after a commanded change. */
export const t5Disagree: Detector<number | null> = {
  id: 'T5',
  trips: ['T5 thermometers_disagree'],
  initial: null,
  goesBy: 'all',
  step({ facts, atMs }, sinceMs) {
    const settled = facts.change === null || atMs >= facts.change.sentAtMs + TRIPS.t5.settleMs;
    if (!facts.expectation.active || !settled) return AGREED;
    const [high, low] = [hottest(facts) ?? 0, coldest(facts) ?? 0];
    if (high - low <= TRIPS.t5.disagreeC) return AGREED;
    const from = sinceMs ?? atMs;
    const overMs = from + TRIPS.t5.disagreeMs;
    if (atMs < overMs) return { state: from, deadlineMs: overMs };
    return {
      state: from,
      trip: {
        detector: 'T5',
        reason: 'thermometers_disagree',
        response: 'abort',
        latch: false,
        message: `the thermometers read ${celsius(low)} and ${celsius(high)}`,
      },
    };
  },
};

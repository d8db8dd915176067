import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, coldest, hottest } from './facts.ts';

/** T5, disagreement: two thermometers more than 2 K apart for 3 s, from 15 s after a commanded change. */
export const t5Disagree: Detector<number | null> = {
  id: 'T5',
  trips: ['T5 thermometers_disagree'],
  initial: null,
  goesBy: 'all',
  step({ facts, atMs }, sinceMs) {
    const [high, low] = [hottest(facts) ?? 0, coldest(facts) ?? 0];
    const settled = facts.change === null || atMs >= facts.change.sentAtMs + TRIPS.t5.settleMs;
    const apart = high - low > TRIPS.t5.disagreeC;
    if (!facts.expectation.active || !settled || !apart) return { state: null };
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

import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, sampleOf } from './facts.ts';

/** The hardware scald guard, measured: two readings above its declared maximum + 1 K say that it does not hold. */
export const scaldGuard: Detector<number> = {
  id: 'guard',
  initial: 0,
  step(look, seen) {
    const sample = sampleOf(look);
    const { expectation } = look.facts;
    const maxC = look.settings.guardMaxC;
    // During contact on two valves T1 and T2 are the sharper ones.
    const measured = expectation.active && (!expectation.exposed || look.settings.plumbing === 'mixer');
    if (!measured || maxC === null) return { state: 0 };
    if (sample === null) return { state: seen };
    if (sample.valueC <= maxC + TRIPS.proof.guardMarginC) return { state: 0 };
    if (seen + 1 < 2) return { state: seen + 1 };
    return {
      state: seen + 1,
      trip: {
        detector: 'proof',
        reason: 'scald_guard_failed',
        response: 'abort',
        latch: true,
        message:
          `the scald guard lets ${celsius(sample.valueC)} through, its maximum is ${celsius(maxC)}; ` +
          'have the mixing valve serviced before warm water is used again',
      },
    };
  },
};

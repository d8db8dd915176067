import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { NOTHING, celsius, inContact } from './facts.ts';
import type { Streaks } from './streaks.ts';
import { samplesIn, streaksWith } from './streaks.ts';

const NONE: Streaks = {};

/** The hardware scald guard, measured: two readings above its declared maximum + 1 K say that it does not hold. */
export const scaldGuard: Detector<Streaks> = {
  id: 'guard',
  trips: ['proof scald_guard_failed'],
  initial: NONE,
  goesBy: ['expect', 'temperature'],
  step(look, seen) {
    const { sample } = look;
    const { expectation } = look.facts;
    const maxC = look.settings.guardMaxC;
    // During contact on two valves T1 and T2 are the sharper ones.
    const measured = expectation.active && (!inContact(look.facts) || look.settings.plumbing === 'mixer');
    if (!measured || maxC === null) return { state: NONE };
    if (sample === null) return NOTHING;
    const past = sample.valueC > maxC + TRIPS.proof.guardMarginC;
    const state = streaksWith(seen, sample.device, past);
    if (!past || samplesIn(state) < 2) return { state };
    return {
      state,
      trip: {
        detector: 'proof',
        reason: 'scald_guard_failed',
        response: 'abort',
        latch: true,
        clearsAtC: Math.min(maxC + TRIPS.proof.guardMarginC, TRIPS.t2.ceilingC),
        message:
          `the scald guard lets ${celsius(sample.valueC)} through, its maximum is ${celsius(maxC)}; ` +
          'have the mixing valve serviced before warm water is used again',
      },
    };
  },
};

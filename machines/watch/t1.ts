import { TRIPS } from '../envelope.ts';
import type { Detector, Streaks } from './facts.ts';
import { celsius, sampleOf, samplesIn, streaksWith } from './facts.ts';

const NONE: Streaks = {};

/** T1: water that scalds. Two samples running of one thermometer, or one of each of two. */
export const t1: Detector<Streaks> = {
  id: 'T1',
  initial: NONE,
  step(look, seen) {
    const sample = sampleOf(look);
    const { expectation, open, closedSinceMs } = look.facts;
    // Another detector may have been first to close: that it was this hot still has to be said, and to latch.
    const lately = closedSinceMs !== null && look.atMs < closedSinceMs + TRIPS.t1.afterMs;
    if (!expectation.active && open.length === 0 && !lately) return { state: NONE };
    if (sample === null) return { state: seen };
    // In the proof test warm water up to the guard's own margin is the guard's affair (see scald-guard.ts).
    const guardC = expectation.leg === null ? 0 : (look.settings.guardMaxC ?? 0) + TRIPS.proof.guardMarginC;
    const scalds = sample.valueC >= TRIPS.t1.limitC && sample.valueC > guardC;
    const state = streaksWith(seen, sample.device, scalds);
    if (!scalds || samplesIn(state) < TRIPS.t1.samples) return { state };
    return {
      state,
      trip: {
        detector: 'T1',
        reason: 'over_temperature',
        response: 'abort',
        latch: true,
        message: `the water is ${celsius(sample.valueC)}; at ${celsius(TRIPS.t1.limitC)} everything closes`,
      },
    };
  },
};

import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, sampleOf } from './facts.ts';

/** T1: water that scalds. Two samples running, of any thermometer. */
export const t1: Detector<number> = {
  id: 'T1',
  initial: 0,
  step(look, seen) {
    const sample = sampleOf(look);
    const { expectation, open } = look.facts;
    if (sample === null) return { state: expectation.active || open.length > 0 ? seen : 0 };
    if (!expectation.active && open.length === 0) return { state: 0 };
    // In the proof test warm water up to the guard's own margin is the guard's affair (see scald-guard.ts).
    const guardC = expectation.leg === null ? 0 : (look.settings.guardMaxC ?? 0) + TRIPS.proof.guardMarginC;
    if (sample.valueC < TRIPS.t1.limitC || sample.valueC <= guardC) return { state: 0 };
    if (seen + 1 < TRIPS.t1.samples) return { state: seen + 1 };
    return {
      state: seen + 1,
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

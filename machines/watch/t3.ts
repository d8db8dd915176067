import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, sampleOf } from './facts.ts';

/** T3: above 38 C and rising fast, outside a warm-up: the mixing or the cold supply is being lost. */
export const t3: Detector<number> = {
  id: 'T3',
  initial: 0,
  step(look, seen) {
    const { facts } = look;
    const sample = sampleOf(look);
    if (!facts.expectation.exposed || facts.warmUpFromMs !== null) return { state: 0 };
    if (sample === null) return { state: seen };
    const { aboveC, risePerS, windowMs, samples } = TRIPS.t3;
    const earlier = facts.history.findLast(
      ({ device, takenAtMs }) => device === sample.device && takenAtMs <= sample.takenAtMs - windowMs,
    );
    if (earlier === undefined || sample.valueC <= aboveC) return { state: 0 };
    const perS = ((sample.valueC - earlier.valueC) * 1_000) / (sample.takenAtMs - earlier.takenAtMs);
    if (perS <= risePerS) return { state: 0 };
    if (seen + 1 < samples) return { state: seen + 1 };
    return {
      state: seen + 1,
      trip: {
        detector: 'T3',
        reason: 'rising_too_fast',
        response: 'abort',
        latch: false,
        message: `the water is ${celsius(sample.valueC)} and rises by ${perS.toFixed(1)} K/s`,
      },
    };
  },
};

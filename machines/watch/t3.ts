import { TRIPS } from '../envelope.ts';
import type { Detector, Streaks } from './facts.ts';
import { celsius, isJudged, sampleOf, samplesIn, streaksWith } from './facts.ts';

const NONE: Streaks = {};

/** T3: above 38 C and rising fast, outside a warm-up: the mixing or the cold supply is being lost. */
export const t3: Detector<Streaks> = {
  id: 'T3',
  initial: NONE,
  step(look, seen) {
    const { facts } = look;
    const sample = sampleOf(look);
    if (!isJudged(facts) || facts.warmUpFromMs !== null) return { state: NONE };
    if (sample === null) return { state: seen };
    const { aboveC, risePerS, windowMs, samples } = TRIPS.t3;
    const earlier = facts.history.findLast(
      ({ device, takenAtMs }) => device === sample.device && takenAtMs <= sample.takenAtMs - windowMs,
    );
    const perS =
      earlier === undefined
        ? 0
        : ((sample.valueC - earlier.valueC) * 1_000) / (sample.takenAtMs - earlier.takenAtMs);
    const past = sample.valueC > aboveC && perS > risePerS;
    const state = streaksWith(seen, sample.device, past);
    if (!past || samplesIn(state) < samples) return { state };
    return {
      state,
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

import { TRIPS } from '../envelope.ts';
import type { Detector, Sample } from './facts.ts';
import { NOTHING, celsius, isJudged } from './facts.ts';
import type { Streaks } from './streaks.ts';
import { samplesIn, streaksWith } from './streaks.ts';

const NONE: Streaks = {};

/**
 * What the thermometer of `sample` read at a moment before it, between two of its readings: one that speaks once a second
 * is a few milliseconds early every other time, and to look back to the reading before that would halve the rise.
 */
function valueAt(history: readonly Sample[], sample: Sample, atMs: number): number | null {
  let after = sample;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const before = history[index];
    if (before?.device !== sample.device) continue;
    if (before.takenAtMs <= atMs) {
      const share = (atMs - before.takenAtMs) / (after.takenAtMs - before.takenAtMs);
      return before.valueC + share * (after.valueC - before.valueC);
    }
    after = before;
  }
  return null;
}

/** T3: above 38 C and rising fast, outside a warm-up: the mixing or the cold supply is being lost. */
export const t3: Detector<Streaks> = {
  id: 'T3',
  trips: ['T3 rising_too_fast'],
  initial: NONE,
  goesBy: ['expect', 'temperature', 'sent'],
  step(look, seen) {
    const { facts } = look;
    const { sample } = look;
    if (!isJudged(facts) || facts.warmUpFromMs !== null) return { state: NONE };
    if (sample === null) return NOTHING;
    const { aboveC, risePerS, windowMs, samples } = TRIPS.t3;
    const beforeC =
      sample.valueC > aboveC ? valueAt(facts.history, sample, sample.takenAtMs - windowMs) : null;
    const perS = beforeC === null ? 0 : ((sample.valueC - beforeC) * 1_000) / windowMs;
    const past = perS > risePerS;
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

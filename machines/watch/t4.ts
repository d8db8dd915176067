import type { Trip } from '../../src/model/want.ts';
import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, coldest, isJudged } from './facts.ts';
import type { Streaks } from './streaks.ts';
import { samplesIn, streaksWith } from './streaks.ts';

interface Cold {
  readonly sinceMs: number | null;
  readonly veryCold: Streaks;
  readonly valueC: number;
}
const NONE: Cold = { sinceMs: null, veryCold: {}, valueC: 0 };

/** T4: cold water that is too cold for a foot: 3 s below 8 C, or two samples below 5 C. */
export const t4: Detector<Cold> = {
  id: 'T4',
  trips: ['T4 cold_water_too_cold'],
  initial: NONE,
  goesBy: ['expect', 'temperature'],
  step(look, before) {
    const { expectation } = look.facts;
    if (!isJudged(look.facts) || expectation.side !== 'cold') return { state: NONE };
    const { sample } = look;
    let cold = before;
    if (sample !== null) {
      const valueC = coldest(look.facts) ?? sample.valueC;
      cold = {
        sinceMs: valueC < TRIPS.t4.coldC ? (before.sinceMs ?? look.atMs) : null,
        veryCold: streaksWith(before.veryCold, sample.device, sample.valueC < TRIPS.t4.veryColdC),
        valueC,
      };
    }
    if (samplesIn(cold.veryCold) >= TRIPS.t4.samples) return { state: cold, trip: tooCold(cold.valueC) };
    if (cold.sinceMs === null) return { state: cold };
    const overMs = cold.sinceMs + TRIPS.t4.forMs;
    return look.atMs >= overMs
      ? { state: cold, trip: tooCold(cold.valueC) }
      : { state: cold, deadlineMs: overMs };
  },
};

function tooCold(valueC: number): Trip {
  return {
    detector: 'T4',
    reason: 'cold_water_too_cold',
    response: 'abort',
    latch: false,
    message: `the cold water is ${celsius(valueC)}; dry your feet and warm them with a towel`,
  };
}

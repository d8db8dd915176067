import type { RangeC, WaterKind } from '../../src/model/plan.ts';
import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { distance } from '../band.ts';
import { TRIPS } from '../envelope.ts';
import type { Detector, Facts, Look } from './facts.ts';
import { celsius, changeOf, hottest, inContact, isWarmTapWater } from './facts.ts';

interface OutOfBand {
  /** K s outside the band since the first reading in it. */
  readonly integralKs: number;
  readonly lastMs: number | null;
  readonly wasInBand: boolean;
  readonly changeAtMs: number | null;
  readonly side: WaterKind | null;
}
const NONE: OutOfBand = { integralKs: 0, lastMs: null, wasInBand: false, changeAtMs: null, side: null };

/**
 * T9: the water does not do what it should: not in band by the end of the purge allowance, nor 30 s after a change;
 * too far from the band for too long; or getting warm with everything closed.
 */
export const t9: Detector<OutOfBand> = {
  id: 'T9',
  trips: ['T9 unexpected_rise', 'T9 out_of_band', 'T9 never_in_band'],
  initial: NONE,
  goesBy: ['expect', 'temperature', 'sent'],
  step(look, before) {
    const { facts, atMs } = look;
    const rising = restRise(look);
    if (rising !== null) return { state: before, trip: rising };
    const { expectation } = facts;
    const { band } = expectation;
    const change = changeOf(facts);
    // What a person has filled cools as it stands, and only they can change it: that is shown, not tripped on.
    if (!expectation.active || band === null || look.settings.plumbing === 'cues') return { state: NONE };
    const state = integrate(look, before, band);
    const excused = isWarmTapWater(facts);
    const { basin } = look.settings;
    const mostKs = basin === null ? TRIPS.t9.integralKs : TRIPS.t9.integralBasinKs;
    if (inContact(facts) && state.integralKs > mostKs && !excused) {
      return {
        state,
        trip: outOfBand(facts, band, 'out_of_band', 'the water has been too far from its band for too long'),
      };
    }
    let dueMs: number | null = null;
    if (expectation.bandByMs !== null) {
      if (atMs >= expectation.bandByMs) {
        return {
          state,
          trip: outOfBand(
            facts,
            band,
            'never_in_band',
            'the water did not come into its band within the purge allowance',
          ),
        };
      }
      dueMs = expectation.bandByMs;
    }
    // What is let into a basin that is held changes its water by little, and by when is no question.
    if (basin === null && inContact(facts) && change !== null && !state.wasInBand && !excused) {
      const byMs = change.sentAtMs + TRIPS.t9.changeMs;
      if (atMs >= byMs)
        return {
          state,
          trip: outOfBand(facts, band, 'out_of_band', 'the water is not in its band 30 s after the change'),
        };
      dueMs = Math.min(dueMs ?? Infinity, byMs);
    }
    return { state, deadlineMs: dueMs };
  },
};

function integrate(look: Look, before: OutOfBand, band: RangeC): OutOfBand {
  const { facts, atMs } = look;
  const { side } = facts.expectation;
  const changeAtMs = look.settings.basin === null ? (facts.change?.sentAtMs ?? null) : null;
  const changed = changeAtMs !== before.changeAtMs || side !== before.side;
  const state: OutOfBand = changed ? { ...NONE, changeAtMs, side } : before;
  const wasInBand = state.wasInBand || facts.inBandSinceMs !== null;
  if (!inContact(facts)) return { ...state, wasInBand, integralKs: 0, lastMs: null };
  if (look.sample === null) return state;
  const restored = facts.inBandSinceMs !== null && atMs >= facts.inBandSinceMs + TRIPS.t9.integralResetMs;
  const dtS = state.lastMs === null ? 0 : (atMs - state.lastMs) / 1_000;
  const offC = Math.max(...Object.values(facts.latest).map(({ valueC }) => distance(valueC, band)));
  const added = wasInBand && !isWarmTapWater(facts) ? offC * dtS : 0;
  return { ...state, wasInBand, lastMs: atMs, integralKs: restored ? 0 : state.integralKs + added };
}

/** Everything closed for 15 s, above 30 C and rising by more than 1 K in 30 s: warm water is leaking in. */
function restRise(look: Look): Trip | null {
  const { facts, atMs } = look;
  const { restMs, restAboveC, restRiseC, restWindowMs } = TRIPS.t9;
  const { sample } = look;
  if (sample === null || facts.closedSinceMs === null || atMs < facts.closedSinceMs + restMs) return null;
  // A heater that is on warms the water, and what it has warmed reaches the probe a while later.
  const { unheatedSinceMs } = facts;
  if (unheatedSinceMs === null) return null;
  if (sample.valueC <= restAboveC) return null;
  // After warm water the probe may still be catching up with it; after cold nothing but a leak makes it rise.
  const restFrom = facts.lastSide === 'cold' ? facts.closedSinceMs : facts.closedSinceMs + restMs;
  const fromMs = Math.max(restFrom, unheatedSinceMs + restMs, atMs - restWindowMs);
  let low = sample.valueC;
  for (const { device, takenAtMs, valueC } of facts.history)
    if (device === sample.device && takenAtMs >= fromMs) low = Math.min(low, valueC);
  if (sample.valueC - low <= restRiseC) return null;
  return {
    detector: 'T9',
    reason: 'unexpected_rise',
    response: 'abort',
    latch: false,
    message: `everything is closed and the water rose from ${celsius(low)} to ${celsius(sample.valueC)}: a valve leaks, or a heater stays on`,
  };
}

function outOfBand(facts: Facts, band: RangeC, reason: Reason, what: string): Trip {
  const valueC = hottest(facts);
  const seen = valueC === null ? 'no reading' : celsius(valueC);
  const wanted = `, wanted ${celsius(band.minC)} to ${celsius(band.maxC)}`;
  const remedy =
    reason === 'never_in_band' ? '; check the water heater and what the mixing valve is set to' : '';
  const message = `${what}: ${seen}${wanted}${remedy}`;
  return { detector: 'T9', reason, response: 'abort', latch: false, message };
}

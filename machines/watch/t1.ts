import { TRIPS } from '../envelope.ts';
import type { Detector, Look } from './facts.ts';
import { NOTHING, celsius, inContact } from './facts.ts';
import type { Streaks } from './streaks.ts';
import { samplesIn, streaksWith } from './streaks.ts';

const NONE: Streaks = {};

/** T1: water that scalds. Two samples running of one thermometer, or one of each of two. */
export const t1: Detector<Streaks> = {
  id: 'T1',
  trips: ['T1 over_temperature'],
  initial: NONE,
  goesBy: 'all',
  step(look, seen) {
    const { sample } = look;
    const { expectation, open, closedSinceMs } = look.facts;
    // Another detector may have been first to close: that it was this hot still has to be said, and to latch.
    const lately = closedSinceMs !== null && look.atMs < closedSinceMs + TRIPS.t1.afterMs;
    if (!expectation.active && open.length === 0 && !lately) return { state: NONE };
    if (sample === null) return NOTHING;
    if (isTheGuards(look)) return { state: NONE };
    const scalds = sample.valueC >= TRIPS.t1.limitC;
    const state = streaksWith(seen, sample.device, scalds);
    if (!scalds || samplesIn(state) < TRIPS.t1.samples) return { state };
    return {
      state,
      trip: {
        detector: 'T1',
        reason: 'over_temperature',
        response: 'abort',
        latch: true,
        clearsAtC: TRIPS.t2.ceilingC,
        message: `the water is ${celsius(sample.valueC)}; at ${celsius(TRIPS.t1.limitC)} everything closes`,
      },
    };
  },
};

/**
 * Before anybody is let in, a guard that lets too much through is found by its own detector, at its own maximum + 1 K
 * and with its own remedy (scald-guard.ts); where that lies above 43 C, T1 keeps to it in the proof test as well.
 */
function isTheGuards({ facts, settings }: Look): boolean {
  const { active, leg } = facts.expectation;
  if (!active || inContact(facts) || settings.guardMaxC === null) return false;
  return leg !== null || settings.guardMaxC + TRIPS.proof.guardMarginC <= TRIPS.t1.limitC;
}

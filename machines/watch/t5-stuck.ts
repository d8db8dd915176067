import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
import { celsius, changeOf, hottest } from './facts.ts';

/**
 * T5, stuck: the water was to change by 10 K or more and the reading has moved less than 3 K towards it, 10 s after
 * the valve was verified open. Not while the purge allowance runs (the first leg of the proof test, and the wait for the
 * band): standing water may take longer to come through, T9 ends that wait, and nobody is in the water.
 */
export const t5Stuck: Detector<null> = {
  id: 'T5',
  initial: null,
  step({ facts, atMs }) {
    const { expectation } = facts;
    const change = changeOf(facts);
    const { targetC } = expectation;
    const purging = expectation.leg === 0 || expectation.bandByMs !== null;
    if (!expectation.active || purging || change?.verifiedAtMs == null) return { state: null };
    if (change.fromC === null || targetC === null || Math.abs(targetC - change.fromC) < TRIPS.t5.stuckFromC)
      return { state: null };
    const dueMs = change.verifiedAtMs + TRIPS.t5.stuckAfterMs;
    const now = hottest(facts);
    const moved = now === null ? 0 : (now - change.fromC) * Math.sign(targetC - change.fromC);
    if (moved >= TRIPS.t5.stuckMovedC) return { state: null };
    if (atMs < dueMs) return { state: null, deadlineMs: dueMs };
    return {
      state: null,
      trip: {
        detector: 'T5',
        reason: 'stuck_thermometer',
        response: 'abort',
        latch: false,
        message:
          `the reading stays at ${celsius(now ?? change.fromC)} though the water should go to ${celsius(targetC)}: ` +
          'the thermometer is stuck or not in the stream, or the valve has no effect',
      },
    };
  },
};

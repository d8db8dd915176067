import { TRIPS } from '../envelope.ts';
import type { Detector, Facts } from './facts.ts';
import { NOTHING, celsius, changeOf } from './facts.ts';

/**
 * T5, stuck: the water was to change by 10 K or more and the reading has moved less than 3 K towards it, 10 s after
 * the valve was verified open (in a basin 60 s). Not while the purge allowance runs (the first leg of the proof test, and the wait for the
 * band): standing water may take longer to come through, T9 ends that wait, and nobody is in the water.
 */
export const t5Stuck: Detector<null> = {
  id: 'T5',
  trips: ['T5 stuck_thermometer'],
  initial: null,
  goesBy: ['expect', 'temperature', 'sent', 'verified'],
  step({ settings, facts, atMs }) {
    const { expectation } = facts;
    const change = changeOf(facts);
    const { targetC } = expectation;
    const purging = expectation.leg === 0 || expectation.bandByMs !== null;
    if (!expectation.active || purging || change?.verifiedAtMs == null || targetC === null) return NOTHING;
    // Each thermometer by itself: the one that moves does not speak for the one that is stuck.
    const stuckC = stuckOf(change.from, facts.latest, targetC);
    if (stuckC === null) return NOTHING;
    const { stuckAfterMs, stuckAfterBasinMs } = TRIPS.t5;
    const dueMs = change.verifiedAtMs + (settings.basin === null ? stuckAfterMs : stuckAfterBasinMs);
    if (atMs < dueMs) return { deadlineMs: dueMs };
    return {
      trip: {
        detector: 'T5',
        reason: 'stuck_thermometer',
        response: 'abort',
        latch: false,
        message:
          `the reading stays at ${celsius(stuckC)} though the water should go to ${celsius(targetC)}: ` +
          'the thermometer is stuck or not in the stream, or the valve has no effect',
      },
    };
  },
};

/** What the first thermometer reads that has not followed the water; null: all of them have. */
function stuckOf(from: Facts['latest'], latest: Facts['latest'], targetC: number): number | null {
  for (const device in from) {
    const fromC = from[device]?.valueC ?? targetC;
    const nowC = latest[device]?.valueC ?? fromC;
    const movedC = (nowC - fromC) * Math.sign(targetC - fromC);
    if (Math.abs(targetC - fromC) >= TRIPS.t5.stuckFromC && movedC < TRIPS.t5.stuckMovedC) return nowC;
  }
  return null;
}

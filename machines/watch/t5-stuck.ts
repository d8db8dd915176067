import { TRIPS } from '../envelope.ts';
import type { Detector } from './facts.ts';
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
    const [stuckC] = Object.values(change.from).flatMap(({ device, valueC: fromC }) => {
      const nowC = facts.latest[device]?.valueC ?? fromC;
      const moved = (nowC - fromC) * Math.sign(targetC - fromC);
      return Math.abs(targetC - fromC) >= TRIPS.t5.stuckFromC && moved < TRIPS.t5.stuckMovedC ? [nowC] : [];
    });
    if (stuckC === undefined) return NOTHING;
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

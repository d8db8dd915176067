import { TRIPS } from '../envelope.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Detector, Look } from './facts.ts';
import { celsius, hottest, isJudged } from './facts.ts';

interface Above {
  readonly sinceMs: number;
  /** The thermometer that was last above, and how many of its samples have been lower since. */
  readonly device: DeviceId;
  readonly lower: number;
  readonly valueC: number;
}

/** T2: warmer than the session asked for, for 3 s. One lower sample between does not reset it. */
export const t2: Detector<Above | null> = {
  id: 'T2',
  trips: ['T2 too_warm'],
  initial: null,
  goesBy: ['expect', 'temperature'],
  step(look, before) {
    if (!isJudged(look.facts)) return { state: null };
    const { sample } = look;
    let above = before;
    if (sample !== null) {
      const { device, valueC } = sample;
      if (valueC > limitC(look)) above = { sinceMs: before?.sinceMs ?? look.atMs, device, lower: 0, valueC };
      else if (above?.device === device && (hottest(look.facts) ?? valueC) <= limitC(look))
        above = above.lower + 1 >= 2 ? null : { ...above, lower: above.lower + 1 };
    }
    if (above === null) return { state: null };
    const overMs = above.sinceMs + TRIPS.t2.forMs;
    if (look.atMs < overMs || above.lower > 0) return { state: above, deadlineMs: overMs };
    return {
      state: above,
      trip: {
        detector: 'T2',
        reason: 'too_warm',
        response: 'abort',
        latch: true,
        clearsAtC: lastingC(look),
        message: `the water has been ${celsius(above.valueC)} for 3 s, above ${celsius(limitC(look))}`,
      },
    };
  },
};

function limitC({ facts, atMs }: Look): number {
  const { ceilingC, graceMs } = TRIPS.t2;
  const warming =
    facts.warmUpFromMs !== null || (facts.warmUpEndedMs !== null && atMs - facts.warmUpEndedMs < graceMs);
  return warming ? ceilingC : lastingC({ facts });
}

/** The limit once the water has warmed up: what it must be within again before the trip can be cleared. */
function lastingC({ facts }: Pick<Look, 'facts'>): number {
  const { overC, ceilingC } = TRIPS.t2;
  const top = facts.expectation.warmTopC;
  return top === null ? ceilingC : Math.min(top + overC, ceilingC);
}

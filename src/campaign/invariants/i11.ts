import { LIMITS, LOOK_MS } from './limits.ts';
import type { Invariant } from './invariant.ts';
import { travelOf } from './outputs.ts';
import type { Troubles } from './troubles.ts';

const MARGIN_MS = 1_000;
/** The band of L16 above a setpoint, and below a cold one, and what water moves by before T2 and T9 end it. */
const WARM_OVER_C = 1.5;
const COLD_UNDER_C = 2.5;
/** The last of the other side runs over the feet after a change. */
const CHANGES_MS = 30_000;
const COLD_C = 20;

/** What makes water other than it is measured, and a controller that hears of it late. */
const SPOILS = ['supply', 'sensor', 'sense', 'valve'] as const;
const isUnsound = (troubles: Troubles, atMs: number): boolean =>
  troubles.hindered(atMs - CHANGES_MS, atMs) ||
  SPOILS.some((kind) => troubles.lasts(kind, atMs - CHANGES_MS, atMs));

export const i11: Invariant = {
  id: 'I11',
  says: 'for the limited profile L14 holds at every permitted tick: warm at most 38, cold at least 15 for at most 30 s, at most 3 cycles, foot bath only',
  judge(facts, object, { steps, troubles }) {
    if (facts.person.profile !== 'limited') return { judged: 0 };
    const { warmMaxC, coldMinC, coldStepMs, cycles } = LIMITS.limited;
    const longestMs = coldStepMs + MARGIN_MS + LOOK_MS + travelOf(facts);
    const foot = facts.station.kind === 'bath' || facts.station.kind === 'buckets';
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      tick(tick) {
        const { atMs } = tick;
        if (!steps.runs) return;
        judged += 1;
        if (!foot) object(atMs, `contact at a ${facts.station.kind}`);
        for (const { kind, targetC } of facts.plan?.steps ?? []) {
          if (kind === 'warm' ? targetC > warmMaxC : targetC < coldMinC)
            object(atMs, `a ${kind} step of ${targetC} C`);
        }
        if (steps.side === 'cold' && steps.overran(longestMs, atMs))
          object(atMs, `the cold step has run ${steps.stepMs / 1_000} s`);
        if (steps.coldSteps > cycles) object(atMs, `cold step ${steps.coldSteps}`);
        // True water is judged where nothing spoils it: with a fault it is the detectors' (I2, I3, I17).
        if (isUnsound(troubles, atMs) || steps.stepMs < CHANGES_MS) return;
        const waterC = tick.vessels[0]?.waterC ?? 0;
        if (steps.side === 'warm' && waterC > warmMaxC + WARM_OVER_C)
          object(atMs, `warm water of ${waterC.toFixed(1)} C`);
        if (steps.side === 'cold' && waterC < Math.min(COLD_C, coldMinC - COLD_UNDER_C))
          object(atMs, `cold water of ${waterC.toFixed(1)} C`);
      },
    };
  },
};

import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

const MOST = 0.5;
const FROM_C = 36;
/** The hardware limit itself gone: then T1's bound is what is promised, and I2 judges it. */
const GUARD_GONE = /guard|mixing/;

/** Heat dose that a second at so many degrees adds (docs/safety.md, L12). */
function doseASecond(waterC: number): number {
  return waterC > FROM_C ? 1 / Math.exp(113.4 - 28.3 * Math.log(waterC)) : 0;
}

export const i3: Invariant = {
  id: 'I3',
  says: 'with the scald guard working, under any single other fault the true dose of a session stays at 0.50 or less',
  judge(facts, object) {
    const { faults } = facts.scenario;
    const promised = faults.length <= 1 && !faults.some(({ id }) => GUARD_GONE.test(id));
    let judged = 0;
    let dose = 0;
    let fromMs = 0;
    if (!promised) return { judged: 0 };
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal'], (event) => {
        if (event.record === 'start') dose = 0;
      }),
      tick({ atMs, feet, vessels }) {
        const passedMs = atMs - fromMs;
        fromMs = atMs;
        if (feet === null) return;
        const waterC = vessels.find(({ name }) => name === feet)?.waterC ?? 0;
        if (waterC <= FROM_C) return;
        judged += 1;
        dose += (doseASecond(waterC) * passedMs) / 1_000;
        if (dose > MOST) object(atMs, `the true dose of the session is ${dose.toFixed(2)}`);
      },
    };
  },
};

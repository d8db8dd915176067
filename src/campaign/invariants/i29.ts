import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { Absence, Cold, Dose, Lease, Question, Warmth } from './signs.ts';
import type { Sign } from './signs.ts';

/** The program runs again after it stood still, and has served what was due meanwhile. */
const CATCHES_UP_MS = 2_000;

/**
 * The detectors that no other promise judges by their bounds, once more and apart from them: what the readings that
 * reached the controller, the leases that devices accepted and the words of the person come to. T1, T5, T7 and T11 are
 * judged by I2, I17, I23, I5 and I6; what T3 sees T1 sees a second later.
 */
export const i29: Invariant = {
  id: 'I29',
  says: 'what T2, T4, T6, T12 and T13 look for has ended contact within the bound of its row',
  judge(facts, object, { troubles }) {
    const warmth = new Warmth(facts);
    const cold = new Cold(facts);
    const dose = new Dose(facts);
    const absence = new Absence(facts);
    const lease = new Lease(facts);
    const question = new Question();
    const signs: readonly Sign[] = [warmth, cold, lease, dose, absence, question];
    let heldUpMs = -Infinity;
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['command', 'permitted', 'state', 'leased', 'fault', 'journal', 'booted'], (event) => {
        switch (event.type) {
          case 'leased':
            lease.event(event);
            return;
          case 'command':
            warmth.event(event);
            return;
          case 'journal':
          case 'fault':
            dose.event(event);
            return;
          case 'booted':
            absence.event(event);
            return;
          case 'permitted':
            for (const sign of [warmth, cold, absence]) sign.event(event);
            return;
          case 'state':
            for (const sign of [cold, lease, dose, question]) sign.event(event);
        }
      }),
      reading(reading) {
        warmth.reading(reading);
        cold.reading(reading);
        dose.reading(reading);
        absence.reading(reading);
      },
      tick(tick) {
        const { atMs, permitted, alive } = tick;
        if (!alive || troubles.frozen(atMs)) heldUpMs = atMs;
        dose.tick(tick);
        if (!permitted) return;
        for (const sign of signs) {
          const dueMs = sign.dueMs(tick);
          if (dueMs === null) continue;
          judged += 1;
          if (atMs <= Math.max(dueMs + RESPONSE_MS, heldUpMs + CATCHES_UP_MS) + LOOK_MS) continue;
          object(atMs, `contact goes on though ${sign.says(atMs)}`);
        }
      },
    };
  },
};

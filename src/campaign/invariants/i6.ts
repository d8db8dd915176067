import { LIMITS, LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { travelOf } from './outputs.ts';

const MARGIN_MS = 1_000;

export const i6: Invariant = {
  id: 'I6',
  says: 'warm contact a step is at most 240 s (a soak 1200 s) + 1 s + one tick; in a session 1200 s + 1 s a cycle; by the wall clock 2400 s a part',
  judge(facts, object, { steps }) {
    const closesMs = LOOK_MS + travelOf(facts);
    let judged = 0;
    let partMs: number | null = null;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'permitted'], (event) => {
        if (event.type === 'journal' && (event.record === 'start' || event.record === 'continue'))
          partMs = null;
        else if (event.type === 'permitted' && event.on) partMs ??= event.atMs;
      }),
      tick(tick) {
        const { atMs, permitted } = tick;
        if (permitted && partMs !== null && atMs - partMs > LIMITS.partMs + MARGIN_MS)
          object(atMs, `contact is permitted ${(atMs - partMs) / 1_000} s after the first`);
        if (!steps.runs || steps.side !== 'warm') return;
        judged += 1;
        const soak = facts.plan?.kind === 'soak';
        const mostMs = (soak ? LIMITS.soakMs : LIMITS.warmStepMs) + MARGIN_MS + closesMs;
        if (steps.overran(mostMs, atMs)) object(atMs, `the warm step has run ${steps.stepMs / 1_000} s`);
        const cycles = Math.max(1, steps.warmSteps);
        if (steps.warmMs > LIMITS.warmContactMs + MARGIN_MS * cycles + closesMs * cycles)
          object(atMs, `warm contact of the session is ${steps.warmMs / 1_000} s`);
      },
    };
  },
};

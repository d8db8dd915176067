import { DAY_MS, LIMITS, LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { asksForWater, travelOf } from './outputs.ts';

const JUMP_MS = 1_000;
const MARGIN_MS = 1_000;

/**
 * Judged from the first jump of a session on: by the world's own time, which no jump moves. There is something to judge
 * while a step runs over somebody, and when somebody who is locked out asks for water.
 */
export const i16: Invariant = {
  id: 'I16',
  says: 'jumps of the wall clock never lengthen a step or shorten a lockout',
  judge(facts, object, { steps }) {
    const closesMs = MARGIN_MS + LOOK_MS + travelOf(facts);
    let judged = 0;
    let offMs: number | null = null;
    let jumped = false;
    let lockedMs: number | null = null;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'asked', 'pressed'], (event) => {
        if (jumped && lockedMs !== null && event.atMs < lockedMs + DAY_MS && asksForWater(event)) judged += 1;
        if (event.type === 'journal' && event.record === 'symptom') lockedMs ??= event.atMs;
      }),
      tick(tick) {
        const { atMs, wallMs, permitted } = tick;
        const nowOffMs = wallMs - atMs;
        if (offMs !== null && Math.abs(nowOffMs - offMs) > JUMP_MS) jumped = true;
        offMs = nowOffMs;
        if (!jumped) return;
        if (permitted && lockedMs !== null && atMs < lockedMs + DAY_MS)
          object(atMs, `contact is permitted ${(atMs - lockedMs) / 1_000} s after a symptom`);
        if (!steps.runs) return;
        judged += 1;
        const soak = facts.plan?.kind === 'soak';
        const mostMs = steps.side === 'cold' ? LIMITS.coldStepMs : soak ? LIMITS.soakMs : LIMITS.warmStepMs;
        if (steps.overran(mostMs + closesMs, atMs))
          object(
            atMs,
            `after a jump of the clock the ${steps.side ?? ''} step has run ${steps.stepMs / 1_000} s`,
          );
      },
    };
  },
};

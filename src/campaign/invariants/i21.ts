import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/** A cold valve that a fault holds makes no step: the last cold one, and what comes after it. */
const LAST_STEP_MS = 75_000;
/** From a stop until the session is ending, milliseconds. */
const ENDS_MS = 1_000;
const ENDING = /^(stopp|abort|complet|idle)/;

export const i21: Invariant = {
  id: 'I21',
  says: 'a contrast ends cold unless it is ended early; ending early is always possible',
  judge(facts, object, { troubles, steps }) {
    let judged = 0;
    let endsByMs = Infinity;
    return {
      get judged() {
        return judged;
      },
      ...hears(['asked', 'pressed', 'result'], (event) => {
        if (event.type === 'asked') {
          if (event.word === 'stop' && (event.source === 'page' || event.source === 'cli')) {
            judged += 1;
            endsByMs = event.atMs + ENDS_MS;
          } else if (event.word === 'start' || event.word === 'continue') endsByMs = Infinity;
        } else if (event.type === 'pressed') endsByMs = Infinity;
        // A dry run has no last water for anybody.
        else if (
          event.result.outcome === 'complete' &&
          event.result.dry !== true &&
          facts.plan?.kind === 'contrast'
        ) {
          judged += 1;
          if (steps.side !== 'cold' && !troubles.lasts('valve', event.atMs - LAST_STEP_MS, event.atMs))
            object(event.atMs, `it is complete, and the last water was ${steps.side ?? 'none'}`);
        }
      }),
      tick(tick) {
        if (tick.atMs <= endsByMs || !tick.alive) return;
        endsByMs = Infinity;
        if (!ENDING.test(tick.state))
          object(tick.atMs, `a stop was asked for, and the session is ${tick.state}`);
      },
    };
  },
};

import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { openSupply, travelOf } from './outputs.ts';

const REMOTE: ReadonlySet<string> = new Set(['mqtt', 'http', 'schedule']);
const CONTACT: ReadonlySet<string> = new Set(['begin', 'resume', 'continue']);

export const i25: Invariant = {
  id: 'I25',
  says: 'locked: no water output, heater or pump is on; remote and scheduled events never permit contact',
  judge(facts, object, { troubles }) {
    const travelMs = travelOf(facts);
    let judged = 0;
    let lockedMs: number | null = null;
    /** The last that was said from afar, until somebody does something at the station. */
    let remoteMs = -Infinity;
    return {
      get judged() {
        return judged;
      },
      ...hears(['asked', 'pressed', 'permitted'], (event) => {
        if (event.type === 'asked') {
          if (!REMOTE.has(event.source)) remoteMs = -Infinity;
          else if (CONTACT.has(event.word)) {
            judged += 1;
            remoteMs = event.atMs;
          }
        } else if (event.type === 'pressed') remoteMs = -Infinity;
        // Contact that begins in the moment of a word from afar was begun by it.
        else if (event.on && event.atMs === remoteMs)
          object(event.atMs, 'contact is permitted by a word from afar');
      }),
      tick(tick) {
        const { atMs, on, permitted, locked } = tick;
        lockedMs = locked ? (lockedMs ?? atMs) : null;
        if (lockedMs === null) return;
        judged += 1;
        if (permitted) object(atMs, 'contact is permitted while water is locked');
        const byMs = lockedMs + RESPONSE_MS + travelMs + LOOK_MS;
        if (atMs <= byMs) return;
        const open = openSupply(tick, (output, nowMs) => troubles.excuses(output, byMs, nowMs));
        if (open !== null) object(atMs, `${open} is open while water is locked`);
        for (const output in on)
          if (on[output] === true && !troubles.excuses(output, byMs, atMs))
            object(atMs, `the ${output} is on while water is locked`);
      },
    };
  },
};

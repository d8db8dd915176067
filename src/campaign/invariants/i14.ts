import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/** What a person says or does to have water again. */
const AGAIN: ReadonlySet<string> = new Set(['start', 'continue']);

export const i14: Invariant = {
  id: 'I14',
  says: 'after any restart the first outputs are closed, and the interrupted session is never resumed by itself',
  judge(_facts, object) {
    let judged = 0;
    const told = new Set<string>();
    /** Nobody has asked for water since the restart. */
    let unasked = true;
    return {
      get judged() {
        return judged;
      },
      ...hears(['booted', 'asked', 'pressed', 'permitted', 'command'], (event) => {
        if (event.type === 'booted') {
          told.clear();
          unasked = true;
        } else if (event.type === 'asked' && AGAIN.has(event.word)) unasked = false;
        else if (event.type === 'pressed') unasked = false;
        else if (event.type === 'permitted' && event.on && unasked)
          object(event.atMs, 'contact is permitted though nobody has started anything since the restart');
        else if (event.type === 'command') {
          if (event.action !== 'close' && unasked)
            object(
              event.atMs,
              `${event.device} was told to ${event.action} though nobody asked since the restart`,
            );
          if (told.has(event.device)) return;
          told.add(event.device);
          judged += 1;
          if (event.action !== 'close')
            object(event.atMs, `the first that ${event.device} was told after a start was ${event.action}`);
        }
      }),
    };
  },
};

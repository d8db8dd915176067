import type { Invariant } from './invariant.ts';

/** The states in which a person may be in the water: a step, and the change to the next one on a stream. */
const RUNNING = /^running(\.|$)/;

export const i7: Invariant = {
  id: 'I7',
  says: 'contact is never permitted in idle, fault, prove, purge, fill, flush, drain, locked',
  judge(_facts, object) {
    let judged = 0;
    let known = '';
    let running = false;
    return {
      get judged() {
        return judged;
      },
      tick({ atMs, alive, permitted, state, latched, locked }) {
        if (!alive) return;
        if (state !== known) {
          known = state;
          running = RUNNING.test(state);
        }
        const may = running && !latched && !locked;
        if (!may && state !== '') judged += 1;
        if (permitted && !may)
          object(
            atMs,
            `contact is permitted in ${state}${latched ? ', latched' : ''}${locked ? ', locked' : ''}`,
          );
      },
    };
  },
};

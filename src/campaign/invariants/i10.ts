import type { Invariant } from './invariant.ts';

/** What the screening came to is the world's own knowledge, not what the controller made of it. */
export const i10: Invariant = {
  id: 'I10',
  says: 'contact is not permitted when screening blocks, is older than 90 days, or lacks an acknowledgement it needs',
  judge(facts, object) {
    const { screening } = facts.person;
    if (screening === 'clear') return { judged: 0 };
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      tick({ atMs, permitted }) {
        judged += 1;
        if (permitted) object(atMs, `contact is permitted, and the screening is ${screening}`);
      },
    };
  },
};

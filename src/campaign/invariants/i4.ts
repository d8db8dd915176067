import type { Invariant } from './invariant.ts';

const APART_MS = 500;

export const i4: Invariant = {
  id: 'I4',
  says: 'hot and cold of one outlet or vessel are never both open, except tempering with nobody permitted; at least 0.5 s closed between them',
  judge(_facts, object) {
    let judged = 0;
    const open = { hot: false, cold: false };
    const closedAtMs = { hot: -Infinity, cold: -Infinity };
    return {
      get judged() {
        return judged;
      },
      event(event) {
        if (event.type !== 'moved' || (event.output !== 'hot' && event.output !== 'cold')) return;
        const side = event.output;
        const other = side === 'hot' ? 'cold' : 'hot';
        open[side] = event.open;
        if (!event.open) {
          closedAtMs[side] = event.atMs;
          return;
        }
        judged += 1;
        if (open[other]) object(event.atMs, `${side} opened while ${other} was open`);
        else if (event.atMs - closedAtMs[other] < APART_MS)
          object(event.atMs, `${side} opened ${event.atMs - closedAtMs[other]} ms after ${other} had closed`);
      },
    };
  },
};

import { number, numberOf, TIME_MS } from './catalogue.ts';
import { ANYWHERE } from './parts.ts';
import type { Fault } from './catalogue.ts';
import type { Random } from '../../src/random/random.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** Log-uniform, milliseconds. */
const log = (random: Random, leastMs: number, mostMs: number): number =>
  Math.round(Math.exp(random.between(Math.log(leastMs), Math.log(mostMs))));

function wallStep(id: string, sign: 1 | -1, doc: string): Fault {
  return {
    id,
    class: 'time',
    doc,
    parts: ANYWHERE,
    takes: { byMs: sign > 0 ? number(0, YEAR_MS) : number(-YEAR_MS, 0) },
    draw: (random) => ({ byMs: sign * log(random, 100, 25 * 3_600_000) }),
    begin: ({ time }, args) => {
      const byMs = numberOf(args, 'byMs', sign * 3_600_000);
      time.stepWall(byMs);
      return () => {
        time.stepWall(-byMs);
      };
    },
  };
}

export const TIME_FAULTS: readonly Fault[] = [
  wallStep('time-wall-forward', 1, "the wall clock of the controller's computer is set forward"),
  wallStep('time-wall-back', -1, "the wall clock of the controller's computer is set back"),
  {
    id: 'time-suspend',
    class: 'time',
    doc: "the controller's computer sleeps: its running time stands still, its wall clock does not",
    parts: ANYWHERE,
    takes: { forMs: TIME_MS },
    draw: (random) => ({ forMs: log(random, 500, 300_000) }),
    begin: ({ time }, args) => {
      time.suspend(numberOf(args, 'forMs', 10_000));
      return null;
    },
  },
  {
    id: 'time-stall',
    class: 'time',
    doc: "the controller's event loop hangs: nothing is heard or done meanwhile, and then everything at once",
    parts: ANYWHERE,
    takes: { forMs: TIME_MS },
    draw: (random) => ({ forMs: log(random, 10, 10_000) }),
    begin: ({ time }, args) => {
      time.stall(numberOf(args, 'forMs', 1_000));
      return null;
    },
  },
  {
    id: 'time-early-timer',
    class: 'time',
    doc: 'timers come up to a millisecond too early, as those of Node do',
    parts: ANYWHERE,
    takes: { byMs: number(0, 1) },
    draw: (random) => ({ byMs: Math.round(random.between(0.05, 1) * 1_000) / 1_000 }),
    begin: ({ time }, args) => {
      time.early(numberOf(args, 'byMs', 1));
      return () => {
        time.early(0);
      };
    },
  },
];

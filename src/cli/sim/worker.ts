import { parentPort, workerData } from 'node:worker_threads';
import { runSeed } from '../../campaign/run.ts';
import { bump, count, newTally, reached } from '../../campaign/tally.ts';
import type { Counts, Tally } from '../../campaign/tally.ts';
import { witnessTransitions } from '../../../machines/engine.ts';
import { drawOptions } from './request.ts';
import type { SimRequest } from './request.ts';

/** The thread that runs sessions: a range of seeds in, what they add up to out. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

export type FromWorker =
  | { readonly type: 'tally'; readonly range: Range; readonly tally: Tally }
  | { readonly type: 'failed'; readonly seed: number; readonly error: string };

const port = parentPort;
// Whoever starts this thread hands it the request it has checked before.
const options = drawOptions(workerData as SimRequest);

port?.on('message', (range: Range) => {
  port.postMessage(runRange(range) satisfies FromWorker);
});

function runRange(range: Range): FromWorker {
  const tally = newTally();
  const moments = new Set(options.schedule?.map(({ at }) => at));
  let seed = range.from;
  const witness = (counts: Counts, key: string): void => {
    if (counts[key] === undefined) reached(tally, key, seed);
    bump(counts, key);
  };
  witnessTransitions((machine, row, to) => {
    if (row !== '') witness(tally.rows, `${machine}: ${row}`);
    witness(tally.states, `${machine}: ${to}`);
  });
  for (; seed < range.from + range.count; seed += 1) {
    try {
      const verdict = runSeed(seed, options);
      count(tally, verdict);
      for (const at of moments) if (verdict.came.includes(at)) bump(tally.came, at);
    } catch (error) {
      return {
        type: 'failed',
        seed,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  }
  return { type: 'tally', range, tally };
}

import { Worker } from 'node:worker_threads';
import { merge, newTally } from '../../campaign/tally.ts';
import type { Tally } from '../../campaign/tally.ts';
import { InvariantError } from '../../model/errors.ts';
import type { SimRequest } from './request.ts';
import type { FromWorker, Range } from './worker.ts';

/** Sessions a worker runs between two words with us: often enough for a progress line, seldom enough to cost nothing. */
const CHUNK = 20;
/** The same where the first violation ends it: what the other threads still finish is for nothing. */
const SMALL_CHUNK = 4;

export interface PoolOptions {
  readonly request: SimRequest;
  readonly seed: number;
  readonly sessions: number;
  readonly workers: number;
  /** No range is begun after a violation. Ranges go out in order, so the violation of the lowest seed is among them. */
  readonly failFast: boolean;
  /** Called after each chunk. */
  progress(tally: Tally): void;
  /** Ends early, with what there is. */
  readonly signal: AbortSignal;
}

/**
 * Runs the seeds on worker threads, disjoint ranges each, and adds up what they find. The sum does not depend on how many
 * there are.
 * @throws InvariantError a session threw: a mistake of ours, with its seed
 */
export async function runPool(options: PoolOptions): Promise<Tally> {
  const { request, seed, sessions, signal, failFast } = options;
  const tally = newTally();
  const chunk = failFast ? SMALL_CHUNK : CHUNK;
  let nextSeed = seed;
  const take = (): Range | null => {
    const left = seed + sessions - nextSeed;
    if (left <= 0 || signal.aborted || (failFast && tally.violated > 0)) return null;
    const range = { from: nextSeed, count: Math.min(chunk, left) };
    nextSeed += range.count;
    return range;
  };
  const count = Math.max(1, Math.min(options.workers, Math.ceil(sessions / chunk)));
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const url = new URL(`./worker.${extension}`, import.meta.url);
  const one = async (): Promise<void> => {
    const worker = new Worker(url, { workerData: request, execArgv: [] });
    try {
      await new Promise<void>((resolve, reject) => {
        const next = (): void => {
          const range = take();
          if (range === null) resolve();
          else worker.postMessage(range);
        };
        signal.addEventListener('abort', () => {
          resolve();
        });
        worker.on('error', reject);
        worker.on('message', (message: FromWorker) => {
          if (message.type === 'failed') {
            reject(
              new InvariantError('invariant', `the session of seed ${message.seed} threw: ${message.error}`, {
                seed: message.seed,
              }),
            );
            return;
          }
          merge(tally, message.tally);
          options.progress(tally);
          next();
        });
        next();
      });
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: count }, one));
  return tally;
}

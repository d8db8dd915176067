import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock/clock.ts';
import { messageOf } from '../model/errors.ts';
import { SECOND_MS } from '../model/units.ts';
import type { BusyTimes, Window } from './busy-times.ts';

/** A calendar that takes longer than this is made to. */
const MOST_MS = 30 * SECOND_MS;
const MOST_MB = 512;

export type ReadCalendar = (text: string, window: Window) => Promise<BusyTimes>;

/** Reads calendars beside everything else, each in a thread that ends with it. */
export function readerOn(clock: Clock): ReadCalendar {
  return (text, window) =>
    new Promise((resolve, reject) => {
      // Run from the sources the worker is one of them; compiled, it lies beside this file as JavaScript.
      const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
      const url = new URL(`./worker.${extension}`, import.meta.url);
      const worker = new Worker(url, {
        execArgv: [],
        workerData: { text, ...window },
        // One that needs more ends its own thread, and not the water's.
        resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
      });
      const late = clock.at(clock.nowMs() + MOST_MS, 'calendar', () => {
        end();
        reject(new Error(`it takes longer than ${MOST_MS / SECOND_MS} s to read`));
      });
      const end = (): void => {
        late.cancel();
        void worker.terminate();
      };
      worker.once('message', (times: BusyTimes) => {
        end();
        resolve(times);
      });
      worker.once('error', (error) => {
        end();
        reject(new Error(messageOf(error)));
      });
    });
}

import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../clock/clock.ts';
import { messageOf } from '../model/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../model/units.ts';
import type { BusyTimes, Window } from './busy-times.ts';

/** A calendar that takes longer than this is none of a person. */
const MOST_MS = MINUTE_MS;
/** An event that takes so many looks, one each second, takes for ever: it is left out, and the others are read. */
const LOOK_MS = SECOND_MS;
const STUCK_LOOKS = 5;
/** So many events may be left out so. */
const MOST_STUCK = 5;
const MOST_MB = 512;

/** How far one reading got. */
type Attempt = { readonly times: BusyTimes } | { readonly stuckAt: number };

/**
 * Reads calendars beside everything else, one after the other, each in a thread that is ended when it takes too long or
 * too much memory.
 */
export class Reader {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #stop: (() => void) | null = null;
  #closed = false;

  /** `clock`: real time. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Error with what is wrong with all of it, for people */
  read(text: string, window: Window): Promise<BusyTimes> {
    const times = this.#last.then(() => this.#read(text, window));
    this.#last = times.catch(() => undefined);
    return times;
  }

  /** Nothing is read any more, and what is read right now is left. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  async #read(text: string, window: Window): Promise<BusyTimes> {
    const untilMs = this.#clock.nowMs() + MOST_MS;
    const without: number[] = [];
    for (;;) {
      const got = await this.#attempt(text, window, without, untilMs);
      if ('times' in got) return got.times;
      if (without.length === MOST_STUCK)
        throw new Error(
          `the event of line ${got.stuckAt} takes too long to work out, and so do ${MOST_STUCK} others`,
        );
      without.push(got.stuckAt);
    }
  }

  #attempt(text: string, window: Window, without: readonly number[], untilMs: number): Promise<Attempt> {
    if (this.#closed) return Promise.reject(new Error('no longer of interest'));
    return new Promise((resolve, reject) => {
      /** The line that the thread is at, which it could not say in a message while it is at it. */
      const at = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      // Run from the sources the worker is one of them; compiled, it lies beside this file as JavaScript.
      const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
      const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
        execArgv: [],
        workerData: { text, ...window, without, at },
        // One that needs more ends its own thread, and not the water's.
        resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
      });
      let timer: Timer | null = null;
      const end = (): void => {
        timer?.cancel();
        this.#stop = null;
        void worker.terminate();
      };
      const fail = (why: string): void => {
        end();
        reject(new Error(why));
      };
      const watch = (line: number, looks: number): void => {
        timer = this.#clock.at(this.#clock.nowMs() + LOOK_MS, 'calendar', () => {
          const now = Atomics.load(at, 0);
          if (this.#clock.nowMs() >= untilMs) fail(`it takes longer than ${MOST_MS / SECOND_MS} s to read`);
          else if (now === 0 || now !== line) watch(now, 0);
          else if (looks + 1 < STUCK_LOOKS) watch(line, looks + 1);
          else {
            end();
            resolve({ stuckAt: line });
          }
        });
      };
      watch(0, 0);
      this.#stop = () => {
        fail('no longer of interest');
      };
      worker.once('message', (times: BusyTimes) => {
        end();
        resolve({ times });
      });
      worker.once('error', (error) => {
        fail(messageOf(error));
      });
    });
  }
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Clock, Timer } from '../clock/clock.ts';
import { messageOf } from '../model/errors.ts';
import { SECOND_MS } from '../model/units.ts';
import { MAX_BYTES } from './source.ts';
import type { Got, Had } from './source.ts';

/** A disk that has to wake up first takes some seconds; a share whose server is gone never comes. */
const MOST_MS = 10 * SECOND_MS;
/** And then it ends, unless it waits where nothing reaches it. */
const KILLED_MS = SECOND_MS;
/** The line before the file. */
const HEAD_BYTES = 10_000;

const headSchema = z.union([
  z.strictObject({ tag: z.string() }),
  z.strictObject({ same: z.literal(true) }),
  z.strictObject({ error: z.string() }),
]);

// Run from the sources the child is one of them; compiled, it lies beside this file as JavaScript.
const CHILD = fileURLToPath(
  new URL(`./child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/**
 * Reads files one after the other, each in a process that is killed when it takes too long. One that cannot even be killed
 * (a dead network share) keeps its place: there is never more than one, and nothing here waits for it.
 */
export class Files {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  /** Ends what is read right now. */
  #stop: (() => void) | null = null;
  /** What does not end though it was killed. */
  #hangs: string | null = null;
  #closed = false;

  /** `clock`: real time. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Error with what is wrong, for people */
  get(file: string, had: Had | null): Promise<Got> {
    const got = this.#last.then(() => this.#get(file, had));
    this.#last = got.catch(() => undefined);
    return got;
  }

  /** Nothing is read any more, and what is read right now is left. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  #get(file: string, had: Had | null): Promise<Got> {
    if (this.#closed) return Promise.reject(new Error('no longer of interest'));
    if (this.#hangs !== null)
      return Promise.reject(new Error(this.#hangs === file ? HANGS : `${this.#hangs} has to answer first`));
    return new Promise((resolve, reject) => {
      const args = [CHILD, file, had?.tag ?? '', `${MAX_BYTES}`];
      const limits = { encoding: 'buffer', maxBuffer: MAX_BYTES + HEAD_BYTES } as const;
      let killed = false;
      const child = execFile(
        process.execPath,
        args,
        { ...limits, env: {}, windowsHide: true },
        (error, out) => {
          timer.cancel();
          [this.#hangs, this.#stop] = [null, null];
          try {
            resolve(gotFrom(out));
          } catch (unread) {
            reject(killed ? new Error(HANGS) : (error ?? new Error(messageOf(unread))));
          }
        },
      );
      const kill = (): void => {
        killed = true;
        child.kill('SIGKILL');
        // Whether it ends or not, this process may.
        child.stdout?.destroy();
        child.stderr?.destroy();
        child.unref();
      };
      const after = (ms: number, act: () => void): Timer =>
        this.#clock.at(this.#clock.nowMs() + ms, 'calendar', act);
      let timer = after(MOST_MS, () => {
        kill();
        timer = after(KILLED_MS, () => {
          this.#hangs = file;
          reject(new Error(HANGS));
        });
      });
      this.#stop = () => {
        timer.cancel();
        kill();
        reject(new Error('no longer of interest'));
      };
    });
  }
}

const HANGS = `no answer within ${MOST_MS / SECOND_MS} s; is it on a network share that is gone?`;

/** What the child said. */
function gotFrom(out: Uint8Array): Got {
  const end = out.indexOf(10);
  const head = headSchema.parse(JSON.parse(new TextDecoder().decode(out.subarray(0, Math.max(end, 0)))));
  if ('error' in head) throw new Error(head.error);
  if ('same' in head) return null;
  return { text: new TextDecoder().decode(out.subarray(end + 1)), had: { tag: head.tag } };
}

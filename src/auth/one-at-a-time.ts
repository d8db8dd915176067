import { RefusedError } from '../model/errors.ts';

/**
 * Runs jobs one after the other, a line for each name and the lines in turn, so that a flood in one line neither
 * keeps the others waiting nor makes the computer busy. A full line refuses.
 */
export class OneAtATime<Name extends string> {
  readonly #maxWaiting: number;
  /** In the order in which the lines are served. */
  readonly #lines = new Map<Name, (() => Promise<void>)[]>();
  #busy = false;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** @throws RefusedError login_busy where the line is full */
  run<T>(name: Name, job: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(name) ?? [];
    if (line.length >= this.#maxWaiting) {
      const message = `${line.length} passwords wait to be checked already; this one was not looked at. Try again in some seconds`;
      return Promise.reject(new RefusedError('login_busy', message));
    }
    this.#lines.set(name, line);
    return new Promise((resolve, reject) => {
      line.push(() => job().then(resolve, reject));
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let job = this.#next(); job !== undefined; job = this.#next()) await job();
    this.#busy = false;
  }

  /** The line that was served goes behind the others. */
  #next(): (() => Promise<void>) | undefined {
    for (const [name, line] of this.#lines) {
      this.#lines.delete(name);
      const job = line.shift();
      if (job === undefined) continue;
      this.#lines.set(name, line);
      return job;
    }
    return undefined;
  }
}

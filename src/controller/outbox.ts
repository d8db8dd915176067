import type { InterlockOutput } from '../../machines/interlock.ts';
import type { Vessel } from './vessel.ts';

/** One thing that an interlock let out, and of which water. */
export interface LetOut {
  readonly vessel: Vessel;
  readonly output: InterlockOutput;
  /** Monotonic. */
  readonly atMs: number;
}

/**
 * What the interlocks let out, on its way. Everything that was decided goes to the devices before anything of it is told:
 * what is told makes the watch look, and what that finds may close more, record it and tell people. None of this may
 * stand between two closes of one decision, and no open that was decided before a trip may come out after its close.
 */
export class Outbox {
  readonly #send: (one: LetOut) => void;
  readonly #tell: (one: LetOut) => void;
  readonly #unsent: LetOut[] = [];
  readonly #untold: LetOut[] = [];

  /** `send` puts it on the wire; `tell` is everything that follows from it. Either may put more in. */
  constructor(send: (one: LetOut) => void, tell: (one: LetOut) => void) {
    this.#send = send;
    this.#tell = tell;
  }

  /** To be followed by `flush`, once everything that was decided at once is in. */
  put(vessel: Vessel, outputs: readonly InterlockOutput[], atMs: number): void {
    for (const output of outputs) {
      this.#unsent.push({ vessel, output, atMs });
      this.#untold.push({ vessel, output, atMs });
    }
  }

  /** In the order in which it was decided, also when `send` or `tell` has come back here. */
  flush(): void {
    for (let one = this.#unsent.shift(); one !== undefined; one = this.#unsent.shift()) this.#send(one);
    for (let one = this.#untold.shift(); one !== undefined; one = this.#untold.shift()) this.#tell(one);
  }
}

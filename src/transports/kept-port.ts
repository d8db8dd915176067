import type { Clock, Timer } from '../clock/clock.ts';
import type { Log } from '../model/log.ts';
import type { Port, Ports } from '../model/port.ts';
import type { Random } from '../random/random.ts';

/** What a port is kept with. */
export interface KeptPortOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly ports: Ports;
  readonly clock: Clock;
  /** For the waits, so that many ports do not come back in step. */
  readonly random: Random;
  readonly log: Log;
  /** Open: whatever came before belongs to another connection. */
  readonly onOpen: () => void;
  readonly onData: (bytes: Uint8Array) => void;
  /** It could not be opened, or is not open any more, and why. */
  readonly onDown: (why: string) => void;
}

/** From 0.5 to 5 s: somebody who plugs a cable in again looks at it. */
const WAIT_FIRST_MS = 500;
const WAIT_MAX_MS = 5_000;

/** A port that is opened again for ever, with growing waits. One of these a path. */
export class KeptPort {
  readonly #options: KeptPortOptions;
  #port: Port | null = null;
  #attempts = 0;
  #retry: Timer | null = null;
  #why: string | null = null;
  #closed = false;

  constructor(options: KeptPortOptions) {
    this.#options = options;
    this.#open();
  }

  get isOpen(): boolean {
    return this.#port !== null;
  }

  write(bytes: Uint8Array): void {
    this.#port?.write(bytes);
  }

  /** What holds the port talks sense: the next wait is a short one again. */
  good(): void {
    this.#attempts = 0;
    this.#why = null;
  }

  /** It is open and of no use: closed, and opened again after a wait. */
  fail(why: string): void {
    const port = this.#port;
    if (port === null) return;
    this.#port = null;
    this.#down(why);
    // Not before it is closed: the path would be in use, by ourselves.
    port.close(() => {
      this.#later();
    });
  }

  /** What was written goes out first. */
  close(done: () => void = () => undefined): void {
    this.#closed = true;
    this.#retry?.cancel();
    const port = this.#port;
    this.#port = null;
    if (port === null) done();
    else port.close(done);
  }

  #open(): void {
    const { ports, path, baudRate, onData, onOpen } = this.#options;
    ports.open(path, baudRate, ({ port, failure }) => {
      if (this.#closed) {
        port?.close();
        return;
      }
      if (port === undefined) {
        this.#down(failure.message);
        this.#later();
        return;
      }
      this.#port = port;
      port.onData((bytes) => {
        if (this.#port === port) onData(bytes);
      });
      port.onClose(({ message }) => {
        if (this.#port !== port) return;
        this.#port = null;
        this.#down(message);
        this.#later();
      });
      this.#options.log.info({ port: path }, 'port opened');
      onOpen();
    });
  }

  #down(why: string): void {
    const { path, log, onDown } = this.#options;
    if (why !== this.#why) log.warn({ port: path, why }, 'no use of the port');
    this.#why = why;
    onDown(why);
  }

  #later(): void {
    if (this.#closed) return;
    const { clock, random } = this.#options;
    const most = Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, 10);
    this.#retry = clock.at(clock.nowMs() + random.between(most / 2, most), 'port reopen', () => {
      this.#open();
    });
  }
}

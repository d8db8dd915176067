import type { SerialPort } from 'serialport';
import type { Clock, Timer } from '../../clock/clock.ts';
import type { Port, PortFailure } from '../../model/port.ts';
import { failureOf } from './failure.ts';

/** What was written and is not with the kernel yet: a port that takes nothing more is broken. */
const MAX_UNSENT = 8_192;
/** How long the last words may take. */
const FLUSH_MS = 200;
const PIECE = 4_096;
/**
 * A board says something now and then, some 1,500 bytes a second at most. One that says so much more within a second is
 * noise, and is read in gulps for a while: a piece costs a turn of threads and loop, however short it is.
 */
const CALM = { bytes: 6_000, perMs: 1_000 };
const NOISY_MS = 1_500;
const GULP_MS = 40;

export type Handle = Awaited<ReturnType<typeof SerialPort.binding.open>>;

/**
 * One open port. serialport's binding, not its stream: a stream reads as fast as it can, and noise would keep the
 * computer busy.
 */
export class OpenPort implements Port {
  readonly #handle: Handle;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #free: () => void;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onClose: ((failure: PortFailure) => void)[] = [];
  #open = true;
  #heard = { sinceMs: 0, bytes: 0 };
  #noisyUntilMs = 0;
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  #sending: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  /** @param free the path may be opened again */
  constructor(handle: Handle, path: string, clock: Clock, free: () => void) {
    this.#handle = handle;
    this.#path = path;
    this.#clock = clock;
    this.#free = free;
    // Also where nobody listens: a port that is not read is not known to be gone.
    void this.#read();
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#unsent.push(bytes);
    this.#unsentBytes += bytes.length;
    if (this.#unsentBytes > MAX_UNSENT) void this.#lost();
    else this.#sending ??= this.#send();
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onClose(listener: (failure: PortFailure) => void): void {
    this.#onClose.push(listener);
  }

  close(done: () => void = () => undefined): void {
    this.#open = false;
    let timer: Timer | null = null;
    const patience = new Promise<void>((resolve) => {
      timer = this.#clock.at(this.#clock.nowMs() + FLUSH_MS, 'port flush', resolve);
    });
    void Promise.race([this.#sending, patience])
      .then(() => {
        timer?.cancel();
        return this.#hangUp();
      })
      .then(done);
  }

  async #read(): Promise<void> {
    const buffer = Buffer.alloc(PIECE);
    for (;;) {
      const bytes = await this.#piece(buffer);
      if (bytes === null) break;
      // Caught by nobody: a listener that throws is our own mistake, and no port that went away.
      if (this.#open) for (const listener of this.#onData) listener(bytes);
      if (this.#isNoise(bytes.length)) await this.#gulp();
    }
    await this.#lost();
  }

  /** null: closed by us, or gone; which of them, `#open` knows. */
  async #piece(buffer: Buffer): Promise<Uint8Array | null> {
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, PIECE);
      return Uint8Array.from(buffer.subarray(0, bytesRead));
    } catch {
      return null;
    }
  }

  #isNoise(bytes: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#heard.sinceMs >= CALM.perMs) this.#heard = { sinceMs: nowMs, bytes: 0 };
    this.#heard.bytes += bytes;
    if (this.#heard.bytes > CALM.bytes) this.#noisyUntilMs = nowMs + NOISY_MS;
    return nowMs < this.#noisyUntilMs;
  }

  #gulp(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.at(this.#clock.nowMs() + GULP_MS, 'port gulp', resolve);
    });
  }

  async #send(): Promise<void> {
    try {
      while (this.#unsent.length > 0) {
        await this.#handle.write(Buffer.concat(this.#unsent.splice(0)));
        this.#unsentBytes = this.#unsent.reduce((sum, { length }) => sum + length, 0);
      }
    } catch {
      void this.#lost();
    } finally {
      this.#sending = null;
    }
  }

  /** Nobody here closed it. */
  async #lost(): Promise<void> {
    const told = this.#open;
    this.#open = false;
    await this.#hangUp();
    if (told) for (const listener of this.#onClose) listener(failureOf('gone', this.#path));
  }

  #hangUp(): Promise<void> {
    this.#closing ??= (this.#handle.isOpen ? this.#handle.close() : Promise.resolve())
      // It is gone all the same.
      .catch(() => undefined)
      .then(this.#free);
    return this.#closing;
  }
}

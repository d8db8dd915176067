import { realpath, stat } from 'node:fs';
import type { SerialPort } from 'serialport';
import type { Clock, Timer } from '../../clock/clock.ts';
import type { Port, PortFailure, PortOpened, Ports } from '../../model/port.ts';
import { failureOf, openFailure } from './failure.ts';

/** What was written and is not with the kernel yet: a port that takes nothing more is broken. */
const MAX_UNSENT = 8_192;
/** How long the last words may take. */
const FLUSH_MS = 200;

/** The serial ports of this computer. Never lists them: serialport's own list ends the process where udev is missing. */
export class SerialPorts implements Ports {
  readonly #clock: Clock;
  /** What is open, or being opened or closed, by its true path: /dev/serial/by-id is full of second names. */
  readonly #taken = new Set<string>();

  /** Real time: it is about a driver, not about water. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(path: string, baudRate: number, done: (opened: PortOpened) => void): void {
    realpath(path, (unreal, real) => {
      if (unreal !== null) {
        done({ failure: openFailure(unreal, path) });
        return;
      }
      stat(real, (unknown, stats) => {
        if (unknown !== null) done({ failure: openFailure(unknown, path) });
        else if (!stats.isCharacterDevice()) done({ failure: failureOf('unfit', path) });
        else if (this.#taken.has(real)) done({ failure: failureOf('in_use', path) });
        else this.#open(path, real, baudRate, done);
      });
    });
  }

  #open(path: string, real: string, baudRate: number, done: (opened: PortOpened) => void): void {
    this.#taken.add(real);
    // Loaded when it is needed first: it is native code, and most homes have no serial port.
    import('serialport').then(
      ({ SerialPort: Serial }) => {
        this.#openWith(Serial, { path, real, baudRate }, done);
      },
      (error: unknown) => {
        this.#taken.delete(real);
        done({ failure: openFailure(error, path) });
      },
    );
  }

  #openWith(
    Serial: typeof SerialPort,
    { path, real, baudRate }: { readonly path: string; readonly real: string; readonly baudRate: number },
    done: (opened: PortOpened) => void,
  ): void {
    // `lock`: no other process that locks gets it. `hupcl: false`: leaving it resets no board, so one that comes back
    // soon finds its lamp and its leases as they were.
    const serial = new Serial({ path: real, baudRate, autoOpen: false, lock: true, hupcl: false });
    serial.open((error) => {
      if (error !== null) {
        this.#taken.delete(real);
        done({ failure: openFailure(error, path) });
        return;
      }
      const free = (): void => {
        this.#taken.delete(real);
      };
      done({ port: new OpenPort(serial, path, this.#clock, free) });
    });
  }
}

/** One open port. serialport's object does not leave this file. */
class OpenPort implements Port {
  readonly #serial: SerialPort;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onClose: ((failure: PortFailure) => void)[] = [];
  #open = true;

  constructor(serial: SerialPort, path: string, clock: Clock, free: () => void) {
    this.#serial = serial;
    this.#path = path;
    this.#clock = clock;
    // Always: a port that is not read is not known to be gone.
    serial.on('data', (bytes: Buffer) => {
      if (this.#open) for (const listener of this.#onData) listener(bytes);
    });
    serial.on('close', () => {
      free();
      this.#gone();
    });
    serial.on('error', () => {
      // What it was is of no use to anybody: the port is closed and opened again.
      this.#hangUp();
      this.#gone();
    });
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    if (this.#serial.writableLength > MAX_UNSENT) {
      this.#hangUp();
      // Not from within a call of our user.
      queueMicrotask(() => {
        this.#gone();
      });
      return;
    }
    this.#serial.write(Buffer.from(bytes));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onClose(listener: (failure: PortFailure) => void): void {
    this.#onClose.push(listener);
  }

  close(done: () => void = () => undefined): void {
    if (!this.#open || !this.#serial.isOpen) {
      this.#open = false;
      done();
      return;
    }
    this.#open = false;
    this.#serial.once('close', () => {
      done();
    });
    let timer: Timer | null = null;
    const hangUp = (): void => {
      timer?.cancel();
      this.#hangUp();
    };
    timer = this.#clock.at(this.#clock.nowMs() + FLUSH_MS, 'port flush', hangUp);
    // Behind what waits: once it is through, the kernel has everything.
    this.#serial.write(Buffer.alloc(0), hangUp);
  }

  #hangUp(): void {
    if (this.#serial.isOpen) this.#serial.close();
  }

  #gone(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#onClose) listener(failureOf('gone', this.#path));
  }
}

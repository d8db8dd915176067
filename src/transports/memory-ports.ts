import type { Clock, Timer } from '../clock/clock.ts';
import { InvariantError } from '../model/errors.ts';
import type { Plug, Port, PortFailure, PortOpened, Ports } from '../model/port.ts';

/** What an open takes: a call into the kernel. */
const OPEN_MS = 1;
/** A hang-up is seen by the next poll of the driver. */
const NOTICED_MS = 500;
/** Ten bits a byte. */
const byteMs = (baudRate: number): number => 10_000 / baudRate;
/** USB carries what a device says in frames of so long, milliseconds. */
const FRAME_MS = 1;

/**
 * Serial ports of the virtual clock: everything arrives through it, at the speed of the wire. Where nothing is plugged
 * in there is no port, as with USB.
 */
export class MemoryPorts implements Ports {
  readonly #clock: Clock;
  readonly #wires = new Map<string, Wire>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(path: string, baudRate: number, done: (opened: PortOpened) => void): void {
    this.#clock.at(this.#clock.nowMs() + OPEN_MS, 'port open', () => {
      const wire = this.#wires.get(path);
      if (wire === undefined) done({ failure: failure('missing', `there is no ${path}`) });
      else if (wire.host !== null) done({ failure: failure('in_use', `${path} is open already`) });
      else done({ port: wire.open(baudRate) });
    });
  }

  /** A device is plugged in; the port is there from now on. */
  plug(path: string): Plug {
    if (this.#wires.has(path))
      throw new InvariantError('invariant', `something is plugged in at ${path} already`);
    const wire = new Wire(path, this.#clock, () => {
      this.#wires.delete(path);
    });
    this.#wires.set(path, wire);
    return wire;
  }
}

function failure(problem: PortFailure['problem'], message: string): PortFailure {
  return { problem, message };
}

/** One direction: what is written arrives in order, each byte when its last bit is through. */
class Lane {
  readonly #clock: Clock;
  readonly #frameMs: number;
  readonly #arrive: (bytes: Uint8Array) => void;
  readonly #waiting: number[] = [];
  #freeAtMs = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, frameMs: number, arrive: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#frameMs = frameMs;
    this.#arrive = arrive;
  }

  put(bytes: Uint8Array, byteTimeMs: number): void {
    if (bytes.length === 0) return;
    const nowMs = this.#clock.nowMs();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + bytes.length * byteTimeMs;
    for (const byte of bytes) this.#waiting.push(byte);
    // One timer for what comes in one frame, however many pieces it was written in.
    this.#timer ??= this.#clock.at(Math.max(this.#freeAtMs, nowMs + this.#frameMs), 'port bytes', () => {
      this.#deliver(byteTimeMs);
    });
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#freeAtMs = 0;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #deliver(byteTimeMs: number): void {
    this.#timer = null;
    const underWay = Math.ceil(Math.max(0, this.#freeAtMs - this.#clock.nowMs()) / byteTimeMs - 1e-6);
    const arrived = this.#take(Math.max(0, this.#waiting.length - underWay));
    const nextMs = this.#frameMs === 0 ? this.#freeAtMs : this.#clock.nowMs() + this.#frameMs;
    if (this.#waiting.length > 0)
      this.#timer = this.#clock.at(nextMs, 'port bytes', () => {
        this.#deliver(byteTimeMs);
      });
    if (arrived.length > 0) this.#arrive(arrived);
  }

  /** The first of those that wait. */
  #take(count: number): Uint8Array {
    const waiting = this.#waiting;
    const taken = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) taken[at] = waiting[at] ?? 0;
    if (count === waiting.length) waiting.length = 0;
    else waiting.splice(0, count);
    return taken;
  }
}

/** A cable with a device at its far end. */
class Wire implements Plug {
  host: HostEnd | null = null;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #remove: () => void;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onOpen: ((open: boolean) => void)[] = [];
  readonly #toHost: Lane;
  readonly #toDevice: Lane;
  #byteMs = byteMs(115_200);
  #plugged = true;

  constructor(path: string, clock: Clock, remove: () => void) {
    this.#path = path;
    this.#clock = clock;
    this.#remove = remove;
    this.#toHost = new Lane(clock, FRAME_MS, (bytes) => {
      this.host?.hear(bytes);
    });
    this.#toDevice = new Lane(clock, 0, (bytes) => {
      for (const listener of this.#onData) listener(bytes);
    });
  }

  open(baudRate: number): Port {
    this.#byteMs = byteMs(baudRate);
    this.#toHost.clear();
    const host = new HostEnd(
      (bytes) => {
        if (this.#plugged && this.host === host) this.#toDevice.put(bytes, this.#byteMs);
      },
      (done) => {
        this.#close(host, done);
      },
    );
    this.host = host;
    this.#tellOpen(true);
    return host;
  }

  write(bytes: Uint8Array): void {
    if (this.#plugged && this.host !== null) this.#toHost.put(bytes, this.#byteMs);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onOpen(listener: (open: boolean) => void): void {
    this.#onOpen.push(listener);
  }

  unplug({ noticed } = { noticed: true }): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    this.#remove();
    this.#toHost.clear();
    this.#toDevice.clear();
    const { host } = this;
    if (host === null || !noticed) return;
    this.#clock.at(this.#clock.nowMs() + NOTICED_MS, 'port gone', () => {
      host.gone(failure('gone', `${this.#path} was unplugged`));
    });
  }

  /** At once: virtual time moves only if somebody moves it. What was written is on the wire still. */
  #close(host: HostEnd, done: () => void): void {
    if (this.host === host) {
      this.host = null;
      if (this.#plugged) this.#tellOpen(false);
    }
    done();
  }

  #tellOpen(open: boolean): void {
    for (const listener of this.#onOpen) listener(open);
  }
}

/** What the computer has in hand. */
class HostEnd implements Port {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #shut: (done: () => void) => void;
  readonly #onData: ((bytes: Uint8Array) => void)[] = [];
  readonly #onClose: ((failure: PortFailure) => void)[] = [];
  #closed = false;

  constructor(send: (bytes: Uint8Array) => void, shut: (done: () => void) => void) {
    this.#send = send;
    this.#shut = shut;
  }

  write(bytes: Uint8Array): void {
    if (!this.#closed) this.#send(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData.push(listener);
  }

  onClose(listener: (failure: PortFailure) => void): void {
    this.#onClose.push(listener);
  }

  close(done: () => void = () => undefined): void {
    this.#closed = true;
    this.#shut(done);
  }

  hear(bytes: Uint8Array): void {
    if (this.#closed) return;
    for (const listener of this.#onData) listener(bytes);
  }

  gone(why: PortFailure): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#onClose) listener(why);
  }
}

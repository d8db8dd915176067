import type { Firmata } from 'firmata-io';
import type { FirmataPin, FromFirmata } from '../../model/firmata.ts';
import { numberOf, type Part } from './part.ts';

export interface HoldsOptions {
  readonly io: Firmata;
  readonly nowMs: () => number;
  readonly later: (ms: number, act: () => void) => void;
  readonly tell: (message: FromFirmata) => void;
}

interface Held {
  readonly part: Part;
  /** While it is on: until when. */
  untilMs: number | null;
}

/** FirmataExpress' keep-alive: it resets itself when so many seconds have passed without another. */
const KEEP_ALIVE = 0x50;
const ARE_YOU_THERE = 0x51;
export const I_AM_HERE = 0x52;
/** Where nothing is held, seconds. */
const RELAXED_S = 10;

/**
 * Pins that are on under a lease. The board has one watch over its host for all of its pins, in whole seconds; so what
 * it is told is always the lease that ends first, and each lease is also kept here: whoever dies, host or driver, the pin
 * falls. That the board has taken a lease is known from its answer to the question behind it: it works in order.
 */
export class Holds {
  /** The board resets itself when its host falls silent. Without that nothing is ever held. */
  watches = false;
  readonly #options: HoldsOptions;
  readonly #pins = new Map<FirmataPin, Held>();
  /** Asked and not answered yet, in order. */
  readonly #asked: { readonly pin: FirmataPin; readonly forMs: number }[] = [];

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  add(pin: FirmataPin, part: Part): void {
    this.#pins.set(pin, { part, untilMs: null });
    this.#look(pin);
  }

  has(pin: FirmataPin): boolean {
    return this.#pins.has(pin);
  }

  hold(pin: FirmataPin, forMs: number, opens: boolean): void {
    const held = this.#pins.get(pin);
    if (held === undefined || (!opens && held.untilMs === null)) return;
    const { nowMs, later, io, tell } = this.#options;
    if (!this.watches) {
      tell({ pin, is: 'refused', why: 'this firmware leaves its pins as they are when its host dies' });
      return;
    }
    const untilMs = nowMs() + forMs;
    held.untilMs = untilMs;
    // Armed first, then opened.
    this.#arm();
    if (opens) held.part.set(true);
    io.sysexCommand([ARE_YOU_THERE]);
    this.#asked.push({ pin, forMs });
    later(forMs, () => {
      if (held.untilMs === untilMs) this.release(pin);
    });
    this.#look(pin);
  }

  release(pin: FirmataPin): void {
    const held = this.#pins.get(pin);
    if (held === undefined) return;
    held.part.set(false);
    held.untilMs = null;
    this.#look(pin);
  }

  /** `I_AM_HERE`: what was said before it has been taken. */
  answered(): void {
    const asked = this.#asked.shift();
    if (asked !== undefined && this.#pins.get(asked.pin)?.untilMs !== null)
      this.#options.tell({ pin: asked.pin, heldMs: asked.forMs });
  }

  /** The host is alive; never longer than the lease that ends first. */
  alive(): void {
    this.#arm();
  }

  #arm(): void {
    const { io, nowMs } = this.#options;
    const left = [...this.#pins.values()].flatMap(({ untilMs }) =>
      untilMs === null ? [] : [untilMs - nowMs()],
    );
    const seconds = Math.min(RELAXED_S, ...left.map((ms) => Math.floor(ms / 1_000)));
    // Zero would let go of the watch.
    if (seconds >= 1) io.sysexCommand([KEEP_ALIVE, seconds & 0x7f, seconds >> 7]);
  }

  #look(pin: FirmataPin): void {
    const { io, tell } = this.#options;
    const number = numberOf(pin, io);
    io.queryPinState(number, () => {
      tell({ pin, driven: io.pins[number]?.state === 1 });
    });
  }
}

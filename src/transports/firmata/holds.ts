import type { Firmata } from 'firmata-io';
import type { FirmataPin, FromFirmata } from '../../model/firmata.ts';
import { numberOf, type Part } from './part.ts';

export interface HoldsOptions {
  readonly io: Firmata;
  readonly nowMs: () => number;
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
/** An answer comes within milliseconds, or not at all. */
const ANSWER_MS = 1_000;
/** Where nothing is held, seconds. */
const RELAXED_S = 10;

/**
 * Pins that are on under a lease. The board has one watch over its host for all of its pins, in whole seconds, and a lease
 * that is not renewed ends by it alone: the board restarts, and all of its pins fall. So while anything is held the board
 * is told only what a renewal says, and always the lease that ends first. That it has taken a lease is known from its
 * answer to the question behind it: it works in order.
 */
export class Holds {
  /** The board resets itself when its host falls silent. Without that nothing is ever held. */
  watches = false;
  readonly #options: HoldsOptions;
  readonly #pins = new Map<FirmataPin, Held>();
  /** Asked and not answered yet, in order. */
  readonly #asked: { readonly pin: FirmataPin; readonly forMs: number; readonly atMs: number }[] = [];

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  add(pin: FirmataPin, part: Part): void {
    this.#pins.set(pin, { part, untilMs: null });
    const { io, tell } = this.#options;
    const number = numberOf(pin, io);
    // Not by the callback of each question: the first answer calls them all, and the newest is told to nobody.
    io.on(`pin-state-${number}`, () => {
      tell({ pin, driven: io.pins[number]?.state === 1 });
    });
    this.#look(pin);
  }

  has(pin: FirmataPin): boolean {
    return this.#pins.has(pin);
  }

  hold(pin: FirmataPin, forMs: number, opens: boolean): void {
    const held = this.#pins.get(pin);
    if (held === undefined || (!opens && held.untilMs === null)) return;
    const { nowMs, io, tell } = this.#options;
    if (!this.watches) {
      tell({ pin, is: 'refused', why: 'this firmware leaves its pins as they are when its host dies' });
      return;
    }
    held.untilMs = nowMs() + forMs;
    // Armed first, then opened.
    this.#arm();
    if (opens) held.part.set(true);
    io.sysexCommand([ARE_YOU_THERE]);
    this.#asked.push({ pin, forMs, atMs: nowMs() });
    this.#look(pin);
  }

  release(pin: FirmataPin): void {
    const held = this.#pins.get(pin);
    if (held === undefined) return;
    held.part.set(false);
    const wasHeld = held.untilMs !== null;
    held.untilMs = null;
    // What was left of its lease would restart the board, for nothing.
    if (wasHeld) this.#arm();
    this.#look(pin);
  }

  /** `I_AM_HERE`: what was said before it has been taken. */
  answered(): void {
    const { nowMs, tell } = this.#options;
    let asked = this.#asked.shift();
    // One whose answer was lost on the wire has none any more.
    while (asked !== undefined && nowMs() - asked.atMs > ANSWER_MS) asked = this.#asked.shift();
    if (asked !== undefined && this.#pins.get(asked.pin)?.untilMs !== null)
      tell({ pin: asked.pin, heldMs: asked.forMs });
  }

  /** The host is alive. That prolongs no lease. */
  alive(): void {
    if ([...this.#pins.values()].every(({ untilMs }) => untilMs === null)) this.#arm();
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
    const { io } = this.#options;
    io.queryPinState(numberOf(pin, io), () => undefined);
  }
}

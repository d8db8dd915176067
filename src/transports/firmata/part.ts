import type { Firmata } from 'firmata-io';
import type * as JohnnyFive from 'johnny-five';
import type { FirmataPin, FromFirmata } from '../../model/firmata.ts';

/** One pin as johnny-five plays it. */
export interface Part {
  /** Outputs; nothing on all others. */
  set(on: boolean): void;
  /** Says again what it feels, where that is not what was said last: bytes were lost. */
  again(): void;
  /** What it feels is not to be believed for now. */
  doubt(doubted: boolean): void;
}

export interface PartOptions {
  readonly five: typeof JohnnyFive;
  readonly board: JohnnyFive.Board;
  readonly io: Firmata;
  readonly nowMs: () => number;
  /** Once, unless the board is gone by then. */
  readonly later: (ms: number, act: () => void) => void;
  /** It plays tones by itself (FirmataExpress). */
  readonly tones: boolean;
  readonly tell: (message: FromFirmata) => void;
}

export const nothing = (): void => undefined;
export const silent = { set: nothing, again: nothing, doubt: nothing };

/** The number of a pin on the wire. */
export function numberOf(pin: FirmataPin, io: Firmata): number {
  if (typeof pin === 'number') return pin;
  return io.analogPins[Number(pin.slice(1))] ?? -1;
}

/** Fails with words where the board does not have the pin, or the pin is not made for it. */
export function needs(pin: FirmataPin, mode: number, what: string, io: Firmata): number {
  const number = numberOf(pin, io);
  const record = io.pins[number];
  if (record === undefined)
    throw new Error(`this board has no pin ${pin}; it has 0 to ${io.pins.length - 1}`);
  if (!record.supportedModes.includes(mode)) throw new Error(`pin ${pin} of this board is no ${what}`);
  return number;
}

/**
 * johnny-five knows an analogue pin that is used as a digital one by the name `A0`, not by its number; and some of its
 * classes do not know it at all.
 */
export function named(number: number, io: Firmata): number | string {
  const channel = io.analogPins.indexOf(number);
  return channel < 0 ? number : `A${channel}`;
}

export function plain(pin: FirmataPin, number: number, io: Firmata): number {
  if (io.analogPins.includes(number))
    throw new Error(`pin ${pin} is an analogue one, which cannot be this; take a digital pin`);
  return number;
}

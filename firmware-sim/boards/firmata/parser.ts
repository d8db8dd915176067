import { fromSevens, MESSAGE } from './words.ts';

/** A whole message from the host. */
export type Heard =
  | { readonly type: 'analog'; readonly channel: number; readonly value: number }
  | { readonly type: 'digital'; readonly port: number; readonly mask: number }
  | { readonly type: 'report-analog'; readonly channel: number; readonly on: boolean }
  | { readonly type: 'report-digital'; readonly port: number; readonly on: boolean }
  | { readonly type: 'pin-mode'; readonly pin: number; readonly mode: number }
  | { readonly type: 'pin-value'; readonly pin: number; readonly high: boolean }
  | { readonly type: 'version' }
  | { readonly type: 'reset' }
  | { readonly type: 'sysex'; readonly id: number; readonly data: readonly number[] };

/** `MAX_DATA_BYTES`: what the board has room for. It drops a longer message here; a real one misreads its end. */
const ROOM = 64;

/** Messages out of bytes, as `FirmataParser.cpp` takes them apart: a command in the midst of another one begins anew. */
export class Parser {
  #sysex: number[] | null = null;
  #command = 0;
  #channel = 0;
  #wanted = 0;
  #data: number[] = [];

  hear(byte: number): Heard | null {
    if (this.#sysex !== null) return this.#inSysex(this.#sysex, byte);
    if (this.#wanted > 0 && byte < 0x80) {
      this.#data.push(byte);
      this.#wanted -= 1;
      return this.#wanted > 0 ? null : this.#message();
    }
    return this.#begin(byte);
  }

  #inSysex(held: number[], byte: number): Heard | null {
    if (byte !== MESSAGE.endSysex) {
      if (held.length <= ROOM) held.push(byte);
      return null;
    }
    this.#sysex = null;
    const [id, ...data] = held;
    return id === undefined || held.length > ROOM ? null : { type: 'sysex', id, data };
  }

  #begin(byte: number): Heard | null {
    this.#command = byte < MESSAGE.startSysex ? byte & 0xf0 : byte;
    this.#channel = byte & 0x0f;
    this.#data = [];
    this.#wanted = 0;
    switch (this.#command) {
      case MESSAGE.analog:
      case MESSAGE.digital:
      case MESSAGE.pinMode:
      case MESSAGE.pinValue:
        this.#wanted = 2;
        return null;
      case MESSAGE.reportAnalog:
      case MESSAGE.reportDigital:
        this.#wanted = 1;
        return null;
      case MESSAGE.startSysex:
        this.#sysex = [];
        return null;
      case MESSAGE.version:
        return { type: 'version' };
      case MESSAGE.reset:
        return { type: 'reset' };
      default:
        return null;
    }
  }

  #message(): Heard | null {
    const [first = 0, second = 0] = this.#data;
    switch (this.#command) {
      case MESSAGE.analog:
        return { type: 'analog', channel: this.#channel, value: fromSevens(first, second) };
      case MESSAGE.digital:
        return { type: 'digital', port: this.#channel, mask: fromSevens(first, second) & 0xff };
      case MESSAGE.reportAnalog:
        return { type: 'report-analog', channel: this.#channel, on: first !== 0 };
      case MESSAGE.reportDigital:
        return { type: 'report-digital', port: this.#channel, on: first !== 0 };
      case MESSAGE.pinMode:
        return { type: 'pin-mode', pin: first, mode: second };
      case MESSAGE.pinValue:
        return { type: 'pin-value', pin: first, high: second !== 0 };
      default:
        return null;
    }
  }
}

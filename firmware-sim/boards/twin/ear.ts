import { checksum } from '../crc.ts';
import { COMPLAINT_MS } from './limits.ts';
import type { Mouth } from './mouth.ts';

/** A line to the board, with its LF. */
const MOST_BYTES = 96;
const LF = 10;
export const STOP_BYTE = 0x18;

/** Makes requests of bytes, and complains of what is none. */
export class Ear {
  readonly #mouth: Mouth;
  readonly #answer: (request: string, atMs: number) => string;
  #line = '';
  #tooLong = false;
  #quietUntilMs = -Infinity;

  constructor(mouth: Mouth, answer: (request: string, atMs: number) => string) {
    this.#mouth = mouth;
    this.#answer = answer;
  }

  hear(byte: number, atMs: number): void {
    if (byte === STOP_BYTE) this.#forget();
    else if (byte === LF) {
      if (this.#tooLong) this.#complain('long', atMs);
      else this.#take(atMs);
      this.#forget();
    } else if (this.#line.length < MOST_BYTES - 1) this.#line += String.fromCharCode(byte);
    else this.#tooLong = true;
  }

  #forget(): void {
    this.#line = '';
    this.#tooLong = false;
  }

  #take(atMs: number): void {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    if (line === '') return;
    const sum = line.slice(-5);
    const told = line.slice(0, -5);
    if (told === '' || line.includes('\0') || !/^\*[0-9A-Fa-f]{4}$/.test(sum)) {
      this.#complain('form', atMs);
    } else if (sum.slice(1).toUpperCase() !== checksum(told)) {
      this.#complain('crc', atMs);
    } else {
      const request = /^@([0-9]{1,4}) ([^]*)$/.exec(told);
      if (request === null) this.#complain('form', atMs);
      else this.#mouth.say(`@${Number(request[1])} ${this.#answer(request[2] ?? '', atMs)}`, atMs);
    }
  }

  #complain(what: 'crc' | 'form' | 'long', atMs: number): void {
    if (atMs < this.#quietUntilMs) return;
    this.#quietUntilMs = atMs + COMPLAINT_MS;
    this.#mouth.say(`!bad ${what}`, atMs);
  }
}

import { MESSAGE, sevens } from './words.ts';

/** What a board says, in bytes. */
export class Voice {
  readonly #listeners: ((bytes: Uint8Array) => void)[] = [];

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#listeners.push(listener);
  }

  version(protocol: readonly [number, number]): void {
    this.#say([MESSAGE.version, ...protocol]);
  }

  analog(channel: number, value: number): void {
    this.#say([MESSAGE.analog | channel, ...sevens(value)]);
  }

  digital(port: number, mask: number): void {
    this.#say([MESSAGE.digital | port, ...sevens(mask)]);
  }

  sysex(id: number, data: readonly number[]): void {
    this.#say([MESSAGE.startSysex, id, ...data, MESSAGE.endSysex]);
  }

  #say(bytes: readonly number[]): void {
    const sent = Uint8Array.from(bytes);
    for (const listener of this.#listeners) listener(sent);
  }
}

/** Each letter as two sevens of bits. */
export const lettersOf = (text: string): readonly number[] =>
  Array.from(text, (letter) => sevens(letter.charCodeAt(0))).flat();

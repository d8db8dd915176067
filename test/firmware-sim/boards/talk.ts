import { BYTE_MS } from '../../../firmware-sim/boards/board.ts';
import type { Body } from './body.ts';

/** CRC-16/CCITT-FALSE, bit by bit: another way than the firmware's. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const char of text) {
    crc ^= char.charCodeAt(0) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

export const framed = (text: string): string => `${text}*${crc16(text)}\n`;
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

export interface Line {
  readonly text: string;
  readonly atMs: number;
}

/** A real wire, and a computer that does other things as well, take their time. */
const ANSWER_WITHIN_MS = { simulated: 100, real: 2_000 };

/** A host: asks with sequence numbers, keeps what the board says, and looks at each of its checksums. */
export class Talk {
  readonly body: Body;
  readonly lines: Line[] = [];
  /** What came and was no line of the protocol. */
  readonly garbage: string[] = [];
  #heard = '';
  #seq = 0;

  constructor(body: Body) {
    this.body = body;
    body.onByte((byte, atMs) => {
      this.#hear(String.fromCharCode(byte), atMs);
    });
  }

  #hear(char: string, atMs: number): void {
    if (char !== '\n') {
      this.#heard += char;
      return;
    }
    const text = this.#heard;
    this.#heard = '';
    const [, inner = '', sum] = /^([@!].*)\*([0-9A-F]{4})$/.exec(text) ?? [];
    if (sum === crc16(inner)) this.lines.push({ text: inner, atMs });
    else this.garbage.push(text);
  }

  /** What was heard of a line that will not come to its end: the board began anew. */
  forget(): void {
    this.#heard = '';
  }

  write(text: string): void {
    this.body.send(bytesOf(text));
  }

  async pass(ms: number): Promise<void> {
    await this.body.pass(ms);
  }

  /** Sends a request and waits for its reply, without "@<seq> ". */
  async ask(request: string): Promise<string> {
    this.#seq = (this.#seq + 1) % 10_000;
    const seq = this.#seq;
    const before = this.lines.length;
    this.write(framed(`@${seq} ${request}`));
    const withinMs = this.body.rig === null ? ANSWER_WITHIN_MS.real : ANSWER_WITHIN_MS.simulated;
    for (let waited = 0; waited < withinMs; waited += 2) {
      await this.pass(2);
      const reply = this.lines.slice(before).find(({ text }) => text.startsWith(`@${seq} `));
      if (reply !== undefined) return reply.text.slice(`@${seq} `.length);
    }
    throw new Error(`no answer to ${request}`);
  }

  /** Sends without waiting; returns when its last byte will be on the wire. */
  tell(request: string): number {
    this.#seq = (this.#seq + 1) % 10_000;
    const line = framed(`@${this.#seq} ${request}`);
    this.write(line);
    return this.body.nowMs() + line.length * BYTE_MS;
  }

  /** Each `ms` a beat, so that the link holds. */
  async live(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      await this.ask('BEAT');
      await this.pass(Math.min(left, 1_000));
    }
  }

  events(start: string): Line[] {
    return this.lines.filter(({ text }) => text.startsWith(`!${start}`));
  }

  async stat(): Promise<ReadonlyMap<string, number>> {
    return fields(await this.ask('STAT'));
  }
}

/** `k=v` pairs with numbers. */
export function fields(text: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.matchAll(/(\w+)=(-?[\d.]+|na)/g)].map(([, key = '', value]) => [key, Number(value)]),
  );
}

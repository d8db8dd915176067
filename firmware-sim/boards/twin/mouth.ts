import { checksum } from '../crc.ts';
import type { Alarm, Ticks } from './ticks.ts';

/** A byte on its way out: the chip divides its clock to a little more than 115200 baud. */
const BYTE_MS = 0.0872;
/** How long it takes to make a line: so much, and so much for each of its bytes. */
const SPEAK_MS = { line: 0.02, byte: 0.0075 };
/** Bytes that may wait for the line, and those that have left that memory and are not yet out. */
const ROOM = 255;
const UNDER_WAY = 2;

/** What the board says, with checksum and LF. */
export class Mouth {
  readonly #tell: (byte: number, atMs: number) => void;
  readonly #alarm: Alarm;
  #freeMs = -Infinity;
  #busyUntilMs = -Infinity;
  /** Lines that are on their way, told as a whole at their end. */
  readonly #lines: { readonly text: string; readonly fromMs: number }[] = [];

  constructor(ticks: Ticks, tell: (byte: number, atMs: number) => void) {
    this.#tell = tell;
    this.#alarm = ticks.alarm('board: line out', () => {
      this.#out();
    });
  }

  /** The main loop makes a line until then: what has arrived waits. */
  get busyUntilMs(): number {
    return this.#busyUntilMs;
  }

  /** False if there is no room for it now: then nothing was said. */
  say(message: string, atMs: number): boolean {
    const text = `${message}*${checksum(message)}\n`;
    const waiting = Math.max(0, Math.ceil((this.#freeMs - atMs) / BYTE_MS) - UNDER_WAY);
    if (waiting + text.length > ROOM) return false;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, atMs) + SPEAK_MS.line + SPEAK_MS.byte * text.length;
    const fromMs = Math.max(this.#freeMs, this.#busyUntilMs);
    this.#freeMs = fromMs + text.length * BYTE_MS;
    this.#lines.push({ text, fromMs });
    if (this.#alarm.dueMs === null) this.#alarm.set(this.#freeMs);
    return true;
  }

  /** The chip falls silent: what has left it is told, the rest is lost. */
  break(atMs: number): void {
    for (const line of this.#lines) this.#bytes(line, atMs);
    this.#lines.length = 0;
  }

  #out(): void {
    const line = this.#lines.shift();
    const next = this.#lines[0];
    if (next !== undefined) this.#alarm.set(next.fromMs + next.text.length * BYTE_MS);
    if (line !== undefined) this.#bytes(line, Infinity);
  }

  #bytes({ text, fromMs }: { readonly text: string; readonly fromMs: number }, untilMs: number): void {
    for (let at = 0; at < text.length; at += 1) {
      const outMs = fromMs + (at + 1) * BYTE_MS;
      if (outMs > untilMs) return;
      this.#tell(text.charCodeAt(at), outMs);
    }
  }
}

import type { Clock } from '../../src/clock/clock.ts';
import { checksum } from '../boards/crc.ts';
import type { Misbehaviour } from '../gadgets/answers.ts';

const LF = 10;
/** What the board answers of one of its valves. */
const ANSWER = /^@\d+ ok v=(\d)[ *]/;
const OPEN = /^@(\d+) OPEN (\d) \d+/;

export interface VoiceEnds {
  readonly toBoard: (bytes: Uint8Array) => void;
  readonly toComputer: (bytes: Uint8Array) => void;
}

/**
 * Between a board and its cable: it passes lines on, and here a board that answers badly is made of one that answers
 * well. One that refuses is handed a request that it must refuse.
 */
export class BoardVoice {
  readonly #clock: Clock;
  readonly #ends: VoiceEnds;
  readonly #broken = new Map<number, Misbehaviour>();
  readonly #out: number[] = [];
  #in = '';

  constructor(clock: Clock, ends: VoiceEnds) {
    this.#clock = clock;
    this.#ends = ends;
  }

  /** null: it is whole again. */
  misbehave(valve: number, how: Misbehaviour | null): void {
    if (how === null) this.#broken.delete(valve);
    else this.#broken.set(valve, how);
  }

  /** A byte of the board. */
  said(byte: number): void {
    this.#out.push(byte);
    if (byte !== LF) return;
    const line = new Uint8Array(this.#out);
    this.#out.length = 0;
    const how =
      this.#broken.size === 0 ? undefined : this.#of(ANSWER.exec(String.fromCharCode(...line))?.[1]);
    if (how === undefined || how.type === 'refuses') this.#ends.toComputer(line);
    else if (how.type === 'late')
      this.#clock.at(this.#clock.nowMs() + how.byMs, 'late answer', () => {
        this.#ends.toComputer(line);
      });
  }

  /** Bytes of the computer. */
  hear(bytes: Uint8Array): void {
    const refusing = this.#refuses();
    if (!refusing && this.#in === '') {
      this.#ends.toBoard(bytes);
      return;
    }
    this.#in += String.fromCharCode(...bytes);
    const lines = this.#in.split('\n');
    this.#in = lines.pop() ?? '';
    for (const line of lines) this.#pass(`${line}\n`);
    if (refusing) return;
    this.#pass(this.#in);
    this.#in = '';
  }

  #pass(line: string): void {
    const [, seq = '', valve] = OPEN.exec(line) ?? [];
    const request = `@${seq} OPEN ${valve ?? ''} 0`;
    const told = this.#of(valve)?.type === 'refuses' ? `${request}*${checksum(request)}\n` : line;
    this.#ends.toBoard(Uint8Array.from(told, (char) => char.charCodeAt(0)));
  }

  #refuses(): boolean {
    for (const { type } of this.#broken.values()) if (type === 'refuses') return true;
    return false;
  }

  #of(valve: string | undefined): Misbehaviour | undefined {
    return valve === undefined ? undefined : this.#broken.get(Number(valve));
  }
}

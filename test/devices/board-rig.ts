import { LIMITS } from '../../devices/board/codec.ts';
import type { Role } from '../../src/model/device.ts';
import { PORT } from './board-bench.ts';
import { Rig } from './replay.ts';

export const LINE = `port:${PORT}/line`;
export const LINK = `port:${PORT}/link`;
export const HELLO = `ok proto=1 fw=1.0 boot=4f57cbc7 valves=4 maxms=30000 limits=${LIMITS} reset=ext lights=1 buzzers=1 temps=2 buttons=1`;

/** A line of the board with its right checksum. */
export const line = (text: string): string => `${text}*${crcOf(text)}`;
const crcOf = (text: string): string => {
  let crc = 0xffff;
  for (const char of text) {
    crc ^= char.charCodeAt(0) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
};

/** A part of a board, with what its board says put into its mouth. */
export class BoardRig extends Rig {
  constructor(role: Role, part: Record<string, unknown>) {
    super(role, 'board', { port: PORT, ...part });
  }

  say(text: string): this {
    return this.message(LINE, line(text));
  }

  /** Answers the last request of this verb. */
  answer(verb: string, text: string): this {
    const seq = this.seqOf(verb);
    return this.say(`@${seq} ${text}`);
  }

  seqOf(verb: string): string {
    const asked = this.out.findLast(({ payload }) => payload.includes(` ${verb}`));
    return /^@(\d+) /.exec(asked?.payload ?? '')?.[1] ?? 'none';
  }

  port(up: boolean, why = 'unplugged'): this {
    return this.message(LINK, JSON.stringify(up ? { up } : { up, why }));
  }

  /** The port is up, the board is ours, and what it had to say about it is done. */
  meetBoard(): this {
    this.port(true).answer('HELLO', HELLO);
    for (const [verb, text] of [
      ['CLOSE', 'ok v=1'],
      ['TELE', 'ok ms=0'],
      ['STAT', stat()],
    ] as const)
      if (this.seqOf(verb) !== 'none') this.answer(verb, text);
    return this.forget();
  }

  get asked(): string[] {
    return this.out.map(({ payload }) => payload.replace(/^@\d+ |\*.*$/g, ''));
  }

  get said(): string[] {
    return this.faults.map((fault) => {
      if (fault.type === 'presence') return fault.online ? 'there' : 'gone';
      return fault.type === 'refused' ? fault.message : fault.type;
    });
  }

  later(ms: number): this {
    return this.feed({ type: 'clock' }, this.atMs + ms);
  }
}

/** The answer to STAT. */
export const stat = (more: Record<string, number> = {}): string =>
  `ok ${Object.entries({ v1: 0, v2: 0, v3: 0, v4: 0, stop: 0, hot: 0, sensor: 0, cap: 0, btn: 0, ...more })
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;

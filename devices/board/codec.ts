/** The lines of the valve board (docs/board-protocol.md), in and out. */

/** The board's limits that this version was built with, as the CRC-32 of docs/board-protocol.md. A test compares. */
export const LIMITS = 'e0ec8545';
export const PROTOCOL = '1';
/** L21, and what the board takes. */
export const BOARD_LEASE = { minMs: 1, maxMs: 30_000, stepMs: 1, defaultMs: 2_000 } as const;

/** What one byte adds to the CRC. */
const OF_BYTE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
  return crc;
});

/** CRC-16/CCITT-FALSE, as four digits in upper case: over everything before the `*`. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (let at = 0; at < text.length; at += 1) {
    const byte = (crc >> 8) ^ (text.charCodeAt(at) & 0xff);
    crc = ((crc << 8) & 0xffff) ^ (OF_BYTE[byte] ?? 0);
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

export function encodeRequest(seq: number, request: string): string {
  const text = `@${seq} ${request}`;
  return `${text}*${crc16(text)}`;
}

export type Fields = Readonly<Record<string, string>>;
export type BoardLine =
  | { readonly kind: 'ok'; readonly seq: number; readonly fields: Fields }
  | { readonly kind: 'err'; readonly seq: number; readonly code: string; readonly text: string }
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly words: readonly string[];
      readonly fields: Fields;
    };

/** All parts of a board hear each of its lines: it is read once. */
let last: { readonly line: string; readonly read: BoardLine | null } = { line: '', read: null };

/** null: crippled on the way, or no line of a board. */
export function decodeLine(line: string): BoardLine | null {
  if (line !== last.line) last = { line, read: read(line) };
  return last.read;
}

const LINE = /^([@!][\x20-\x7e]{1,160})\*([0-9A-F]{4})$/;
const REPLY = /^@(\d{1,4}) (?:ok( .*)?|err ([a-z]+)(?: (.*))?)$/;
const EVENT = /^!([a-z]+)( .*)?$/;

function read(line: string): BoardLine | null {
  const [, text = '', sum] = LINE.exec(line) ?? [];
  if (sum === undefined || sum !== crc16(text)) return null;
  const [, seq, fields, code, words] = REPLY.exec(text) ?? [];
  if (seq !== undefined) {
    return code === undefined
      ? { kind: 'ok', seq: Number(seq), fields: fieldsIn(fields) }
      : { kind: 'err', seq: Number(seq), code, text: words ?? '' };
  }
  const [, name, rest] = EVENT.exec(text) ?? [];
  if (name === undefined) return null;
  const all = (rest ?? '').split(' ').filter((word) => word !== '');
  return { kind: 'event', name, words: all.filter((word) => !word.includes('=')), fields: fieldsIn(rest) };
}

/** A loop: a board says some forty fields a second. */
function fieldsIn(text = ''): Fields {
  const fields: Record<string, string> = {};
  for (const word of text.split(' ')) {
    const at = word.indexOf('=');
    if (at > 0) fields[word.slice(0, at)] = word.slice(at + 1);
  }
  return fields;
}

/** A whole number of a field; null where there is none. */
export function wholeOf(fields: Fields, name: string): number | null {
  const text = fields[name];
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** A temperature in degrees Celsius: null where the thermometer gives none, undefined where the line has none. */
export function celsiusOf(fields: Fields, name: string): number | null | undefined {
  const text = fields[name];
  if (text === undefined) return undefined;
  return /^-?\d{1,3}\.\d{2}$/.test(text) ? Number(text) : null;
}

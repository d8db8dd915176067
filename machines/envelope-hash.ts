import * as envelope from './envelope.ts';

/**
 * The hard limits as one text and its checksum, so that a board whose firmware has the same limits can be told from one
 * that was built from others, and no change of a limit goes unseen. Not a protection against malice: it is short enough
 * for a microcontroller, and needs no library.
 */
type Value = number | string | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Everything in `envelope.ts` that no config may loosen; what ships within it (`DEFAULTS`) may change freely. */
const HARD: Readonly<Record<string, Value>> = {
  limits: envelope.ENVELOPE,
  trips: envelope.TRIPS,
  basin: envelope.BASIN,
  flush: envelope.FLUSH,
  breakBeforeMakeMs: envelope.BREAK_BEFORE_MAKE_MS,
  heaterOverC: envelope.HEATER_OVER_C,
  beginMs: envelope.BEGIN_MS,
  readyMs: envelope.READY_MS,
  readyAgainMs: envelope.READY_AGAIN_MS,
  continueMs: envelope.CONTINUE_MS,
  openWaitMs: envelope.OPEN_WAIT_MS,
  clearAfterMs: envelope.CLEAR_AFTER_MS,
};

/** JSON without spaces, keys sorted by their UTF-16 code units at every depth, numbers as ECMAScript writes them. */
export function canonical(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

/** CRC-32 (ISO-HDLC, as in zlib: reflected, polynomial 0xEDB88320) of a text in ASCII, as 8 hex digits. */
export function crc32(text: string): string {
  let crc = 0xffffffff;
  for (const char of text) {
    crc ^= char.charCodeAt(0) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

/** The limits as they are hashed. */
export const ENVELOPE_TEXT = canonical(HARD);
/** What a board that has the same limits answers. */
export const ENVELOPE_HASH = crc32(ENVELOPE_TEXT);

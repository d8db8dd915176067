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

/**
 * What the valve board enforces by itself, whatever its host says. Its firmware has the numbers written down again
 * (firmware/limits.h); a test compares both ways. Where the board stands for a hard limit it has that very number.
 */
export const BOARD_LIMITS = {
  valves: 4,
  /** L21 */
  maxLeaseMs: envelope.ENVELOPE.leaseMs,
  /** Everything off after so long without a valid request. */
  linkLeaseMs: 3_000,
  breakBeforeMakeMs: envelope.BREAK_BEFORE_MAKE_MS,
  /** Open without a break of `runBreakMs`: the longest contact of one side, L11 and L4, and the purge before it, L15. */
  hotRunMs: envelope.ENVELOPE.soakMs + envelope.ENVELOPE.purgeMs,
  coldRunMs: envelope.ENVELOPE.coldStepMs + envelope.ENVELOPE.purgeMs,
  runBreakMs: 10_000,
  /** T1; and below what a latched one may be cleared. */
  hotC: envelope.TRIPS.t1.limitC,
  hotClearC: 42.0,
  /** The thermistor: sampled, looked at, and so many looks running. */
  sampleMs: 8,
  lookMs: 10,
  looks: envelope.TRIPS.t1.samples,
  /** The DS18B20: a conversion, hot answers running that trip, missing ones running that are a broken sensor. */
  probeConvertMs: 750,
  probeHotAnswers: envelope.TRIPS.t1.samples,
  probeLostAnswers: 3,
  watchdogMs: 60,
  buttonMs: 20,
  /** A button that is down for so long is held, or stuck: nothing opens. */
  buttonHeldMs: 2_000,
} as const;

/** What a board with these limits answers to HELLO. */
export const BOARD_LIMITS_HASH = crc32(canonical(BOARD_LIMITS));

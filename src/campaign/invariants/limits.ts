/**
 * The numbers of docs/safety.md once more, written down apart from machines/envelope.ts: what judges shares nothing with
 * what it judges. Milliseconds, degrees Celsius, litres.
 */
export const LIMITS = {
  warmMaxC: 40,
  coldMinC: 10,
  warmStepMs: 240_000,
  soakMs: 1_200_000,
  coldStepMs: 60_000,
  cycles: 5,
  warmContactMs: 1_200_000,
  coldContactMs: 300_000,
  partMs: 2_400_000,
  gapMs: 6 * 3_600_000,
  perDay: 2,
  perWeek: 7,
  /** Sessions with less contact do not count. */
  countsFromMs: 60_000,
  limited: { warmMaxC: 38, coldMinC: 15, coldStepMs: 30_000, cycles: 3 },
  bandHoldMs: 10_000,
  beginMs: 60_000,
  readingAgeMs: 5_000,
  basinReadingAgeMs: 15_000,
  leaseMs: 30_000,
  guardMaxC: 41,
} as const;

/** From a condition to the close on the wire. */
export const RESPONSE_MS = 500;
/** T10. */
export const STOP_MS = 250;
/** How often the truth is looked at: what happened was seen at most so much later. */
export const LOOK_MS = 250;

export const DAY_MS = 24 * 3_600_000;

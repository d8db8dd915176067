/** What the board enforces by itself, as docs/board-protocol.md says it. Milliseconds and degrees Celsius. */
export const VALVES = 4;
export const MAX_LEASE_MS = 30_000;
export const LINK_LEASE_MS = 3_000;
export const BREAK_BEFORE_MAKE_MS = 500;
/** Of hot and cold; the two others have none. */
export const RUN_CAP_MS: readonly (number | null)[] = [25 * 60_000, 6 * 60_000, null, null];
export const RUN_BREAK_MS = 10_000;
export const HOT_C = 43;
export const CLEAR_BELOW_C = 42;
export const SAMPLE_MS = 8;
export const LOOK_MS = 10;
/** So many looks running count, and so many answers of the DS18B20, hot or missing. */
export const LOOKS = 2;
export const PROBE_HOT_ANSWERS = 2;
export const PROBE_LOST_ANSWERS = 3;
export const CONVERT_MS = 750;
export const WATCHDOG_MS = 60;
export const BUTTON_MS = 20;
export const BUTTON_HELD_MS = 2_000;
export const COMPLAINT_MS = 100;
/** CRC-32 of them, as HELLO tells it. */
export const LIMITS_HASH = 'e0ec8545';

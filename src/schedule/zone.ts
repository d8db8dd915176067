import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/units.ts';

/**
 * Between the time of the world and what the clock on a wall shows. A local time is held as the milliseconds that the
 * same figures would be in UTC, so that it can be counted with; it is never a moment by itself.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(zone, format);
  return format;
}

/** Clocks anywhere are set on a quarter of an hour, and so does every day begin on one. */
const QUARTER_MS = 15 * MINUTE_MS;
/** What zones were ahead of UTC in quarters of an hour that were asked for: a schedule asks for the same ones again. */
const ahead = new Map<string, Map<number, number>>();
const MOST_QUARTERS = 2_000;

/** What clocks in `zone` (IANA) show at a moment (milliseconds since 1970, UTC). */
export function localOf(zone: string, utcMs: number): number {
  return utcMs + offsetMs(zone, utcMs);
}

function offsetMs(zone: string, utcMs: number): number {
  let known = ahead.get(zone);
  if (known === undefined) ahead.set(zone, (known = new Map<number, number>()));
  const quarter = Math.floor(utcMs / QUARTER_MS);
  const before = known.get(quarter);
  if (before !== undefined) return before;
  if (known.size >= MOST_QUARTERS) known.clear();
  const offset = workedOut(zone, quarter * QUARTER_MS);
  known.set(quarter, offset);
  return offset;
}

/** How far a zone is ahead of UTC at the beginning of a quarter of an hour. */
function workedOut(zone: string, utcMs: number): number {
  const parts = formatOf(zone).formatToParts(utcMs);
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const localMs = Date.UTC(
    ...([of('year'), of('month') - 1, of('day')] as const),
    ...([of('hour'), of('minute'), of('second')] as const),
  );
  return localMs - utcMs;
}

/** Further from a moment than this, its zone may be hours ahead or behind: no place is more than 14 h from UTC. */
const AROUND_MS = 36 * HOUR_MS;

/**
 * The moment at which clocks in `zone` show `localMs`. A time that comes twice (clocks are set back) is the first of
 * the two; one that never comes (they are set forward over it) is the moment in which they are.
 */
export function momentOf(zone: string, localMs: number): number {
  const [before, after] = [offsetMs(zone, localMs - AROUND_MS), offsetMs(zone, localMs + AROUND_MS)];
  const right = [before, after]
    .map((offset) => localMs - offset)
    .filter((utcMs) => localOf(zone, utcMs) === localMs);
  if (right.length > 0) return Math.min(...right);
  return turnOf(zone, localMs - Math.max(before, after), localMs - Math.min(before, after));
}

/** The moment between two others, to the second, from which on the clocks show what they do at the later one. */
function turnOf(zone: string, fromMs: number, toMs: number): number {
  const offset = offsetMs(zone, toMs);
  let [low, high] = [Math.floor(fromMs / SECOND_MS) - 1, Math.ceil(toMs / SECOND_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle * SECOND_MS) === offset) high = middle;
    else low = middle;
  }
  return high * SECOND_MS;
}

const dates = new Map<string, { readonly quarter: number; readonly date: string }>();

/** The date in `zone` at a moment, YYYY-MM-DD. Asked for all the time, and worked out each quarter of an hour. */
export function dateAt(zone: string, utcMs: number): string {
  const quarter = Math.floor(utcMs / QUARTER_MS);
  const known = dates.get(zone);
  if (known?.quarter === quarter) return known.date;
  const date = dateOf(localOf(zone, utcMs));
  dates.set(zone, { quarter, date });
  return date;
}

/** The local midnight that a local time follows. */
export function midnightOf(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}

/** 0 is Monday. */
export function weekdayOf(localMs: number): number {
  // 1970-01-01 was a Thursday.
  return (((Math.floor(localMs / DAY_MS) + 3) % 7) + 7) % 7;
}

/** YYYY-MM-DD. */
export function dateOf(localMs: number): string {
  return new Date(midnightOf(localMs)).toISOString().slice(0, 10);
}

/** The local time of a date and the minutes after its midnight; null where there is no such date. */
export function localAt(date: string, minutes: number): number | null {
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(midnightMs) && dateOf(midnightMs) === date ? midnightMs + minutes * MINUTE_MS : null;
}

/** HH:MM, as clocks in `zone` show it. */
export function clockText(zone: string, utcMs: number): string {
  return new Date(localOf(zone, utcMs)).toISOString().slice(11, 16);
}

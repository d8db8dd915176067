import { dateOf, localAt, localOf, midnightOf, momentOf } from '../schedule/zone.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../model/units.ts';

const CLOCK =
  /^(?:(?<date>\d{4}-\d{2}-\d{2})[ T])?(?<hours>[01]?\d|2[0-3]):(?<minutes>[0-5]\d)(?::(?<seconds>[0-5]\d))?$/;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * The moment that somebody means, milliseconds since 1970: `14:00` is the last time that the clocks of `zone` showed it,
 * `2026-03-02 14:00` that day, and a time with a zone of its own is that. null: it cannot be read.
 */
export function momentMeant(text: string, zone: string, nowMs: number): number | null {
  if (ZONED.test(text)) {
    const atMs = Date.parse(text.replace(' ', 'T'));
    return Number.isFinite(atMs) ? atMs : null;
  }
  const found = CLOCK.exec(text.trim())?.groups;
  if (found === undefined) return null;
  const minutes = Number(found['hours']) * 60 + Number(found['minutes']);
  const secondsMs = Number(found['seconds'] ?? 0) * SECOND_MS;
  const date = found['date'];
  if (date !== undefined) {
    const localMs = localAt(date, minutes);
    return localMs === null ? null : momentOf(zone, localMs) + secondsMs;
  }
  const today = midnightOf(localOf(zone, nowMs));
  const [atMs, before] = [today, today - DAY_MS].map(
    (midnight) => momentOf(zone, midnight + minutes * MINUTE_MS) + secondsMs,
  );
  return (atMs !== undefined && atMs <= nowMs ? atMs : before) ?? null;
}

/** The local date of a moment, YYYY-MM-DD. */
export function dayOf(zone: string, atMs: number): string {
  return dateOf(localOf(zone, atMs));
}

import type { DayWindow, Rule } from '../model/schedule.ts';
import { WEEKDAYS, usualExpiryMs } from '../model/schedule.ts';
import { DAY_MS, MINUTE_MS } from '../model/units.ts';
import { dateOf, localAt, localOf, midnightOf, momentOf, weekdayOf } from './zone.ts';

/** How far ahead is looked; a rule that has nothing until then (dates that are over) has nothing any more. */
const AHEAD_DAYS = 370;

/** A window of one day, as moments: from the first, to and without the second. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * When a rule is due next, strictly after `sinceMs`, both milliseconds since 1970. For fixed times `sinceMs` is the one
 * that was due last; for an interval it is when the sitting began that is counted: the last answer, or coming back.
 * null: never again.
 */
export function nextDue(rule: Rule, sinceMs: number): number | null {
  return rule.kind === 'every' ? nextInterval(rule, sinceMs) : nextTime(rule, sinceMs);
}

/** Whether clocks in `zone` show a time within the window, whatever the day. */
export function isWithin({ fromMin, toMin }: DayWindow, zone: string, atMs: number): boolean {
  const localMs = localOf(zone, atMs);
  const minutes = (localMs - midnightOf(localMs)) / MINUTE_MS;
  return fromMin < toMin ? minutes >= fromMin && minutes < toMin : minutes >= fromMin || minutes < toMin;
}

/** When clocks in `zone` next show a time of the day, after `afterMs`. */
export function nextClock(zone: string, minutes: number, afterMs: number): number {
  const todayMs = midnightOf(localOf(zone, afterMs));
  for (let day = 0; ; day += 1) {
    const atMs = momentOf(zone, todayMs + day * DAY_MS + minutes * MINUTE_MS);
    if (atMs > afterMs) return atMs;
  }
}

/**
 * Until when what is due at `dueMs` may still be shown: for `expireMs`, but not beyond the window that it is due in. What
 * falls on the end of a window has its usual while there. Wall time.
 */
export function expiryOf(rule: Rule, expireMs: number, dueMs: number): number {
  const usualMs = usualExpiryMs(rule);
  const untilMs = dueMs + expireMs;
  if (rule.kind === 'at' || expireMs <= usualMs || rule.between.fromMin === rule.between.toMin)
    return untilMs;
  for (const midnightMs of midnights(rule, dueMs)) {
    const { toMs } = spanOf(rule.between, rule.zone, midnightMs);
    if (toMs >= dueMs) return Math.min(untilMs, Math.max(toMs, dueMs + usualMs));
  }
  return untilMs;
}

function nextInterval(rule: Extract<Rule, { kind: 'every' }>, sinceMs: number): number | null {
  for (const midnightMs of midnights(rule, sinceMs)) {
    const { fromMs, toMs } = spanOf(rule.between, rule.zone, midnightMs);
    const dueMs = Math.max(sinceMs, fromMs) + rule.everyMs;
    // One that falls on the very end of the window is due still: 17:00 of 09:00-17:00.
    if (dueMs <= toMs) return dueMs;
  }
  return null;
}

function spanOf({ fromMin, toMin }: DayWindow, zone: string, midnightMs: number): Span {
  const endMin = toMin > fromMin ? toMin : toMin + DAY_MS / MINUTE_MS;
  return {
    fromMs: momentOf(zone, midnightMs + fromMin * MINUTE_MS),
    toMs: momentOf(zone, midnightMs + endMin * MINUTE_MS),
  };
}

function nextTime(rule: Extract<Rule, { kind: 'at' }>, sinceMs: number): number | null {
  if (rule.dates !== null)
    return earliest(
      rule.dates.flatMap((date) => momentsOn(rule, date)),
      sinceMs,
    );
  for (const midnightMs of midnights(rule, sinceMs)) {
    const dueMs = earliest(momentsOn(rule, dateOf(midnightMs)), sinceMs);
    if (dueMs !== null) return dueMs;
  }
  return null;
}

function momentsOn({ zone, timesMin, days }: Extract<Rule, { kind: 'at' }>, date: string): number[] {
  return timesMin.flatMap((minutes) => {
    const localMs = localAt(date, minutes);
    if (localMs === null || !days.some((day) => day === WEEKDAYS[weekdayOf(localMs)])) return [];
    return [momentOf(zone, localMs)];
  });
}

function earliest(momentsMs: readonly number[], afterMs: number): number | null {
  const later = momentsMs.filter((atMs) => atMs > afterMs);
  return later.length === 0 ? null : Math.min(...later);
}

/** The local midnights of the days of a rule, from the day before: its window may go over midnight. */
function* midnights({ zone, days }: Rule, sinceMs: number): Generator<number> {
  const todayMs = midnightOf(localOf(zone, sinceMs));
  for (let day = -1; day <= AHEAD_DAYS; day += 1) {
    const midnightMs = todayMs + day * DAY_MS;
    if (days.some((one) => one === WEEKDAYS[weekdayOf(midnightMs)])) yield midnightMs;
  }
}

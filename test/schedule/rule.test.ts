// If these fail, a reminder comes at the wrong time of the day, twice or not at all when the clocks are set, or on days
// that nobody asked for.
import { expect, test } from 'vitest';
import type { Rule, Weekday } from '../../src/model/schedule.ts';
import { WEEKDAYS } from '../../src/model/schedule.ts';
import { expiryOf, isWithin, nextClock, nextDue } from '../../src/schedule/rule.ts';
import { checkTurn } from './turns.ts';
import { turnsOf } from './zones.ts';

const BERLIN = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text);
const iso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

function next(rule: Rule, since: string, count: number): readonly (string | null)[] {
  const found: (string | null)[] = [];
  let sinceMs = at(since);
  for (let index = 0; index < count; index += 1) {
    const dueMs = nextDue(rule, sinceMs);
    found.push(iso(dueMs));
    if (dueMs === null) break;
    sinceMs = dueMs;
  }
  return found;
}

const hourly = (days: readonly Weekday[] = WEEKDAYS, fromMin = 540, toMin = 1_050): Rule => ({
  kind: 'every',
  zone: BERLIN,
  days,
  everyMs: 3_600_000,
  between: { fromMin, toMin },
});
const daily = (timesMin: readonly number[], dates: readonly string[] | null = null): Rule => ({
  kind: 'at',
  zone: BERLIN,
  days: WEEKDAYS,
  timesMin,
  dates,
});

test('each hour of sitting within the window, then the next working day', () => {
  const rule = hourly(['mon', 'tue', 'wed', 'thu', 'fri']);
  expect(next(rule, '2026-11-27T14:00:00Z', 4)).toEqual([
    '2026-11-27T15:00:00.000Z',
    '2026-11-27T16:00:00.000Z',
    '2026-11-30T09:00:00.000Z',
    '2026-11-30T10:00:00.000Z',
  ]);
  // Who sat down at twenty past is reminded at twenty past.
  expect(next(rule, '2026-11-27T12:20:00Z', 1)).toEqual(['2026-11-27T13:20:00.000Z']);
});

test('a window over midnight belongs to the day that it begins on', () => {
  expect(next(hourly(['fri'], 1_320, 120), '2026-11-27T12:00:00Z', 5)).toEqual([
    '2026-11-27T22:00:00.000Z',
    '2026-11-27T23:00:00.000Z',
    '2026-11-28T00:00:00.000Z',
    '2026-11-28T01:00:00.000Z',
    '2026-12-04T22:00:00.000Z',
  ]);
});

test('a time that the clocks leave out is due once when they are set, one that comes twice the first time', () => {
  expect(next(daily([150]), '2026-03-28T12:00:00Z', 2)).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  expect(next(daily([150]), '2026-10-24T12:00:00Z', 2)).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('dates alone, several times a day, and nothing once they are over', () => {
  expect(next(daily([1_230, 480], ['2026-12-24', '2027-01-06']), '2026-12-01T00:00:00Z', 5)).toEqual([
    '2026-12-24T07:00:00.000Z',
    '2026-12-24T19:30:00.000Z',
    '2027-01-06T07:00:00.000Z',
    '2027-01-06T19:30:00.000Z',
    null,
  ]);
});

test('quiet hours, over midnight too', () => {
  const night = { fromMin: 1_260, toMin: 420 };
  const within = (text: string): boolean => isWithin(night, BERLIN, at(text));
  expect(
    ['2026-11-27T19:59:00Z', '2026-11-27T20:00:00Z', '2026-11-28T05:59:00Z', '2026-11-28T06:00:00Z'].map(
      within,
    ),
  ).toEqual([false, true, true, false]);
  expect(isWithin({ fromMin: 600, toMin: 660 }, BERLIN, at('2026-11-27T09:30:00Z'))).toBe(true);
});

test('until a time of the day: today, or tomorrow where it has passed', () => {
  expect(iso(nextClock(BERLIN, 840, at('2026-11-27T12:00:00Z')))).toBe('2026-11-27T13:00:00.000Z');
  expect(iso(nextClock(BERLIN, 840, at('2026-11-27T13:00:00Z')))).toBe('2026-11-28T13:00:00.000Z');
});

/** One of each sort: an hour, half an hour, none on a whole hour, one that turns at midnight, two in a year for Ramadan. */
test.each([
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Santiago',
  'Pacific/Chatham',
  'Asia/Beirut',
])('%s: ten years of turns, no time of the day lost or doubled', (zone) => {
  const turns = turnsOf(zone, at('2020-01-01T00:00:00Z'), at('2030-01-01T00:00:00Z'));
  for (const turn of turns) checkTurn(turn);
  expect(turns.length > 0).toBe(zone !== 'Asia/Kathmandu');
});

test.each([
  ['long before the end: as long as it may wait', '2026-01-05T09:00:00Z', 2, '2026-01-05T11:00:00.000Z'],
  ['near the end: until then', '2026-01-05T15:00:00Z', 12, '2026-01-05T16:30:00.000Z'],
  ['at the very end: its usual while', '2026-01-05T16:30:00Z', 12, '2026-01-05T17:00:00.000Z'],
  ['a usual while may go over the end', '2026-01-05T16:20:00Z', 0.5, '2026-01-05T16:50:00.000Z'],
  ['shown with another, before it begins', '2026-01-05T07:56:00Z', 12, '2026-01-05T16:30:00.000Z'],
])('what is due %s', (_, due, hours, until) => {
  expect(iso(expiryOf(hourly(), hours * 3_600_000, at(due)))).toBe(until);
});

test('what is due at night waits until the morning of its own window; a fixed time, and a whole day, have no window', () => {
  const HOURS = 12 * 3_600_000;
  const night = hourly(WEEKDAYS, 22 * 60, 6 * 60);
  expect(iso(expiryOf(night, HOURS, at('2026-01-05T23:30:00Z')))).toBe('2026-01-06T05:00:00.000Z');
  expect(iso(expiryOf(night, HOURS, at('2026-01-06T03:30:00Z')))).toBe('2026-01-06T05:00:00.000Z');
  expect(iso(expiryOf(daily([540]), HOURS, at('2026-01-05T08:00:00Z')))).toBe('2026-01-05T20:00:00.000Z');
  expect(iso(expiryOf(hourly(WEEKDAYS, 0, 0), HOURS, at('2026-01-05T20:00:00Z')))).toBe(
    '2026-01-06T08:00:00.000Z',
  );
});

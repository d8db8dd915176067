import { expect } from 'vitest';
import type { Rule } from '../../src/model/schedule.ts';
import { WEEKDAYS } from '../../src/model/schedule.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/model/units.ts';
import { nextDue } from '../../src/schedule/rule.ts';
import { localOf, midnightOf } from '../../src/schedule/zone.ts';
import type { Turn } from './zones.ts';

const every = { days: WEEKDAYS, dates: null } as const;

/** All that is due within a stretch of time. */
function dueWithin(rule: Rule, fromMs: number, toMs: number): readonly number[] {
  const due: number[] = [];
  for (let atMs = nextDue(rule, fromMs); atMs !== null && atMs <= toMs; atMs = nextDue(rule, atMs)) {
    due.push(atMs);
    if (due.length > 200) throw new Error('a burst');
  }
  return due;
}

/**
 * Four days around a turn of the clocks: a time of the day, whichever, is due once a local day, at the moment its
 * clocks show it first, or in the moment of the turn where they never do.
 */
export function checkTurn({ zone, atMs, fromMs, toMs }: Turn): void {
  const [low, high] = [Math.min(fromMs, toMs), Math.max(fromMs, toMs)];
  const middleMs = atMs + (low + high) / 2;
  const inside = Math.floor((middleMs - midnightOf(middleMs)) / MINUTE_MS);
  const edge = Math.floor((atMs + low - midnightOf(atMs + low)) / MINUTE_MS);
  for (const minutes of new Set([inside, edge, 0, 720])) {
    const rule: Rule = { kind: 'at', zone, timesMin: [minutes], ...every };
    const begin = atMs - 36 * HOUR_MS;
    const due = dueWithin(rule, begin, begin + 4 * DAY_MS);
    const what = `${zone} ${new Date(atMs).toISOString()} at ${minutes} min`;
    // Neither lost nor doubled: a day apart, but for what the clocks are set by.
    for (const [index, one] of due.entries()) {
      const apartMs = one - (due[index - 1] ?? one - DAY_MS);
      expect(Math.abs(apartMs - DAY_MS), what).toBeLessThanOrEqual(high - low);
    }
    for (const one of due) {
      const shown = Math.round((localOf(zone, one) - midnightOf(localOf(zone, one))) / MINUTE_MS);
      if (shown !== minutes) expect(one, what).toBe(atMs);
      // The first of two: an hour before, no clock showed it.
      else if (toMs < fromMs) expect(localOf(zone, one - (fromMs - toMs)), what).not.toBe(localOf(zone, one));
    }
    expect(due.length, what).toBeGreaterThanOrEqual(3);
    expect(due.length, what).toBeLessThanOrEqual(5);
  }
  const sitting: Rule = {
    kind: 'every',
    zone,
    days: WEEKDAYS,
    everyMs: HOUR_MS,
    between: { fromMin: 60, toMin: 1_380 },
  };
  const due = dueWithin(sitting, atMs - 30 * HOUR_MS, atMs + 30 * HOUR_MS);
  for (const [index, one] of due.entries()) {
    // An hour of sitting is an hour, whatever the clocks do meanwhile.
    const before = due[index - 1];
    if (before !== undefined) expect(one - before, zone).toBeGreaterThanOrEqual(HOUR_MS);
  }
}

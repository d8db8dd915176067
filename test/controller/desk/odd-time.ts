import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';
import { isWithin, nextDue } from '../../../src/schedule/rule.ts';
import { WEEKDAYS } from '../../../src/model/schedule.ts';
import type { Rule } from '../../../src/model/schedule.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/model/units.ts';
import { DeskBench } from './bench.ts';

/** What may happen to a computer: it runs, sleeps, its clock is set, and somebody presses, or does not. */
export type Odd =
  | { readonly type: 'runs'; readonly minutes: number }
  | { readonly type: 'sleeps'; readonly minutes: number }
  | { readonly type: 'set'; readonly seconds: number }
  | { readonly type: 'press'; readonly how: 'press' | 'double' | 'hold' };

const DAY_MIN = 1_440;
const odd: fc.Arbitrary<Odd> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('runs' as const), minutes: fc.integer({ min: 1, max: 600 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('sleeps' as const),
      minutes: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 90, max: 3 * DAY_MIN })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('set' as const),
      seconds: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -3 * 3_600, max: 3 * 3_600 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('press' as const),
      how: fc.constantFrom('press' as const, 'double' as const, 'hold' as const),
    }),
  },
);
export const oddDays = fc.array(odd, { minLength: 10, maxLength: 60 });

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
] as const;
/** Days around which clocks somewhere are set, and others. */
const BEGINS = ['2026-03-05', '2026-03-26', '2026-04-02', '2026-10-01', '2026-10-30', '2026-06-10'] as const;
export const begins = fc.record({ zone: fc.constantFrom(...ZONES), date: fc.constantFrom(...BEGINS) });

const QUIET = { fromMin: 18 * 60, toMin: 8 * 60 };
const TIMES = [10 * 60, 15 * 60];
const EXPIRE_MS = HOUR_MS;

const home = (zone: string): string => `
timezone: ${zone}
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    button: { driver: mqtt, state: desk/button, map: { press: press, double: double, hold: hold } }
    quiet_hours: 18:00-08:00
schedule:
  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30 }
  - { reminder: ankle-circles, at: [10:00, "15:00"], expire: 60 min }
`;

const bodySchema = z.object({
  reminder: z.string(),
  event: z.string(),
  due_at: z.string().nullable(),
  level: z.string().optional(),
  count: z.int().default(1),
  why: z.string().optional(),
});

export interface Seen {
  readonly fixed: number;
  readonly due: number;
  readonly sleptOver: number;
  readonly shown: number;
  readonly sleeps: number;
  readonly sets: number;
}

/** Lives through it, and looks that no reminder was lost, doubled or came in a burst. */
export function liveThrough(odds: readonly Odd[], { zone, date }: { zone: string; date: string }): Seen {
  const desk = new DeskBench({ yaml: home(zone), at: `${date}T06:00:00Z` });
  const fromMs = desk.clock.wallMs();
  let highMs = fromMs;
  for (const one of odds) {
    const { clock } = desk;
    if (one.type === 'runs') desk.run(one.minutes * MINUTE_MS);
    else if (one.type === 'sleeps') desk.suspend(one.minutes * MINUTE_MS);
    else if (one.type === 'set') {
      clock.stepWall(one.seconds * SECOND_MS);
      desk.run(MINUTE_MS);
    } else desk.press(one.how);
    highMs = Math.max(highMs, clock.wallMs());
  }
  const records = desk.journal.history
    .records({ types: ['reminder'], limit: 10_000 })
    .map(({ at, atMs, body }) => ({ at, atMs, wallMs: Date.parse(at), ...bodySchema.parse(body) }));

  // No burst: new ones are half an hour apart, by the clock that never jumps, or one light for both.
  const known = new Set<string>();
  const begun = records.filter(({ reminder, event, level, due_at }) => {
    const key = `${reminder} ${due_at ?? ''}`;
    const isNew = event === 'shown' && level === 'light' && !known.has(key);
    if (isNew) known.add(key);
    return isNew;
  });
  const shownAgain = records.filter(
    (one) => one.event === 'shown' && one.level === 'light' && !begun.includes(one),
  );
  for (const [index, one] of begun.entries()) {
    const before = begun[index - 1];
    const apartMs = one.atMs - (before?.atMs ?? -Infinity);
    const joins = shownAgain.some(({ atMs }) => Math.abs(atMs - one.atMs) < SECOND_MS);
    if (apartMs >= SECOND_MS && !joins)
      expect(apartMs, `${one.at} after ${before?.at ?? ''}`).toBeGreaterThanOrEqual(
        30 * MINUTE_MS - SECOND_MS,
      );
    expect(isWithin(QUIET, zone, one.wallMs), `${one.at} in quiet hours`).toBe(false);
  }

  // An hour of sitting is an hour, whatever the clocks say. One that was put off and has to wait is due once more.
  const dueOnce = new Set<string>();
  const sitting = records.filter(({ reminder, event, due_at }) => {
    const isFirst = reminder === 'calf-raises' && event === 'due' && !dueOnce.has(due_at ?? '');
    if (isFirst) dueOnce.add(due_at ?? '');
    return isFirst;
  });
  for (const [index, one] of sitting.entries()) {
    const before = sitting[index - 1];
    if (before !== undefined)
      expect(one.atMs - before.atMs, one.at).toBeGreaterThanOrEqual(HOUR_MS - SECOND_MS);
  }

  // Neither lost nor doubled: each fixed time that passed was due once, or slept over, or covered by the one before it.
  const rule: Rule = { kind: 'at', zone, timesMin: TIMES, days: WEEKDAYS, dates: null };
  const of = records.filter(({ reminder }) => reminder === 'ankle-circles');
  const due = of.flatMap(({ event, due_at }) =>
    event === 'due' && due_at !== null ? [Date.parse(due_at)] : [],
  );
  const joined = of.flatMap(({ event, level, due_at }) =>
    event === 'shown' && level === 'light' && due_at !== null ? [Date.parse(due_at)] : [],
  );
  const sleptOver = of.reduce((sum, one) => sum + (one.why === undefined ? 0 : one.count), 0);
  const over = of.filter(
    ({ event, why }) => ['done', 'skipped', 'missed'].includes(event) && why === undefined,
  );
  expect(new Set(over.map(({ due_at }) => due_at)).size, 'doubled').toBe(over.length);
  let fixed = 0;
  let lost = 0;
  let open = 0;
  for (let atMs = nextDue(rule, fromMs); atMs !== null && atMs <= highMs; atMs = nextDue(rule, atMs)) {
    const timeMs = atMs;
    fixed += 1;
    const isDue = due.includes(timeMs) || joined.includes(timeMs);
    const isCovered = over.some(
      (one) => one.due_at !== null && Date.parse(one.due_at) < timeMs && one.wallMs >= timeMs,
    );
    if (isDue || isCovered) continue;
    if (timeMs + EXPIRE_MS + 2 * MINUTE_MS > highMs) open += 1;
    else lost += 1;
  }
  expect(sleptOver, `lost: ${lost} of ${fixed}, ${open} may still come`).toBeGreaterThanOrEqual(lost);
  expect(sleptOver, 'missed more often than it was due').toBeLessThanOrEqual(fixed);
  const count = (type: Odd['type']): number => odds.filter((one) => one.type === type).length;
  return {
    fixed,
    due: due.length,
    sleptOver,
    shown: begun.length,
    sleeps: count('sleeps'),
    sets: count('set'),
  };
}

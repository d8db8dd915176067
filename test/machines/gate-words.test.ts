// If these fail, somebody who is refused is not told for how long or why, or is refused, or let in, a moment too early.
import { describe, expect, test } from 'vitest';
import type { GatePerson, LedgerEntry, Screening } from '../../machines/gate.ts';
import {
  coldLadderMs,
  doseInDay,
  gate,
  lockText,
  lockedUntil,
  refuseDose,
  screenedToday,
} from '../../machines/gate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
const UP = 100 * DAY;
const entry = (agoMs: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  session: `s${String(agoMs)}`,
  endedAtMs: UP - agoMs,
  endedAtWallMs: NOW - agoMs,
  contactMs: 600_000,
  coldMs: 15_000,
  dose: 0.02,
  completed: true,
  symptom: false,
  ...more,
});
const person = (more: Partial<GatePerson> = {}): GatePerson => ({
  id: 'sam',
  screening: 'clear',
  profile: 'standard',
  ledger: [],
  lock: null,
  counts: true,
  ...more,
});
const refused = (who: GatePerson, latched: { code: string; message: string } | null = null) =>
  gate(who, { latched }, NOW, UP);

describe('whoever is refused is told', () => {
  test('of the fault that waits', () => {
    expect(refused(person(), { code: 'too_warm', message: '42 C' })).toEqual([
      { code: 'latched', message: 'a fault waits for a clear at the station: 42 C' },
    ]);
  });

  test.each([
    ['symptom', 'a symptom was reported: no water for another 22.5 h (24.0 h in all)'],
    [
      'heat_dose',
      'the heat of the last session was as much as is safe (L12): no water for another 22.5 h (24.0 h in all)',
    ],
  ] as const)('of a lock for %s, and how long it lasts', (code, message) => {
    const lock = { code, sinceMs: UP - 1.5 * HOUR };
    expect(refused(person({ lock }))).toEqual([{ code: 'locked', message }]);
    expect(message.startsWith(lockText(lock))).toBe(true);
  });

  test.each([
    ['blocked', 'the screening advises against water for this person; ask a clinician first'],
    ['expired', 'the screening is older than 90 days and has to be answered again'],
    [
      'missing',
      'this person has not been screened; `ebb screen` comes with a later version, the guest needs no name',
    ],
    ['symptom', 'a symptom was reported since the screening, so it has to be answered again'],
    ['acknowledge', 'the screening asks for a clinician to be asked first, and that this be confirmed'],
  ] as const)('what a screening that is %s asks for', (screening, message) => {
    expect(refused(person({ screening }))).toEqual([{ code: 'screening', message }]);
  });

  test('how long ago the last session was, and how many there were', () => {
    const ledger = [entry(3 * DAY), entry(90 * 60_000)];
    expect(refused(person({ ledger }))).toEqual([
      {
        code: 'too_soon',
        message: 'the last water session ended 1.5 h ago; 20.0 h apart is the default (L9)',
      },
      {
        code: 'too_many',
        message: '1 water session(s) in 24 h and 2 in 7 days; 1 and 4 are the most (L10)',
      },
    ]);
  });

  test('what the heat of the day comes to', () => {
    expect(refuseDose(0.35, 0.25)).toBeNull();
    expect(refuseDose(0.41, 0.2)).toEqual({
      code: 'heat_dose',
      message:
        'the heat dose of the last 24 h is 0.41 and this session would add 0.20; 0.60 is the most (L12)',
    });
  });
});

describe('a lock', () => {
  const lock = { code: 'symptom', sinceMs: 1_000 } as const;
  test('is over after 24 h to the millisecond', () => {
    expect(lockedUntil(null, 5)).toBeNull();
    expect(lockedUntil(lock, 1_000 + DAY - 1)).toBe(1_000 + DAY);
    expect(lockedUntil(lock, 1_000 + DAY)).toBeNull();
    expect(refused(person({ lock: { code: 'symptom', sinceMs: UP - DAY } }))).toEqual([]);
  });
});

describe('a screening', () => {
  const of = (more: Partial<Screening> = {}): Screening => ({
    result: 'clear',
    profile: 'standard',
    acknowledge: false,
    atWallMs: NOW - DAY,
    atMs: UP - DAY,
    symptom: false,
    ...more,
  });
  test.each<readonly [string, Screening | null, string]>([
    ['none', null, 'missing'],
    ['a good one', of(), 'clear'],
    ['one that is 90 days old', of({ atMs: UP - 90 * DAY }), 'clear'],
    ['a millisecond more by running time', of({ atMs: UP - 90 * DAY - 1 }), 'expired'],
    ['a millisecond more by the wall', of({ atWallMs: NOW - 90 * DAY - 1 }), 'expired'],
    ['a refusal', of({ result: 'blocked', acknowledge: true }), 'blocked'],
    ['an old refusal', of({ result: 'blocked', atMs: UP - 91 * DAY }), 'expired'],
    ['one to be confirmed', of({ acknowledge: true }), 'acknowledge'],
    ['one from before a symptom', of({ symptom: true, result: 'blocked' }), 'symptom'],
  ])('%s', (_, screening, today) => {
    expect(screenedToday(screening, NOW, UP)).toBe(today);
  });
});

describe('the heat of a day', () => {
  test('is that of sessions that ended less than 24 h ago', () => {
    const ledger = [entry(DAY, { dose: 0.2 }), entry(DAY - 1, { dose: 0.1 }), entry(HOUR, { dose: 0.05 })];
    expect(doseInDay(ledger, NOW, UP)).toBeCloseTo(0.15, 9);
    expect(doseInDay([], NOW, UP)).toBe(0);
  });
});

describe('L9 and L10', () => {
  test.each([
    [20 * HOUR - 1, ['too_soon', 'too_many']],
    [20 * HOUR, ['too_many']],
    [DAY - 1, ['too_many']],
    [DAY, []],
  ])('%s ms ago', (agoMs, codes) => {
    expect(refused(person({ ledger: [entry(agoMs)] })).map(({ code }) => code)).toEqual(codes);
  });
});

describe('L13', () => {
  const ladder = (ledger: readonly LedgerEntry[]) => coldLadderMs(ledger, { wallMs: NOW, atMs: UP }) / 1_000;
  test('a session of less than a minute is none, unless it was stopped for a symptom', () => {
    expect(ladder([entry(2 * DAY, { coldMs: 25_000, contactMs: 59_999 })])).toBe(15);
    expect(ladder([entry(2 * DAY, { coldMs: 25_000, contactMs: 60_000 })])).toBe(30);
    const short = entry(DAY, { symptom: true, contactMs: 10_000, completed: false });
    expect(ladder([entry(2 * DAY, { coldMs: 25_000 }), short])).toBe(15);
  });
  test('a level is one of a week ago from 7 days on', () => {
    const at = (days: number) => [entry(days * DAY, { coldMs: 40_000 }), entry(DAY, { coldMs: 50_000 })];
    expect([ladder(at(7)), ladder(at(6.999))]).toEqual([55, 30]);
  });
  test('the longer gap counts, by the wall or by running time', () => {
    const wall = entry(2 * DAY, { coldMs: 40_000, endedAtWallMs: NOW - 15 * DAY });
    const run = entry(2 * DAY, { coldMs: 40_000, endedAtMs: UP - 15 * DAY });
    const none = entry(2 * DAY, { coldMs: 40_000, endedAtMs: null, endedAtWallMs: NOW - 14 * DAY - 1 });
    expect([ladder([wall]), ladder([run]), ladder([none])]).toEqual([30, 30, 30]);
    const old = entry(10 * DAY, { coldMs: 45_000, endedAtMs: null, endedAtWallMs: NOW - 10 * DAY });
    expect(ladder([old])).toBe(50);
  });
});

// If these fail, a person gets more water than L9 and L10 allow, or cold steps grow faster than L13 lets them.
import { describe, expect, test } from 'vitest';
import type { GatePerson, LedgerEntry } from '../../machines/gate.ts';
import { coldLadderMs, gate } from '../../machines/gate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
/** How long this run has been going: less than most of the gaps. */
const UP = 2 * HOUR;
const NOW_BY_BOTH = { wallMs: NOW, atMs: UP };
const entry = (agoMs: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  session: `s${agoMs}`,
  endedAtMs: null,
  endedAtWallMs: NOW - agoMs,
  contactMs: 600_000,
  coldMs: 15_000,
  dose: 0.02,
  completed: true,
  symptom: false,
  ...more,
});
const person = (ledger: readonly LedgerEntry[], more: Partial<GatePerson> = {}): GatePerson => ({
  id: 'sam',
  screening: 'clear',
  profile: 'standard',
  ledger,
  lock: null,
  counts: true,
  ...more,
});
const codes = (who: GatePerson, latched: { code: string; message: string } | null = null) =>
  gate(who, { latched }, NOW, UP).map(({ code }) => code);

describe('the gate', () => {
  test.each<readonly [string, readonly LedgerEntry[], readonly string[]]>([
    ['nobody has been here', [], []],
    ['L9: 19 h 59 min ago', [entry(20 * HOUR - 60_000)], ['too_soon', 'too_many']],
    ['L10: one in 24 h', [entry(20 * HOUR)], ['too_many']],
    ['a day ago', [entry(DAY)], []],
    ['less than 60 s of contact does not count', [entry(HOUR, { contactMs: 59_999 })], []],
    ['60 s do', [entry(HOUR, { contactMs: 60_000 })], ['too_soon', 'too_many']],
    ['three in 7 days', [1, 2, 3].map((days) => entry(days * DAY)), []],
    ['L10: four in 7 days', [1, 2, 3, 6].map((days) => entry(days * DAY)), ['too_many']],
    ['the fourth is a week old', [1, 2, 3, 7].map((days) => entry(days * DAY)), []],
    [
      'a clock set forward: a session of this run is no older than its monotonic age',
      [entry(8 * DAY, { endedAtMs: UP - HOUR })],
      ['too_soon', 'too_many'],
    ],
    [
      'a computer that slept: the shorter age counts',
      [entry(HOUR, { endedAtMs: UP - 21 * HOUR })],
      ['too_soon', 'too_many'],
    ],
    ['a run of more than a day', [entry(DAY, { endedAtMs: UP - DAY })], []],
    ['a clock set back: a session in the future is just over', [entry(-3 * DAY)], ['too_soon', 'too_many']],
  ])('%s', (_, ledger, refused) => {
    expect(codes(person(ledger))).toEqual(refused);
  });

  test.each(['blocked', 'expired', 'missing'] as const)('a screening that is %s refuses', (screening) => {
    expect(codes(person([], { screening }))).toEqual(['screening']);
  });
  test('a latched fault refuses everybody, and first', () => {
    expect(codes(person([entry(HOUR)]), { code: 'too_warm', message: '42 C' })[0]).toBe('latched');
  });
  test('a simulated person has no yesterday', () => {
    expect(codes(person([entry(HOUR)], { counts: false }))).toEqual([]);
  });
});

describe('L13', () => {
  const every2Days = (...coldS: readonly number[]) =>
    coldS.map((s, i) => entry((coldS.length - i) * 2 * DAY, { coldMs: s * 1_000 }));
  test.each<readonly [string, readonly LedgerEntry[], number]>([
    ['the first time', [], 15],
    ['5 s more after a session', [entry(2 * DAY)], 20],
    ['not after one that was not completed', [entry(2 * DAY, { completed: false })], 15],
    ['at most 15 s more than a week ago', every2Days(15, 20, 25, 30), 30],
    ['with a week in between, 15 s more', every2Days(15, 20, 25, 30, 30, 35), 40],
    ['never over 60 s', every2Days(60, 60, 60, 60, 60), 60],
    ['a person who stays at 15 s starts from there', every2Days(45, 45, 45, 45, 15), 20],
    ['exactly 14 days off', [entry(30 * DAY, { coldMs: 45_000 }), entry(14 * DAY, { coldMs: 50_000 })], 55],
    [
      'more than 14 days off: 30 s',
      [entry(30 * DAY, { coldMs: 45_000 }), entry(14 * DAY + 1, { coldMs: 50_000 })],
      30,
    ],
    ['just 28 days off: 30 s', [entry(28 * DAY, { coldMs: 50_000 })], 30],
    ['more than 28 days off: 15 s', [entry(28 * DAY + 1, { coldMs: 50_000 })], 15],
    [
      'a gap in the past counts too',
      [entry(60 * DAY, { coldMs: 60_000 }), entry(2 * DAY, { coldMs: null })],
      15,
    ],
    [
      'a stop for a symptom: 15 s',
      [entry(9 * DAY, { coldMs: 45_000 }), entry(2 * DAY, { symptom: true, completed: false })],
      15,
    ],
    [
      'what was reached before a symptom is no level of a week ago',
      [
        entry(13 * DAY, { coldMs: 40_000 }),
        entry(10 * DAY, { coldMs: 35_000, symptom: true }),
        entry(2 * DAY, { coldMs: 60_000 }),
      ],
      30,
    ],
    [
      'nor what was reached before more than 14 days off',
      [
        entry(30 * DAY, { coldMs: 60_000 }),
        ...[30, 35, 40, 45].map((s, n) => entry((6 - n) * DAY, { coldMs: s * 1_000 })),
      ],
      45,
    ],
    ['a clock set back does not lengthen it', [entry(-3 * DAY, { coldMs: 40_000 })], 30],
    [
      'a clock set forward makes no week of a day',
      [
        entry(11 * DAY, { coldMs: 20_000, endedAtMs: UP - 8 * DAY }),
        entry(8 * DAY, { coldMs: 40_000, endedAtMs: UP - 1 * DAY }),
      ],
      35,
    ],
  ])('%s', (_, ledger, seconds) => {
    expect(coldLadderMs(ledger, NOW_BY_BOTH)).toBe(seconds * 1_000);
  });

  test('a symptom after the clock was set back still counts last', () => {
    const before = [9, 7, 5].map((days) => entry(days * DAY, { coldMs: 45_000 }));
    const symptom = entry(12 * DAY, { symptom: true, completed: false });
    expect(coldLadderMs([...before, symptom], NOW_BY_BOTH)).toBe(15_000);
    expect(coldLadderMs([symptom, ...before], NOW_BY_BOTH)).toBe(50_000);
  });

  test('the ledger is left as it is', () => {
    const ledger = every2Days(15, 20, 25);
    const copy = [...ledger];
    coldLadderMs(ledger, NOW_BY_BOTH);
    expect(ledger).toEqual(copy);
  });
});

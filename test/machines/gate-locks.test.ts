// If these fail, somebody goes back into the water within a day of a symptom or of too much heat, or is let in on a
// screening that says no, is too old, or was answered before the symptom.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENVELOPE } from '../../machines/envelope.ts';
import type { GatePerson, LedgerEntry, Lock, Screening } from '../../machines/gate.ts';
import {
  coldLadderMs,
  doseInDay,
  gate,
  lockedUntil,
  refuseDose,
  screenedToday,
} from '../../machines/gate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = { wallMs: 1_000 * DAY, atMs: 2 * HOUR };

const person = (more: Partial<GatePerson>): GatePerson => ({
  ...{ id: 'sam', screening: 'clear', profile: 'standard', ledger: [], lock: null, counts: true },
  ...more,
});
const codes = (who: GatePerson, now = NOW) =>
  gate(who, { latched: null }, now.wallMs, now.atMs).map(({ code }) => code);
const entry = (agoMs: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ session: `s${agoMs}`, endedAtMs: null, endedAtWallMs: NOW.wallMs - agoMs, contactMs: 600_000 },
  ...{ coldMs: 15_000, dose: 0.2, completed: true, symptom: false, ...more },
});

describe('a lock', () => {
  const ago = (ms: number): Lock => ({ code: 'symptom', sinceMs: NOW.atMs - ms });
  test.each([
    ['a moment ago', 0, ['locked']],
    ['23 h 59 min ago', DAY - 60_000, ['locked']],
    ['a day ago', DAY, []],
  ] as const)('that began %s', (_, ms, refused) => {
    expect(codes(person({ lock: ago(ms) }))).toEqual(refused);
    // A simulated person has no yesterday, but a symptom of today.
    expect(codes(person({ lock: ago(ms), counts: false }))).toEqual(refused);
  });

  test('no wall clock shortens or lengthens it (I16)', () => {
    const wall = fc.integer({ min: -5 * 365 * DAY, max: 5 * 365 * DAY });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * DAY }), wall, (ms, jumpMs) => {
        const jumped = { ...NOW, wallMs: NOW.wallMs + jumpMs };
        expect(codes(person({ lock: ago(ms) }), jumped)).toEqual(ms < DAY ? ['locked'] : []);
      }),
    );
  });

  test('its end is told, and none once it is over', () => {
    expect(lockedUntil(ago(HOUR), NOW.atMs)).toBe(NOW.atMs + 23 * HOUR);
    expect(lockedUntil(ago(DAY), NOW.atMs)).toBeNull();
    expect(lockedUntil(null, NOW.atMs)).toBeNull();
  });
});

describe('a screening (I10)', () => {
  const answered = (agoMs: number, more: Partial<Screening> = {}): Screening => ({
    ...{ result: 'clear', profile: 'standard', acknowledge: false, symptom: false },
    ...{ atWallMs: NOW.wallMs - agoMs, atMs: NOW.atMs - agoMs, ...more },
  });
  test.each<readonly [string, Screening | null, string]>([
    ['never', null, 'missing'],
    ['90 days ago', answered(90 * DAY), 'clear'],
    ['a millisecond more', answered(90 * DAY + 1), 'expired'],
    ['blocked', answered(DAY, { result: 'blocked' }), 'blocked'],
    ['a clinician is to be asked', answered(DAY, { acknowledge: true }), 'acknowledge'],
    ['before a symptom', answered(DAY, { symptom: true }), 'symptom'],
    ['a clock set back does not keep it young', answered(91 * DAY, { atWallMs: NOW.wallMs }), 'expired'],
    ['a clock set forward makes it old', answered(DAY, { atWallMs: NOW.wallMs - 91 * DAY }), 'expired'],
  ])('%s: %s', (_, screening, today) => {
    expect(screenedToday(screening, NOW.wallMs, NOW.atMs)).toBe(today);
    const refused = codes(person({ screening: screenedToday(screening, NOW.wallMs, NOW.atMs) }));
    expect(refused).toEqual(today === 'clear' ? [] : ['screening']);
  });
});

describe('the dose of 24 h (L12)', () => {
  test('sums what is younger than a day, by the shorter age', () => {
    const early = entry(25 * HOUR, { dose: 0.3 });
    const late = entry(23 * HOUR);
    expect(doseInDay([early, late], NOW.wallMs, NOW.atMs)).toBeCloseTo(0.2);
    const wound = entry(25 * HOUR, { endedAtMs: NOW.atMs - HOUR, dose: 0.1 });
    expect(doseInDay([late, wound], NOW.wallMs, NOW.atMs)).toBeCloseTo(0.3);
  });

  test.each([
    [0, ENVELOPE.doseDay, false],
    [0.5, 0.1, false],
    [0.5, 0.11, true],
    [0.61, 0, true],
  ])('%d before and %d planned', (before, planned, refused) => {
    expect(refuseDose(before, planned)?.code ?? null).toBe(refused ? 'heat_dose' : null);
  });
});

describe('the ledger, whatever is in it', () => {
  const entries = fc.array(
    fc
      .record({ agoMs: fc.integer({ min: 0, max: 40 * DAY }), coldS: fc.integer({ min: 15, max: 60 }) })
      .map(({ agoMs, coldS }) => entry(agoMs, { coldMs: coldS * 1_000 })),
    { maxLength: 8 },
  );

  test('another session never permits what was refused (I19)', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 10 * DAY }), (ledger, agoMs) => {
        const more = codes(person({ ledger: [...ledger, entry(agoMs)] }));
        for (const code of codes(person({ ledger }))) expect(more).toContain(code);
      }),
    );
  });

  test('after a symptom the cold step is 15 s (I20)', () => {
    fc.assert(
      fc.property(entries, (ledger) => {
        const symptom = entry(0, { contactMs: 0, coldMs: null, completed: false, symptom: true });
        expect(coldLadderMs([...ledger, symptom], NOW)).toBe(15_000);
      }),
    );
  });
});

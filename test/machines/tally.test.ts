// If these fail, a person's history tells of water that they were never in, or of less heat than they had, and the
// ledger that tomorrow's session is judged by is wrong.
import { describe, expect, test } from 'vitest';
import { doseOf } from '../../machines/envelope.ts';
import type { Tally } from '../../machines/tally.ts';
import {
  CHANGE_MS,
  noTally,
  tallyExposed,
  tallyReading,
  tallyStep,
  tallyStepEnd,
  tallyUnseen,
} from '../../machines/tally.ts';

const BAND = { minC: 36, maxC: 40 };
const NONE = noTally(5_000);
const warm = (tally: Tally = NONE, atMs = 0, index = 0) => tallyStep(tally, index, 'warm', BAND, atMs);

test('a session begins with nothing', () => {
  expect(NONE).toEqual({
    contactMs: 0,
    dose: 0,
    steps: [],
    running: null,
    exposedSinceMs: null,
    lastMs: null,
    lastC: null,
    readingMs: 5_000,
  });
});

describe('a step', () => {
  const empty = {
    index: 0,
    kind: 'warm',
    actualMs: 0,
    inBandMs: 0,
    count: 0,
    sumC: 0,
    minC: Infinity,
    maxC: -Infinity,
  };

  test('begins with nothing, and goes on with what it had', () => {
    const begun = warm(NONE, 1_000);
    expect([begun.steps, begun.running]).toEqual([[empty], { index: 0, sinceMs: 1_000, band: BAND }]);
    const ended = tallyStepEnd(begun, 7_000, 8_000);
    expect([ended.steps, ended.running]).toEqual([[{ ...empty, actualMs: 7_000 }], null]);
    const again = tallyStepEnd(warm(ended, 20_000), 3_000, 23_000);
    expect(again.steps).toEqual([{ ...empty, actualMs: 10_000 }]);
    const next = tallyStepEnd(warm(again, 30_000, 1), 2_000, 32_000);
    expect(next.steps).toEqual([
      { ...empty, actualMs: 10_000 },
      { ...empty, index: 1, actualMs: 2_000 },
    ]);
  });

  test('that never began does not end', () => {
    expect(tallyStepEnd(NONE, 7_000, 8_000)).toBe(NONE);
  });

  test('counts its water from 12 s on, and no other step’s', () => {
    expect(CHANGE_MS).toBe(12_000);
    let tally = warm(tallyStepEnd(warm(), 1_000, 1_000), 10_000, 1);
    tally = tallyReading(tally, 30, 21_999);
    expect(tally.steps[1]).toMatchObject({ count: 0, sumC: 0 });
    tally = tallyReading(tallyReading(tally, 37, 22_000), 39, 23_000);
    expect(tally.steps).toMatchObject([{ count: 0 }, { count: 2, sumC: 76, minC: 37, maxC: 39 }]);
    expect(tallyReading(tallyStepEnd(tally, 1_000, 24_000), 60, 40_000).steps).toMatchObject([
      { count: 0 },
      { count: 2, maxC: 39 },
    ]);
  });

  test('is in its band for the time that a reading in the band stands for', () => {
    let tally = tallyReading(warm(), 38, 0);
    tally = tallyReading(tally, 35, 3_000);
    expect(tally.steps[0]?.inBandMs).toBe(3_000);
    tally = tallyReading(tally, 38, 4_000);
    expect(tally.steps[0]?.inBandMs).toBe(3_000);
    // A reading is good for 5 s and no longer.
    tally = tallyReading(tally, 38, 60_000);
    expect(tally.steps[0]?.inBandMs).toBe(8_000);
    expect(tallyStepEnd(tally, 62_000, 62_000).steps[0]?.inBandMs).toBe(10_000);
  });

  test('is in its band for no longer than it has run', () => {
    const before = tallyReading(NONE, 38, 0);
    expect(tallyStepEnd(warm(before, 3_000), 1_000, 4_000).steps[0]?.inBandMs).toBe(1_000);
  });

  test('without a band is in none, and neither is one beside it', () => {
    const open = tallyStep(tallyStepEnd(warm(), 1_000, 1_000), 1, 'cold', null, 1_000);
    const tally = tallyReading(tallyReading(open, 38, 1_000), 38, 3_000);
    expect(tally.steps.map(({ inBandMs }) => inBandMs)).toEqual([0, 0]);
    const second = tallyReading(tallyReading(warm(tally, 3_000, 1), 38, 3_000), 38, 5_000);
    expect(second.steps.map(({ inBandMs }) => inBandMs)).toEqual([0, 2_000]);
  });
});

describe('contact', () => {
  test('is the time between permitted and not, whatever is said twice', () => {
    let tally = tallyExposed(NONE, false, 500);
    expect(tally).toBe(NONE);
    tally = tallyExposed(tally, true, 1_000);
    expect(tallyExposed(tally, true, 4_000)).toBe(tally);
    tally = tallyExposed(tally, false, 31_000);
    expect([tally.contactMs, tally.exposedSinceMs]).toEqual([30_000, null]);
    tally = tallyExposed(tallyExposed(tally, true, 40_000), false, 41_000);
    expect(tally.contactMs).toBe(31_000);
  });

  test('counts heat from its beginning to its end, at the reading before', () => {
    let tally = tallyExposed(tallyReading(NONE, 40, 0), true, 2_000);
    expect(tally.dose).toBe(0);
    tally = tallyReading(tally, 39, 5_000);
    expect(tally.dose).toBeCloseTo(doseOf(40, 3), 12);
    tally = tallyExposed(tally, false, 7_000);
    expect(tally.dose).toBeCloseTo(doseOf(40, 3) + doseOf(39, 2), 12);
    expect(tallyReading(tally, 40, 9_000).dose).toBe(tally.dose);
  });

  test('counts no heat before the first reading, nor backwards', () => {
    const first = tallyReading(tallyExposed(NONE, true, 0), 40, 3_000);
    expect([first.dose, first.lastMs, first.lastC]).toEqual([0, 3_000, 40]);
    expect(tallyReading(first, 40, 2_000).dose).toBe(0);
  });
});

describe('water that nothing measures any more', () => {
  test('keeps what was counted, and counts no more', () => {
    const read = tallyReading(tallyExposed(NONE, true, 0), 40, 0);
    const unseen = tallyUnseen(read, 2_000);
    expect([unseen.lastC, unseen.lastMs]).toEqual([null, 2_000]);
    expect(unseen.dose).toBeCloseTo(doseOf(40, 2), 12);
    expect(tallyExposed(unseen, false, 60_000).dose).toBe(unseen.dose);
    expect(tallyUnseen(unseen, 9_000)).toBe(unseen);
  });
});

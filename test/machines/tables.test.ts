// If these fail, the numbers that everything else rests on are not those of docs/safety.md: the envelope, the bands, the
// dose, and the patterns of light and sound.
import { describe, expect, test } from 'vitest';
import { bandOf, distance, warmTopOf, within } from '../../machines/band.ts';
import { CUES } from '../../machines/cues.ts';
import { refuseBeat } from '../../src/model/beat.ts';
import { DEFAULTS, ENVELOPE, TRIPS, doseOf } from '../../machines/envelope.ts';
import { noTally, tallyExposed, tallyReading, tallyStep, tallyStepEnd } from '../../machines/tally.ts';
import type { PlannedStep } from '../../src/model/plan.ts';
import { planOf } from './support.ts';

describe('the envelope', () => {
  test('is that of docs/safety.md', () => {
    expect(ENVELOPE).toMatchObject({
      ...{ warmMaxC: 40, coldMinC: 10, warmStepMs: 240_000, coldStepMs: 60_000, cyclesMin: 1, cyclesMax: 5 },
      ...{ warmContactMs: 1_200_000, coldContactMs: 300_000, sessionMs: 2_400_000, soakMs: 1_200_000 },
      ...{ sessionGapMs: 21_600_000, sessionsPerDay: 2, sessionsPerWeek: 7 },
      ...{ bandHoldMs: 10_000, purgeMs: 300_000, pauseMs: 120_000, readingAgeMs: 5_000, leaseMs: 30_000 },
      ...{ deadTimeMs: 4_000, lagMs: 5_000, scaldGuardMaxC: 41, scaldGuardMaxTwoThermometersC: 43 },
      limited: { warmMaxC: 38, coldMinC: 15, coldStepMs: 30_000, cyclesMax: 3 },
    });
    expect([TRIPS.t1.limitC, TRIPS.t2.ceilingC, TRIPS.t4.coldC, TRIPS.t4.veryColdC]).toEqual([
      43, 41.5, 8, 5,
    ]);
  });
  test('what ships is within it', () => {
    for (const key of [
      'warmStepMs',
      'coldStepMs',
      'sessionMs',
      'soakMs',
      'purgeMs',
      'pauseMs',
      'readingAgeMs',
      'sessionsPerDay',
      'sessionsPerWeek',
    ] as const)
      expect(DEFAULTS[key], key).toBeLessThanOrEqual(ENVELOPE[key]);
    expect(DEFAULTS.warmC).toBeLessThanOrEqual(ENVELOPE.warmMaxC);
    expect(DEFAULTS.coldC).toBeGreaterThanOrEqual(ENVELOPE.coldMinC);
    expect(DEFAULTS.sessionGapMs).toBeGreaterThanOrEqual(ENVELOPE.sessionGapMs);
    expect(DEFAULTS.cycles).toBeLessThanOrEqual(ENVELOPE.cyclesMax);
  });
});

describe('the dose', () => {
  test('20 min at 40 C are 0.15, and nothing counts at 36 C', () => {
    expect(doseOf(40, 1_200)).toBeCloseTo(0.15, 2);
    expect(doseOf(36, 1e9)).toBe(0);
  });

  test('adds up over readings, in contact only', () => {
    let tally = tallyReading(noTally(ENVELOPE.readingAgeMs), 40, 0);
    for (let s = 1; s <= 600; s += 1) tally = tallyReading(tally, 40, s * 1_000);
    expect(tally.dose).toBe(0);
    tally = tallyExposed(tally, true, 600_000);
    for (let s = 601; s <= 1_800; s += 1) tally = tallyReading(tally, 40, s * 1_000);
    tally = tallyExposed(tally, false, 1_800_000);
    expect(tally.dose).toBeCloseTo(0.15, 2);
    expect(tally.contactMs).toBe(1_200_000);
  });

  test('a reading stands as long as warm water may rest on it: 5 s on a stream, 15 s in a basin', () => {
    const doseFor = (readingMs: number): number =>
      tallyReading(tallyReading(tallyExposed(noTally(readingMs), true, 0), 40, 0), 40, 600_000).dose;
    expect(doseFor(ENVELOPE.readingAgeMs)).toBeCloseTo(doseOf(40, 5), 9);
    expect(doseFor(ENVELOPE.readingAgeBasinMs)).toBeCloseTo(doseOf(40, 15), 9);
  });
});

describe('the tally of a step', () => {
  const band = { minC: 36, maxC: 40 };
  test('leaves out the first 12 s, and sums over a pause', () => {
    let tally = tallyStep(noTally(ENVELOPE.readingAgeMs), 0, 'warm', band, 0);
    for (let s = 0; s <= 20; s += 1) tally = tallyReading(tally, s < 12 ? 20 : 38, s * 1_000);
    tally = tallyStepEnd(tally, 20_000, 20_000);
    tally = tallyStep(tallyReading(tally, 60, 50_000), 0, 'warm', band, 60_000);
    tally = tallyStepEnd(tally, 5_000, 65_000);
    expect(tally.steps).toMatchObject([{ actualMs: 25_000, minC: 38, maxC: 38, count: 9, inBandMs: 8_000 }]);
  });
});

describe('the band', () => {
  const [warm, cold] = planOf().steps;
  const of = (step: PlannedStep | undefined, plumbing: 'mixer' | 'two-valves') => {
    if (step === undefined) throw new Error('no step');
    return bandOf(plumbing, step, step.targetC);
  };
  test('L16: a mixer is held to its setpoint, two valves to the range', () => {
    expect(of(warm, 'mixer')).toEqual({ minC: 37, maxC: 39 });
    expect(of(cold, 'mixer')).toEqual({ minC: 13.5, maxC: 16.5 });
    expect(of(warm, 'two-valves')).toEqual({ minC: 35.7, maxC: 40.5 });
    expect(of(cold, 'two-valves')).toEqual({ minC: 8.5, maxC: 17.1 });
  });
  test('Tw is the setpoint, or the top of the warm band', () => {
    expect([warmTopOf('mixer', planOf()), warmTopOf('two-valves', planOf())]).toEqual([38, 40.5]);
    expect(warmTopOf('mixer', { ...planOf(), steps: [] })).toBe(40);
  });
  test('both ends are in it', () => {
    const band = { minC: 36, maxC: 40 };
    expect([35.9, 36, 40, 40.1].map((valueC) => within(valueC, band))).toEqual([false, true, true, false]);
    expect([35, 36, 38, 41.5].map((valueC) => distance(valueC, band))).toEqual([1, 0, 0, 1.5]);
  });
});

describe('cues', () => {
  test.each(Object.values(CUES))('$name neither flickers nor lasts', ({ sound, light }) => {
    for (const beat of [sound, light]) if (beat !== null) expect(refuseBeat(beat)).toBeNull();
  });
  test('warm, cold and end differ in count', () => {
    const counts = [CUES.warm, CUES.cold, CUES.end].map(({ sound }) => sound?.count);
    expect(new Set(counts).size).toBe(3);
  });
  test.each([
    [{ count: 2, onMs: 100, offMs: 200 }, 'more than 3 times'],
    [{ count: 11, onMs: 500, offMs: 500 }, 'longer than 10 s'],
  ])('%j is refused', (beat, why) => {
    expect(refuseBeat(beat)).toContain(why);
  });
});

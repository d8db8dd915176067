// If these fail, a detector is fooled by the hour: by a sensor of an odd period, by two that speak in turn, by a word that
// comes between two readings, or by something that is over; it then trips a healthy rig, or a sick one too late.
import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../src/model/want.ts';
import { IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const OLD = { readingAgeMs: 1e9 };
const TWO = { thermometers: ['t', 'u'], ...OLD };
const SENSES = { flowAgeMs: 5_000, travelMs: 500, float: 'overflow', mostLitres: null } as const;
const in38: Partial<Expectation> = { ...IN_WARM, targetC: null, warmTopC: 38 };
const warm = (settings = {}) => new WatchBench({ guardMaxC: null, ...OLD, ...settings }).expect(in38);
const flow = (to: WatchBench, lpm: number, afterMs: number): WatchBench => {
  to.to(to.atMs + afterMs);
  const reading = { kind: 'flow', device: 'm', valueLpm: lpm, takenAtMs: to.atMs } as const;
  return to.input({ type: 'sense', device: 'm', reading });
};

describe('T2', () => {
  test('two lower samples of one thermometer excuse nothing while the other one has not spoken again', () => {
    const bench = warm(TWO).reading(40, 0, 'u').reading(40, 100).reading(39, 500).reading(39, 500);
    expect(bench.to(3_100).said).toContain('T2 too_warm');
  });
  test('the limit of a warm-up holds for less than 15 s after it', () => {
    const at = (fromMs: number) => {
      const bench = warm({ plumbing: 'mixer' }).open('warm', 0).readings(times(11, 38));
      for (let atMs = bench.atMs; atMs < fromMs; atMs += 1_000) bench.reading(38, 1_000);
      return bench.readings(times(5, 40)).firstMs('too_warm');
    };
    // The warm-up is over at 11 s, and what is above from 25 s on is above the stricter limit from 26 s on.
    expect(at(24_000)).toBe(29_000);
  });
});

describe('T3', () => {
  const rise = (values: readonly number[], periodMs = 1_000, settings = {}) =>
    warm(settings)
      .readings(values, periodMs)
      .said.filter((one) => one.startsWith('T3'));
  test('1.9 K/s are no 2 K/s, whatever the period of the sensor', () => {
    const climb = (periodMs: number) =>
      Array.from({ length: 4 }, (_, i) => 36.5 + (i * 1.9 * periodMs) / 1_000);
    expect([900, 990, 1_000, 1_010].map((periodMs) => rise(climb(periodMs), periodMs))).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });
  test('water that was warm when it was first read has not risen', () => {
    expect(rise([39, 39, 39], 250)).toEqual([]);
  });
  test('a rise to just 38 C is not counted', () => {
    expect(rise([33, 35.5, 38, 40.5])).toEqual([]);
  });
  test('two thermometers that speak in turn and differ do not rise', () => {
    const bench = warm(TWO);
    for (let i = 0; i < 4; i += 1) bench.reading(38.5, 1_050).reading(36.3, 50, 'u');
    expect(bench.said.filter((one) => one.startsWith('T3'))).toEqual([]);
  });
});

describe('T7', () => {
  const metered = () => new WatchBench({ senses: SENSES, ...OLD });
  test('a meter is not silent at its age, also where something else is said just then', () => {
    const bench = flow(metered(), 0, 1_000).to(6_000).input({ type: 'clock' });
    expect(bench.told).toEqual([]);
  });
  test('a meter that falls silent is told by deadline, also while a valve is waited for', () => {
    const bench = metered().expect({ ...TEMPERING, targetC: null });
    bench.input({ type: 'sent', device: 'hot', action: 'open', side: 'warm', leaseMs: 1e9, targetC: null });
    flow(bench, 0, 1_000);
    expect([bench.to(6_000).told, bench.to(6_001).told]).toEqual([[], ['flow-silent']]);
  });
  test('a valve that shut by itself, its lease being over, owes no flow', () => {
    const bench = metered().expect(in38).open('warm');
    bench.input({ type: 'verified', device: 'hot', status: 'closed' });
    for (let i = 0; i < 8; i += 1) flow(bench, 0, 1_000);
    expect(bench.said).toEqual([]);
  });
});

describe('T9', () => {
  const BASIN = { basin: { volumeL: 8, drain: null, heater: 'heater' }, beside: ['heater'] };
  test('what was out of the band before anybody was in counts for nobody', () => {
    const bench = new WatchBench(OLD).expect({ ...TEMPERING, targetC: null }).open('warm', 0);
    bench.readings([38, ...times(10, 25.7)]).expect({ ...IN_WARM, targetC: null });
    expect(bench.readings([35]).said).toEqual([]);
  });
  test('the first reading with somebody in it counts no time before it', () => {
    const bench = new WatchBench(OLD).expect({ ...TEMPERING, targetC: null }).open('warm', 0);
    bench.readings(times(100, 38)).expect({ ...IN_WARM, targetC: null });
    expect(bench.readings([34.7]).said).toEqual([]);
  });
  test('a reading counts for the time since the one before, whatever is said between', () => {
    const off = (says: (bench: WatchBench) => unknown) => {
      const bench = warm().reading(38).to(500);
      says(bench);
      // 20.5 K s at each reading.
      bench.reading(15.2, 500).readings(times(5, 15.2));
      return bench.firstMs('out_of_band');
    };
    expect(off(() => undefined)).toBe(3_000);
    expect(off((bench) => bench.input({ type: 'clock' }))).toBe(3_000);
  });
  test('in a basin a portion more begins nothing anew, and need not bring it into its band in 30 s', () => {
    const held = {
      ...in38,
      basin: { operation: 'hold', side: 'warm', targetC: 38, band: null, toL: null, filledAtMs: null },
    } as const;
    const bench = new WatchBench({ ...BASIN, guardMaxC: null, ...OLD }).expect(held);
    // 10 K s at each reading.
    const off = (count: number) => bench.readings(times(count, 34.7), 10_000);
    bench.reading(38);
    expect(off(15).open('warm', 0).said).toEqual([]);
    expect([off(15).said, off(1).firstMs('out_of_band')]).toEqual([[], 310_000]);
    const cold = new WatchBench({ ...BASIN, guardMaxC: null, ...OLD }).expect(held).open('warm', 0);
    expect(cold.readings(times(7, 34.7), 5_000).said).toEqual([]);
  });
  test('what a heater has warmed reaches the thermometer for 15 s, and is no rise after them', () => {
    const bench = new WatchBench({ ...BASIN, ...OLD }).expect({}).open('warm').close('hot');
    const heat = (action: 'open' | 'close') =>
      bench.input({ type: 'sent', device: 'heater', action, side: null, leaseMs: 1e9, targetC: null });
    heat('open');
    bench.readings(times(30, 36));
    heat('close');
    expect(bench.readings([...times(10, 36), 37.5, ...times(30, 37.6)]).said).toEqual([]);
  });
});

describe('T12', () => {
  test('whoever has had it all stays out, from the first moment, and nobody out of the water is told', () => {
    const bench = new WatchBench(OLD).input({ type: 'session', cycles: 1, doseBefore: 0.6 }).reading(38);
    expect(bench.expect({ ...TEMPERING, targetC: null }).said).toEqual([]);
    expect(bench.expect(in38, 1_000).firstMs('heat_dose')).toBe(1_000);
  });
});

describe('half of it before a pause and half after it is not the whole', () => {
  const in41: Partial<Expectation> = { ...in38, warmTopC: null };
  const cold: Partial<Expectation> = { ...IN_COLD, targetC: null };
  const leg: Partial<Expectation> = { ...TEMPERING, targetC: null, band: null, leg: 0 };
  /** Half of it, what lies between, and half of it again: no trip. And the whole at once: a trip. */
  test.each<readonly [string, Partial<Expectation>, readonly number[], Partial<Expectation>, object]>([
    ['T1 over_temperature', in41, [43.1], {}, { guardMaxC: null }],
    ['T1 over_temperature', in41, [43.1], leg, {}],
    ['proof scald_guard_failed', { ...TEMPERING, targetC: null }, [42.1], {}, {}],
    ['T2 too_warm', in38, times(3, 39.8), {}, { guardMaxC: null }],
    ['T3 rising_too_fast', in41, [36, 38.5], {}, { guardMaxC: null }],
    ['T4 cold_water_too_cold', cold, [4.9], {}, {}],
    ['T4 cold_water_too_cold', cold, [7.5, 7.5, 7.5], {}, {}],
    ['T9 out_of_band', in38, [38, ...times(10, 31)], {}, {}],
  ])('%s', (said, during, half, between, settings) => {
    const bench = new WatchBench({ ...OLD, ...settings }).expect(during).readings(half);
    bench.expect(between, 100).to(bench.atMs + 70_000);
    bench.reading(30).expect(during, 100).readings(half);
    expect(bench.said).not.toContain(said);
    // A rise goes on where it was.
    const whole = said.startsWith('T3') ? [...half, 41] : [...half, ...half];
    expect(bench.readings(whole).said).toContain(said);
  });
  test('T5 thermometers_disagree', () => {
    const bench = new WatchBench(TWO).expect(in38).reading(38).reading(35.9, 0, 'u').to(2_000);
    bench.expect({}).to(10_000).expect(in38).to(12_000);
    expect(bench.said).toEqual([]);
    expect(bench.to(13_000).said).toEqual(['T5 thermometers_disagree']);
  });
});

// If these fail, a dry run goes on with water that a session would have been ended for, or a probe in a warm bucket
// watches over nobody.
import { describe, expect, test } from 'vitest';
import { IN_COLD, IN_WARM, WatchBench, times } from './support.ts';

const DRY = { exposed: false, rehearsed: true } as const;

describe('in a dry run the detectors of contact judge the water as if somebody were in', () => {
  test('T2: too warm', () => {
    const bench = new WatchBench().expect({ ...IN_WARM, ...DRY });
    bench.open('warm').readings(times(60, 38)).readings(times(5, 41.7));
    expect(bench.said[0]).toBe('T2 too_warm');
  });

  test('T3: rising too fast', () => {
    const bench = new WatchBench().expect({ ...IN_WARM, ...DRY });
    bench.open('warm').readings(times(60, 38)).readings([38.1, 40.3, 42.6]);
    expect(bench.said).toContain('T3 rising_too_fast');
  });

  test('T4: too cold', () => {
    const bench = new WatchBench().expect({ ...IN_COLD, ...DRY });
    bench.open('cold').readings([20, 12]).readings(times(5, 7.5));
    expect(bench.said).toContain('T4 cold_water_too_cold');
  });

  test('T9: not in band 30 s after the change', () => {
    const bench = new WatchBench().expect({ ...IN_WARM, ...DRY });
    bench.open('warm').readings(times(40, 33));
    expect(bench.said[0]).toBe('T9 out_of_band');
  });

  test('T11: a step that does not end', () => {
    const bench = new WatchBench().expect({ ...IN_WARM, ...DRY, stepOverMs: 20_000 });
    bench.open('warm').readings(times(25, 38));
    expect(bench.firstMs('step_too_long')).toBe(20_000);
  });

  test('nothing of it without a step', () => {
    const bench = new WatchBench().expect({ ...IN_WARM, exposed: false });
    bench.open('warm').readings(times(60, 38)).readings(times(5, 41.7));
    expect(bench.said).toEqual([]);
  });
});

describe('a probe in the warm one of two buckets', () => {
  const buckets = () => new WatchBench({ plumbing: 'cues', guardMaxC: null });

  test('T1: scalding, in a step of either bucket, on the second sample', () => {
    for (const step of [IN_WARM, IN_COLD]) {
      const bench = buckets().expect(step).readings([38, 43.2, 43.1]);
      expect(bench.said).toContain('T1 over_temperature');
      expect(bench.firstMs('over_temperature')).toBe(3_000);
    }
  });

  test('T2 and T3: a kettle poured in', () => {
    const slow = buckets().expect(IN_WARM).readings(times(5, 38)).readings(times(6, 41.8));
    expect(slow.said).toContain('T2 too_warm');
    expect(buckets().expect(IN_WARM).readings([38, 40.4, 42.7]).said).toContain('T3 rising_too_fast');
  });

  test('T5: silence, within the age of L20', () => {
    const bench = buckets().expect(IN_WARM).readings([38, 38]).to(20_000);
    expect(bench.said).toEqual(['T5 stale_reading']);
    expect(bench.firstMs('stale_reading')).toBe(5_001);
  });

  test('water that cools, or a step in the other bucket, is no fault', () => {
    const bench = buckets().expect(IN_WARM);
    bench.readings(Array.from({ length: 240 }, (_, second) => 38 - second / 40));
    expect(bench.said).toEqual([]);
    expect(buckets().expect(IN_COLD).readings(times(60, 38)).said).toEqual([]);
  });

  test('while nobody is in, hot water may be mixed', () => {
    expect(buckets().expect({}).readings(times(30, 55)).said).toEqual([]);
  });
});

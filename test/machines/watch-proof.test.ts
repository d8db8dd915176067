// If these fail, the proof test measures something else than the pipe between valve and feet, or takes water for settled
// that is not: what counts as a sample, a plateau, dead time and lag, on both sides of each number.
import { describe, expect, test } from 'vitest';
import { COLD_BAND, IN_COLD, TEMPERING, WatchBench, times } from './support.ts';

const OLD = { readingAgeMs: 1e9 };

describe('the proof test', () => {
  const leg = (n: number, side: 'warm' | 'cold', more = {}) => ({
    ...(side === 'warm' ? TEMPERING : { ...IN_COLD, exposed: false }),
    targetC: null,
    leg: n,
    ...more,
  });
  const cold = (values: readonly number[], settings = {}, more = {}) =>
    new WatchBench({ ...OLD, ...settings })
      .reading(38)
      .expect(leg(1, 'cold', more))
      .open('cold', 0)
      .readings(values);
  const steady = (bench: WatchBench) =>
    bench.edges.flatMap(({ atMs, edge }) => (edge.type === 'steady' ? [{ atMs, edge }] : []));

  test('tells the plateau, the dead time and the lag, without what the sensor itself takes', () => {
    // The first 1 K after 2 s, 63 % after 4 s.
    const values = [38, 37, 30, 20, 15, 15, 15, 15, 15];
    expect(steady(cold(values))[0]).toEqual({
      atMs: 8_000,
      edge: { type: 'steady', leg: 1, plateauC: 15, deadTimeMs: 2_000, lagMs: 2_000 },
    });
    expect(steady(cold(values, { repeatMs: 500 }))[0]?.edge).toMatchObject({
      deadTimeMs: 1_500,
      lagMs: 2_000,
    });
    expect(steady(cold(values, { repeatMs: 5_000 }))[0]?.edge).toMatchObject({ deadTimeMs: 0 });
  });

  test('a change of less than 10 K measures nothing but the plateau', () => {
    const from = (fromC: number) => {
      const bench = new WatchBench(OLD).reading(fromC).expect(leg(1, 'cold')).open('cold', 0);
      return steady(bench.readings([fromC, 20, ...times(5, 15)]))[0]?.edge;
    };
    expect(from(24.9)).toMatchObject({ deadTimeMs: null, lagMs: null });
    expect(from(25)).toMatchObject({ deadTimeMs: 2_000, lagMs: 1_000 });
  });

  test('a lag of 5 s is just short enough', () => {
    const bench = cold([37, 36, 35, 34, 33, ...times(4, 15)]);
    expect([steady(bench)[0]?.edge.lagMs, bench.said]).toEqual([5_000, []]);
  });

  test('a leg that was broken off is made anew, from no sample of before', () => {
    const bench = new WatchBench(OLD).reading(20).expect(leg(0, 'warm')).open('warm', 0);
    bench.readings(times(6, 38)).expect({}).close('hot', 0).reading(20, 1_000);
    expect(steady(bench)).toHaveLength(1);
    bench.expect(leg(0, 'warm')).open('warm', 0).readings(times(3, 38));
    expect(steady(bench)).toHaveLength(1);
    expect(steady(bench.readings([38]))).toHaveLength(2);
  });

  test('steady is 0.5 K over 3 s', () => {
    expect(steady(cold([20, 15, 15.5, 15, 15.5]))).toHaveLength(1);
    expect(steady(cold([20, 15, 15.6, 15, 15.6]))).toHaveLength(0);
    expect(steady(cold([20, 15, 15, 15, 15]))).toHaveLength(1);
    expect(steady(cold([20, 15, 15, 15]))).toHaveLength(0);
  });

  test.each([
    [1_250, 3_750],
    [1_249, 4_996],
    // Two readings are no plateau, however far apart.
    [2_600, undefined],
  ])('with a sensor that speaks every %s ms after %s ms', (periodMs, atMs) => {
    const bench = new WatchBench(OLD).reading(38).expect(leg(1, 'cold')).open('cold', 0);
    expect(steady(bench.readings(times(8, 15), periodMs))[0]?.atMs).toBe(atMs);
  });

  test('counts a sample from the moment that the valve was seen open, and none that was taken before it', () => {
    const late = (firstMs: number) => {
      const bench = new WatchBench(OLD).reading(38).expect(leg(1, 'cold')).open('cold', 5_000);
      for (let takenAtMs = firstMs; takenAtMs <= 12_000; takenAtMs += 1_000)
        bench.input(
          { type: 'temperature', device: 't', valueC: 15, takenAtMs },
          takenAtMs < 5_000 ? 0 : 1_000,
        );
      return steady(bench)[0]?.atMs;
    };
    expect([late(1_000), late(5_000), late(6_000)]).toEqual([9_000, 9_000, 9_000]);
  });

  test('water that nobody had measured before is believed after 10 s, and measures nothing', () => {
    const bench = new WatchBench(OLD).expect(leg(1, 'cold')).open('cold', 0).readings(times(12, 15));
    expect(steady(bench)).toEqual([
      { atMs: 10_000, edge: { type: 'steady', leg: 1, plateauC: 15, deadTimeMs: null, lagMs: null } },
    ]);
  });

  test('where no band is asked for, warm water is taken as it comes', () => {
    const plateau = (n: number) => {
      const bench = new WatchBench(OLD)
        .reading(20)
        .expect(leg(n, 'warm', { band: null }))
        .open('warm', 0);
      return [steady(bench.readings(times(6, 30)))[0]?.edge.plateauC, bench.said];
    };
    expect([plateau(0), plateau(2)]).toEqual([
      [30, []],
      [30, []],
    ]);
  });

  test('a cold supply near freezing is told as such where nothing has been proved before it', () => {
    expect(cold(times(12, 2)).said).toEqual(['proof cold_supply_too_cold']);
  });

  test('water that has moved by less than 1 K is believed after 10 s', () => {
    const at = (valueC: number) => {
      const bench = new WatchBench(OLD).reading(16).expect(leg(1, 'cold')).open('cold', 0);
      return steady(bench.readings(times(12, valueC)))[0]?.atMs;
    };
    expect([at(15), at(15.1)]).toEqual([4_000, 10_000]);
  });

  test.each([
    // Two valves: the range of the step, widened by 1.5 K in the band.
    [{ minC: 13, maxC: 17 }, 'two-valves', 14.5, true],
    [{ minC: 13, maxC: 17 }, 'two-valves', 14.4, false],
    [{ minC: 13, maxC: 17 }, 'mixer', 10, true],
    [{ minC: 13, maxC: 17 }, 'mixer', 9.9, false],
    [null, 'two-valves', 10, true],
    [null, 'two-valves', 9.9, false],
    [COLD_BAND, 'two-valves', 24, true],
    [COLD_BAND, 'two-valves', 24.1, false],
  ] as const)('a cold leg of %j on %s at %s C is fit: %s', (band, plumbing, valueC, fit) => {
    const bench = cold([20, ...times(6, valueC)], { plumbing }, { band });
    expect([steady(bench).length, bench.said.length]).toEqual(fit ? [1, 0] : [0, 1]);
  });

  test('the two supplies must differ by 3 K', () => {
    const differ = (warmC: number, coldC: number) => {
      const bench = new WatchBench({ ...OLD, guardMaxC: null })
        .reading(15)
        .expect(leg(2, 'warm'))
        .open('warm', 0);
      bench.readings(times(5, warmC)).expect(leg(1, 'cold')).close('hot', 0).open('cold', 0);
      return bench.readings(times(12, coldC)).said;
    };
    expect([differ(24, 21), differ(24, 21.1)]).toEqual([[], ['proof no_effect']]);
  });

  test('the warm leg may be as warm as its band, and the purge waits for it', () => {
    const warm = (n: number, valueC: number) => {
      const bench = new WatchBench(OLD).reading(20).expect(leg(n, 'warm')).open('warm', 0);
      bench.readings(times(6, valueC));
      return [steady(bench).length, bench.said.length];
    };
    expect([warm(2, 40.5), warm(2, 40.6), warm(0, 35.7), warm(0, 35.6), warm(2, 35.6)]).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
  });

  test('a sample from before the valve was seen open counts for nothing', () => {
    const bench = new WatchBench(OLD).reading(38).expect(leg(1, 'cold'));
    bench.input({ type: 'sent', device: 'cold', action: 'open', side: 'cold', leaseMs: 1e9, targetC: null });
    bench.input({ type: 'ack', device: 'cold', leaseMs: 1e9 });
    bench.readings(times(6, 15));
    expect(steady(bench)).toEqual([]);
    bench.input({ type: 'verified', device: 'cold', status: 'open' }).readings(times(3, 15));
    expect(steady(bench)).toHaveLength(0);
    expect(steady(bench.readings([15]))).toHaveLength(1);
    // Once told it is told.
    expect(steady(bench.readings(times(5, 15)))).toHaveLength(1);
  });
});

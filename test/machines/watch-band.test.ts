// If these fail, contact is permitted in water that nobody has measured, or the proof test passes a supply, a pipe or a
// valve that no foot should be put under: L15, L22 and the legs.
import { describe, expect, test } from 'vitest';
import type { Expectation } from '../../src/model/want.ts';
import { IN_COLD, TEMPERING, WARM_BAND, WatchBench, times } from './support.ts';

const tempering = () => new WatchBench().expect(TEMPERING).open('warm');

describe('L15', () => {
  test.each([1_000, 250])('10 s of readings in band, one every %s ms, and not before', (periodMs) => {
    const count = 10_000 / periodMs;
    expect(tempering().readings(times(count, 38), periodMs).told).toEqual([]);
    expect(tempering().readings(times(count + 1, 38), periodMs).told).toEqual(['banded']);
  });
  test('one reading outside begins anew', () => {
    expect(tempering().readings([...times(9, 38), 35.6, ...times(10, 38)]).told).toEqual([]);
    expect(tempering().readings([...times(9, 38), 35.6, ...times(11, 38)]).told).toEqual(['banded']);
  });
  test('steady within 1 K both ways', () => {
    const drift = Array.from({ length: 12 }, (_, i) => 36 + i * 0.25);
    expect(tempering().readings(drift).told).toEqual([]);
    expect(tempering().readings(drift.map((valueC) => 38 + (valueC - 36) / 2)).told).toEqual(['banded']);
  });
  test('it is said when it is over', () => {
    expect(tempering().readings([...times(11, 38), 41]).told).toEqual(['banded', 'unbanded']);
  });
  test('standing water in band is not the water that will come', () => {
    expect(new WatchBench().expect(TEMPERING).readings(times(30, 38)).told).toEqual([]);
  });
  test('nor is what was left when the valve closed', () => {
    expect(tempering().close('hot').readings(times(30, 38)).told).toEqual([]);
  });
  test('an open that is not verified counts for nothing', () => {
    const bench = new WatchBench().expect(TEMPERING);
    bench.input({ type: 'sent', device: 'hot', action: 'open', side: 'warm', leaseMs: 1e9, targetC: null });
    expect(bench.readings(times(30, 38)).told).toEqual([]);
  });
  test('the band of before a pause does not count after it', () => {
    const bench = tempering().readings(times(11, 38)).expect({}, 500).close('hot');
    bench.edges = [];
    bench.readings(times(3, 38)).expect(TEMPERING).open('warm').readings(times(10, 38));
    expect(bench.told).toEqual([]);
    expect(bench.readings([38]).told).toEqual(['banded']);
  });
  test('a controller that hung hears late, and what came meanwhile counts for nothing', () => {
    // The first reading after it is young again, and T5 never had its turn.
    const bench = tempering().readings(times(8, 38));
    bench.atMs += 4_000;
    expect(bench.readings(times(10, 38)).told).toEqual([]);
    expect(bench.readings([38]).told).toEqual(['banded']);
    bench.atMs += 4_000;
    expect(bench.readings([38]).told).toEqual(['banded', 'unbanded']);
    expect(bench.trips).toEqual([]);
  });
  test('from the moment that it is told to close the water is not what was offered', () => {
    const bench = tempering().readings(times(11, 38));
    bench.input({ type: 'sent', device: 'hot', action: 'close', side: null, leaseMs: 0, targetC: null });
    expect(bench.readings([38]).told).toEqual(['banded', 'unbanded']);
    expect(bench.readings(times(30, 38)).told).toEqual(['banded', 'unbanded']);
  });
  test('water that is opened once more is held from the beginning, and that is said', () => {
    const bench = tempering().readings(times(11, 38)).close('hot').open('warm');
    expect(bench.told).toEqual(['banded', 'unbanded']);
    expect(bench.readings(times(10, 38)).told).toEqual(['banded', 'unbanded']);
    expect(bench.readings([38]).told).toEqual(['banded', 'unbanded', 'banded']);
  });
  test('of two thermometers both must be in it', () => {
    const bench = new WatchBench({ thermometers: ['t', 'u'] }).expect(TEMPERING).open('warm');
    for (let i = 0; i < 20; i += 1) bench.reading(36.5, 500).reading(35.6, 500, 'u');
    expect(bench.told).toEqual([]);
    for (let i = 0; i < 12; i += 1) bench.reading(38.8, 500).reading(37, 500, 'u');
    expect(bench.told).toEqual(['banded']);
  });
  test('cold tap water that is as cold as it gets counts', () => {
    const bench = new WatchBench()
      .expect({ ...IN_COLD, exposed: false, coldPlateauC: 20 })
      .reading(38)
      .open('cold');
    expect(bench.readings(times(11, 20)).told).toEqual(['banded']);
  });
});

/** A leg: what is expected, and the water from the moment that the valve is verified open. */
const leg = (n: number, side: 'warm' | 'cold'): Partial<Expectation> => ({
  ...(side === 'warm' ? TEMPERING : { ...IN_COLD, exposed: false }),
  leg: n,
});
/** From `a` towards `b` after a dead time, first order. */
const curve = (
  a: number,
  b: number,
  deadMs: number,
  lagMs: number,
  periodMs = 1_000,
  forMs = 30_000,
): number[] =>
  Array.from({ length: Math.floor(forMs / periodMs) }, (_, i) => {
    const t = (i + 1) * periodMs - deadMs;
    return t <= 0 ? a : b + (a - b) * Math.exp(-t / lagMs);
  });

function legs(
  coldC = 12,
  { deadMs = 1_500, lagMs = 2_000, warmC = 38, periodMs = 1_000, settings = {} } = {},
): WatchBench {
  const bench = new WatchBench(settings);
  bench
    .reading(20)
    .expect(leg(0, 'warm'))
    .open('warm')
    .readings(curve(20, warmC, 5_000, 2_000, periodMs), periodMs);
  if (bench.trips.length > 0) return bench;
  bench
    .expect(leg(1, 'cold'))
    .close('hot')
    .open('cold')
    .readings(curve(warmC, coldC, deadMs, lagMs, periodMs), periodMs);
  if (bench.trips.length > 0) return bench;
  return bench
    .expect(leg(2, 'warm'))
    .close('cold')
    .open('warm')
    .readings(curve(coldC, warmC, deadMs, lagMs, periodMs), periodMs);
}
const steady = (bench: WatchBench) =>
  bench.edges.flatMap(({ edge }) => (edge.type === 'steady' ? [edge] : []));

describe('the proof test', () => {
  test('finds both plateaus, the dead time and the lag', () => {
    const bench = legs();
    expect(bench.said).toEqual([]);
    const [purge, cold, warm] = steady(bench);
    expect(purge).toMatchObject({ leg: 0, deadTimeMs: null });
    expect(cold?.plateauC).toBeCloseTo(12, 0);
    expect(warm?.plateauC).toBeCloseTo(38, 0);
    expect(Math.abs((warm?.deadTimeMs ?? 0) - 1_500)).toBeLessThanOrEqual(1_000);
    expect(Math.abs((warm?.lagMs ?? 0) - 2_000)).toBeLessThanOrEqual(1_000);
  });

  test.each([250, 1_000, 1_020, 1_100, 1_200, 1_400])('settles with a sample every %s ms', (periodMs) => {
    expect(steady(legs(12, { periodMs })).map((edge) => edge.leg)).toEqual([0, 1, 2]);
  });

  test('settles with two thermometers that differ by more than the water moves', () => {
    const bench = new WatchBench({ thermometers: ['t', 'u'] })
      .reading(20)
      .reading(18.8, 0, 'u')
      .expect(leg(0, 'warm'))
      .open('warm');
    for (const valueC of curve(20, 38, 5_000, 2_000))
      bench.reading(valueC, 500).reading(valueC - 1.2, 500, 'u');
    expect(steady(bench)).toHaveLength(1);
  });

  test.each([
    [10.1, []],
    [9.5, ['proof cold_supply_too_cold']],
    [22, []],
    [36, ['proof no_effect']],
  ])('a cold supply of %s C', (coldC, said) => {
    expect(legs(coldC).said.filter((one) => one.startsWith('proof'))).toEqual(said);
  });

  test('the lower of two thermometers decides whether the cold is too cold', () => {
    const bench = new WatchBench({ thermometers: ['t', 'u'] })
      .reading(38)
      .reading(37, 0, 'u')
      .expect(leg(1, 'cold'))
      .open('cold');
    for (const valueC of curve(38, 10.5, 1_500, 2_000))
      bench.reading(valueC, 500).reading(valueC - 1, 500, 'u');
    expect(bench.said[0]).toBe('proof cold_supply_too_cold');
  });

  test.each([
    ['a warm supply above its band', { warmC: 41.2 }, ['proof warm_supply_too_warm']],
    ['a warm supply at the top of it', { warmC: 40.4 }, []],
    ['a dead time of 3 s', { deadMs: 3_000 }, []],
    ['a dead time of 6 s', { deadMs: 6_000 }, ['proof dead_time_too_long']],
    ['a lag of 4 s', { lagMs: 4_000 }, []],
  ])('%s', (_, more, said) => {
    expect(legs(12, more).said).toEqual(said);
  });

  test('a lag of 7 s is too long', () => {
    const bench = new WatchBench()
      .reading(38)
      .expect(leg(1, 'cold'))
      .open('cold')
      .readings(curve(38, 12, 1_000, 7_000, 1_000, 60_000));
    expect(bench.said).toContain('proof lag_too_long');
  });

  test('the purge waits while the water is colder than it should be', () => {
    const bench = new WatchBench()
      .reading(20)
      .expect(leg(0, 'warm'))
      .open('warm')
      .readings(times(40, WARM_BAND.minC - 1));
    expect(bench.told).toEqual([]);
  });

  test('water that has not moved yet is not settled before 10 s', () => {
    const bench = new WatchBench().reading(38).expect(leg(0, 'warm')).open('warm').readings(times(9, 38));
    expect(bench.told).toEqual([]);
    expect(bench.readings(times(2, 38)).told).toEqual(['steady']);
  });

  test('a second session begins from nothing', () => {
    const bench = legs().expect({}).close('hot').input({ type: 'session', cycles: 3, doseBefore: 0 });
    bench.edges = [];
    bench.expect(leg(0, 'warm'), 60_000).reading(20).open('warm').readings([20, 20, 20]);
    expect(bench.told).toEqual([]);
  });
});

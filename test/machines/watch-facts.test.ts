// If these fail, contact is permitted in water that is still changing, water that was switched passes for water that was
// held, or a reading that is none counts: what the watch notes of the water, and L15 on both sides of its numbers.
import { describe, expect, test } from 'vitest';
import {
  NO_FACTS,
  NO_SENSES,
  coldest,
  hottest,
  hottestSince,
  isJudged,
  isPlausible,
  isWarmTapWater,
} from '../../machines/watch/facts.ts';
import type { Facts } from '../../machines/watch/facts.ts';
import { NOTHING_EXPECTED } from '../../src/model/want.ts';
import { COLD_BAND, IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const OLD = { readingAgeMs: 1e9 };
const tempering = () => new WatchBench(OLD).expect({ ...TEMPERING, targetC: null }).open('warm');
const BASIN = { ...OLD, basin: { volumeL: 8, drain: null, heater: null } };
const does = (operation: 'fill' | 'settle' | 'hold' | 'let' | 'top' | 'rest') => ({
  ...TEMPERING,
  targetC: null,
  basin: {
    operation,
    side: 'warm',
    targetC: 38,
    band: null,
    toL: null,
    filledAtMs: null,
  } as const,
});

describe('L15', () => {
  test('steady is 2 K from end to end, and no more', () => {
    const between = (low: number, high: number) =>
      tempering().readings(Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? low : high))).told;
    expect(between(37, 39)).toEqual(['banded']);
    expect(between(37, 39.1)).toEqual([]);
    expect(between(39, 37)).toEqual(['banded']);
    expect(between(39.1, 37)).toEqual([]);
  });

  test('what was held and then moves is held no more, though it stays in its band', () => {
    const held = () => tempering().readings(times(11, 37));
    expect(held().readings([38, 39]).told).toEqual(['banded']);
    expect(held().readings([38, 39.1]).told).toEqual(['banded', 'unbanded']);
    // The last 10 s count: slowly, it may go further.
    expect(held().readings(Array.from({ length: 30 }, (_, i) => 37 + i * 0.1)).told).toEqual(['banded']);
  });

  test('of each thermometer by itself', () => {
    const bench = new WatchBench({ ...OLD, thermometers: ['t', 'u'] })
      .expect({ ...TEMPERING, targetC: null })
      .open('warm');
    for (let second = 0; second < 12; second += 1) bench.reading(39, 500).reading(36.9, 500, 'u');
    expect(bench.told).toEqual(['banded']);
    bench.reading(38.9, 500).reading(39, 500, 'u');
    expect(bench.told).toEqual(['banded', 'unbanded']);
  });

  test('goes on over a word of the session where the band stays, and begins anew where it does not', () => {
    const nine = () => tempering().readings(times(9, 38));
    const same = { ...TEMPERING, targetC: null };
    expect(nine().expect(same).readings(times(2, 38)).told).toEqual(['banded']);
    expect(
      nine()
        .expect({ ...same, band: { minC: 35, maxC: 40.5 } })
        .readings(times(2, 38)).told,
    ).toEqual([]);
    expect(
      nine()
        .expect({ ...same, band: { minC: 35.7, maxC: 41 } })
        .readings(times(2, 38)).told,
    ).toEqual([]);
    expect(
      nine()
        .expect({ ...same, leg: 1 })
        .expect(same)
        .readings(times(2, 38)).told,
    ).toEqual([]);
    expect(
      nine()
        .expect({ ...same, active: false })
        .expect(same)
        .open('warm')
        .readings(times(2, 38)).told,
    ).toEqual([]);
  });

  test('begins anew with an open, on a stream, and goes on with a renewal', () => {
    const nine = () => tempering().readings(times(9, 38));
    const sent = (action: 'open' | 'renew') =>
      ({ type: 'sent', device: 'hot', action, side: 'warm', leaseMs: 1e9, targetC: null }) as const;
    expect(nine().input(sent('renew')).readings(times(2, 38)).told).toEqual(['banded']);
    expect(
      nine()
        .input(sent('open'))
        .input({ type: 'verified', device: 'hot', status: 'open' })
        .readings(times(2, 38)).told,
    ).toEqual([]);
  });

  test.each([
    ['hold', true],
    ['let', true],
    ['top', true],
    ['fill', false],
    ['settle', false],
    ['rest', false],
  ] as const)('in a basin that does %s: %s, with nothing running', (operation, held) => {
    const bench = new WatchBench(BASIN).expect(does(operation)).readings(times(12, 38));
    expect(bench.told.includes('banded')).toBe(held);
  });

  test('in a basin a portion more does not begin it anew', () => {
    const bench = new WatchBench(BASIN)
      .expect(does('hold'))
      .readings(times(6, 38))
      .open('warm')
      .readings(times(5, 38));
    expect(bench.told).toContain('banded');
  });
});

describe('what is noted', () => {
  test('a reading is plausible from 0 to 70 C, but for the error values of a sensor', () => {
    expect([0, 70, 84.9, -0.1, 70.1, 85, -127, 127.94, Number.NaN, Infinity].map(isPlausible)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  const of = (...values: readonly (readonly [string, number, number])[]): Facts => ({
    ...NO_FACTS,
    latest: Object.fromEntries(
      values.map(([device, valueC, takenAtMs]) => [device, { device, valueC, takenAtMs }]),
    ),
  });
  test('the hottest and the coldest, and lately', () => {
    const facts = of(['a', 36, 1_000], ['b', 38, 500], ['c', 37, 2_000]);
    expect([hottest(facts), coldest(facts), hottest(NO_FACTS), coldest(NO_FACTS)]).toEqual([
      38,
      36,
      null,
      null,
    ]);
    expect([500, 501, 1_001, 2_001].map((sinceMs) => hottestSince(facts, sinceMs))).toEqual([
      38,
      37,
      37,
      null,
    ]);
  });

  test('cold tap water that is warm is excused by what was measured, or by having moved 3 K', () => {
    const cold = (
      valueC: number,
      more: object,
      fromC: number | null = null,
      side: 'warm' | 'cold' = 'cold',
    ) =>
      isWarmTapWater({
        ...of(['t', valueC, 0]),
        expectation: { ...NOTHING_EXPECTED, side, band: COLD_BAND, ...more },
        change: { sentAtMs: 0, verifiedAtMs: 0, side, fromC, from: {} },
      });
    expect([22, 22.01].map((valueC) => cold(valueC, { coldPlateauC: 20 }))).toEqual([true, false]);
    expect([21, 21.01].map((valueC) => cold(valueC, {}, 24))).toEqual([true, false]);
    expect(cold(20, {})).toBe(false);
    // In its band it needs no excuse, and warm water gets none.
    expect(cold(17.1, { coldPlateauC: 17 })).toBe(false);
    expect(cold(17.2, { coldPlateauC: 17 })).toBe(true);
    expect(cold(41, { band: { minC: 36, maxC: 40 } }, 50, 'warm')).toBe(false);
    expect(cold(22, { band: null, coldPlateauC: 22 })).toBe(false);
  });

  test('water is judged for whoever is in it, beside it, or to come into what is filled', () => {
    const judged = (more: object) => isJudged({ ...NO_FACTS, expectation: { ...NOTHING_EXPECTED, ...more } });
    expect([
      judged({}),
      judged({ exposed: true }),
      judged({ rehearsed: true }),
      judged({ beside: true }),
    ]).toEqual([false, true, true, true]);
    expect([judged(does('fill')), judged({ ...does('hold'), exposed: false })]).toEqual([true, false]);
  });

  test('of valves that open and close, and of what stands beside them', () => {
    const bench = new WatchBench({ ...OLD, thermometers: [], beside: ['master'] });
    const facts = () => {
      const { open, wanted, closedSinceMs, toldShutMs, lastSide } = bench.state.facts;
      return { open, wanted, closedSinceMs, toldShutMs, lastSide };
    };
    bench.open('warm', 500, 'master');
    expect(facts()).toEqual({
      open: [],
      wanted: [],
      closedSinceMs: null,
      toldShutMs: -Infinity,
      lastSide: null,
    });
    bench.open('warm');
    expect(facts()).toMatchObject({ open: ['hot'], wanted: ['hot'], toldShutMs: null, lastSide: 'warm' });
    bench.open('cold');
    bench.input({ type: 'sent', device: 'hot', action: 'renew', side: 'warm', leaseMs: 1e9, targetC: null });
    bench.input({ type: 'ack', device: 'hot', leaseMs: 1e9 });
    expect(facts()).toMatchObject({ wanted: ['hot', 'cold'], lastSide: 'cold' });
    expect([...bench.state.facts.open].sort()).toEqual(['cold', 'hot']);
    bench.close('hot');
    expect(facts()).toMatchObject({
      open: ['cold'],
      wanted: ['cold'],
      closedSinceMs: null,
      toldShutMs: null,
    });
    const { atMs } = bench;
    bench.close('cold');
    expect(facts()).toMatchObject({ open: [], wanted: [], closedSinceMs: atMs + 500, toldShutMs: atMs });
    bench.close('cold', 1_000);
    expect(facts()).toMatchObject({ closedSinceMs: atMs + 500, toldShutMs: atMs });
    expect(NO_SENSES).toEqual({ flowAgeMs: null, travelMs: 0, float: 'overflow', mostLitres: null });
  });

  test('a warm-up lasts until 10 s in band, at most 30 s, and ends with the session', () => {
    const warmUp = (bench: WatchBench) => {
      const { warmUpFromMs, warmUpEndedMs } = bench.state.facts;
      return [warmUpFromMs, warmUpEndedMs];
    };
    const at = () =>
      new WatchBench({ ...OLD, guardMaxC: null }).expect({ ...IN_WARM, targetC: null }).open('warm', 0);
    expect(warmUp(at().readings(times(10, 38)))).toEqual([0, null]);
    expect(warmUp(at().readings(times(11, 38)))).toEqual([null, 11_000]);
    expect(warmUp(at().readings(times(29, 30)))).toEqual([0, null]);
    expect(warmUp(at().readings(times(30, 30)))).toEqual([null, 30_000]);
    expect(warmUp(at().readings([30]).expect({}))).toEqual([null, null]);
    const cold = at().readings(times(11, 38)).expect(IN_COLD).open('cold', 0);
    expect(warmUp(cold)).toEqual([null, 11_000]);
  });
});

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

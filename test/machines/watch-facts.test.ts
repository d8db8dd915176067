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

  test('a valve that shuts by itself, its lease being over, runs no water that could be held', () => {
    const bench = tempering().readings(times(5, 38));
    bench.input({ type: 'verified', device: 'hot', status: 'closed' });
    expect(bench.readings(times(20, 38)).told).toEqual([]);
  });

  test('a thermometer that was silent begins it anew, though the other one was not', () => {
    const bench = new WatchBench({ thermometers: ['t', 'u'] })
      .expect({ ...TEMPERING, targetC: null })
      .open('warm');
    const heard = (from: number, to: number, isSilent: boolean) => {
      for (let second = from; second < to; second += 1) {
        bench.reading(38, 500);
        if (isSilent) bench.to(bench.atMs + 500);
        else bench.reading(38, 500, 'u');
      }
      return bench.told;
    };
    heard(0, 4, false);
    heard(4, 8, true);
    expect(heard(8, 17, false)).not.toContain('banded');
    expect(heard(17, 19, false)).toContain('banded');
  });

  test('readings as far apart as L20 allows belong together, and no further', () => {
    const apart = (periodMs: number) =>
      new WatchBench()
        .expect({ ...TEMPERING, targetC: null })
        .open('warm')
        .readings(times(6, 38), periodMs);
    expect(apart(3_000).told).toContain('banded');
    expect(apart(3_001).told).not.toContain('banded');
  });

  test('the 10 s begin with a reading: what moved just within them counts', () => {
    // A sensor of a little over a second: the reading that the 10 s began with is 10.02 s old.
    const bench = tempering().readings([36.5, ...times(9, 38)], 1_002);
    expect(bench.readings([38.6], 1_002).told).toEqual([]);
    expect(bench.readings([38.6], 1_002).told).toEqual(['banded']);
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

describe('a portion more in a basin with somebody in it', () => {
  test.each([
    ['hold', ['T2 too_warm']],
    ['fill', []],
  ] as const)('while it does %s', (operation, said) => {
    // A filling may be warm for as long as it takes; what is let into water with feet in it excuses nothing.
    const bench = new WatchBench(BASIN)
      .expect({ ...does(operation), exposed: true, warmTopC: 39 })
      .reading(38);
    expect(bench.open('warm').readings(times(5, 41)).said.slice(0, 1)).toEqual(said);
  });
});

test('a valve that opens after the session has gone is noted, and is no change that anybody asked for', () => {
  const bench = tempering().expect({});
  bench.input({ type: 'verified', device: 'hot', status: 'open' });
  expect([bench.state.facts.open, bench.state.facts.change]).toEqual([['hot'], null]);
});

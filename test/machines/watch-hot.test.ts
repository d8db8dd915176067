// If these fail, water that scalds is noticed late or not at all: T1, T2, T3 and the measured scald guard.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const TWO = { thermometers: ['t', 'u'] };
/** In warm water, long past any warm-up, with a reading a second of 38 C. */
const warm = (settings = {}) => new WatchBench(settings).expect(IN_WARM).reading(38);

describe('T1', () => {
  test.each([
    ['two samples of 43.0', [43, 43], ['T1 over_temperature']],
    ['one sample is none', [43, 42.9, 43, 42.9], []],
    ['42.9 for ever is left to T2', [42.9, 42.9], []],
    ['85.00 is no reading', [85, 85, 85], []],
    ['nor is anything over 70', [71, 127.94, 90], []],
  ])('%s', (_, values, said) => {
    const bench = warm().readings(values, 250);
    expect(bench.said.filter((one) => one.startsWith('T1'))).toEqual(said);
  });

  test.each([250, 1_000])('trips with the second sample, at one every %s ms', (periodMs) => {
    const bench = warm().readings([43, 43], periodMs);
    expect(bench.firstMs('over_temperature')).toBe(2 * periodMs);
    expect(bench.trips.find(({ trip }) => trip.detector === 'T1')?.trip).toMatchObject({
      latch: true,
      response: 'abort',
    });
  });

  test('not at rest, where the reading is of a room or a kettle', () => {
    expect(new WatchBench().expect({}).readings([50, 50, 50]).said).toEqual([]);
  });

  test('but wherever a valve is not known to be closed', () => {
    expect(new WatchBench().open('warm').readings([50, 50]).said).toContain('T1 over_temperature');
  });

  test('the good readings of a second thermometer excuse nothing', () => {
    const bench = warm(TWO).reading(41.5, 100, 'u');
    for (let i = 0; i < 2; i += 1) bench.reading(43.2, 500).reading(41.6, 400, 'u');
    expect(bench.said).toContain('T1 over_temperature');
  });

  test('one sample of each of two thermometers is two', () => {
    const bench = warm(TWO).reading(43.2, 500, 'u').reading(43.1, 400);
    expect(bench.said).toContain('T1 over_temperature');
  });

  test('in the proof test a guard of 43 C is allowed its own margin', () => {
    const bench = new WatchBench({ guardMaxC: 43 }).expect({ ...TEMPERING, leg: 0 }).readings([43.9, 43.9]);
    expect(bench.said).toEqual([]);
    expect(bench.readings([44.1, 44.1]).said).toContain('proof scald_guard_failed');
  });
});

describe('T2', () => {
  const mixer = { plumbing: 'mixer', guardMaxC: null } as const;
  const tw38 = { ...IN_WARM, warmTopC: 38, band: { minC: 37, maxC: 39 } };
  const at38 = () => new WatchBench(mixer).expect(tw38).reading(38);
  test.each([
    ['39.6 for 3 s', [39.6, 39.6, 39.6, 39.6], 4_000],
    ['39.5 is within', times(20, 39.5), null],
    ['one lower sample between', [39.6, 39.6, 39, 39.6], 4_000],
    ['two lower samples begin anew', [39.6, 39.6, 39, 39, 39.6, 39.6, 39.6, 39.6], 8_000],
  ])('%s', (_, values, firstMs) => {
    expect(at38().readings(values).firstMs('too_warm')).toBe(firstMs);
  });

  test('is found by deadline, though no sample arrives any more', () => {
    const bench = at38().readings([39.6], 1_000).to(4_000);
    expect(bench.firstMs('too_warm')).toBe(4_000);
    expect(at38().readings([39.6], 1_000).to(3_999).firstMs('too_warm')).toBeNull();
  });

  test('in a cold step too, where nobody may be warmed past the session', () => {
    expect(
      new WatchBench(mixer).expect({ ...IN_COLD, warmTopC: 38 }).readings(times(5, 39.6)).said,
    ).toContain('T2 too_warm');
  });

  test('never above 41.5, whatever was asked for', () => {
    expect(warm().readings(times(5, 41.4)).firstMs('too_warm')).toBeNull();
    expect(warm().readings(times(5, 41.6)).firstMs('too_warm')).toBe(4_000);
  });

  test('nobody in the water: nobody too warm', () => {
    expect(new WatchBench(mixer).expect({ ...tw38, exposed: false }).readings(times(9, 40)).said).toEqual([]);
  });

  test('from an open until 15 s after its warm-up the limit is 41.5', () => {
    const bench = at38().open('warm');
    const openedMs = bench.atMs;
    // Not in band at all: the warm-up lasts 30 s, the grace 15 s more; then 3 s above 39.5.
    bench.readings(times(60, 40.5));
    const trippedMs = bench.firstMs('too_warm') ?? 0;
    expect(trippedMs - openedMs).toBeGreaterThanOrEqual(44_000);
    expect(trippedMs - openedMs).toBeLessThanOrEqual(49_500);
  });

  test('a warm-up that is over early has its grace from there', () => {
    const bench = at38()
      .open('warm')
      .readings([...times(12, 38), ...times(30, 40)]);
    expect(bench.firstMs('too_warm') ?? 0).toBeGreaterThan(25_000);
    expect(bench.firstMs('too_warm') ?? Infinity).toBeLessThan(32_000);
  });

  test.each([
    [1_000, 250],
    [250, 1_000],
  ])('a second thermometer that reads less excuses nothing (%s ms and %s ms)', (hotMs, coolMs) => {
    const bench = new WatchBench({ ...mixer, ...TWO }).expect(tw38);
    for (let atMs = 250; atMs <= 6_000; atMs += 250) {
      bench.to(atMs);
      if (atMs % hotMs === 0) bench.reading(39.8);
      if (atMs % coolMs === 0) bench.reading(38.6, 0, 'u');
    }
    expect(bench.firstMs('too_warm')).toBe(hotMs + 3_000);
  });
});

describe('T3', () => {
  test.each([
    ['3 K/s, two samples running, above 38', [38.5, 41.4, 44.3], 'T3 rising_too_fast'],
    ['2 K/s is not more than 2', [38, 40, 42], null],
    ['below 38 it is a warm-up of its own', [20, 26, 32, 37.9], null],
    ['one fast sample is none', [37, 40.5, 40.5], null],
  ])('%s', (_, values, said) => {
    const bench = warm({ guardMaxC: null }).readings(values);
    expect(bench.said.includes('T3 rising_too_fast')).toBe(said !== null);
  });

  test('at 4 Hz, over a window of 1 s', () => {
    const values = Array.from({ length: 12 }, (_, i) => 38 + i * 0.6);
    expect(warm().readings(times(8, 38), 250).readings(values, 250).said).toContain('T3 rising_too_fast');
  });

  test('a thermometer that speaks a few milliseconds early now and then', () => {
    const bench = warm({ guardMaxC: null });
    [38.2, 40.5, 42.8].forEach((valueC, place) => bench.reading(valueC, place % 2 === 0 ? 1_001 : 998));
    expect(bench.said).toContain('T3 rising_too_fast');
  });

  test('not in a warm-up, where rising is what is wanted', () => {
    expect(new WatchBench().expect(IN_WARM).reading(30).open('warm').readings([35, 38.5, 41.2]).said).toEqual(
      [],
    );
  });

  test('a second thermometer that does not rise excuses nothing', () => {
    const bench = warm(TWO).reading(38, 0, 'u');
    for (const valueC of [38, 40.5, 43]) bench.reading(valueC, 600).reading(38, 400, 'u');
    expect(bench.said).toContain('T3 rising_too_fast');
  });
});

describe('the scald guard, measured', () => {
  test.each([
    ['42.1 twice before contact', TEMPERING, [42.1, 42.1], true],
    ['once is none', TEMPERING, [42.1, 41.9, 42.1], false],
    ['its margin is 1 K', TEMPERING, [42, 42, 42], false],
    ['in each leg', { ...TEMPERING, leg: 2 }, [42.1, 42.1], true],
  ])('%s', (_, expectation, values, trips) => {
    const bench = new WatchBench().expect(expectation).readings(values);
    expect(bench.said.includes('proof scald_guard_failed')).toBe(trips);
    if (trips) expect(bench.trips[0]?.trip.latch).toBe(true);
  });

  test('behind a mixer in contact as well, for there the proof test cannot see it', () => {
    const values = [42.1, 42.1];
    expect(new WatchBench({ plumbing: 'mixer' }).expect(IN_WARM).readings(values).said).toContain(
      'proof scald_guard_failed',
    );
    expect(warm().readings(values).said).toEqual([]);
  });
});

describe('I18: a hotter reading in the place of another', () => {
  const isHot = (reason: string): boolean => ['over_temperature', 'too_warm'].includes(reason);
  /** When T1 or T2 first trips; T3 is left out: a rate is smaller after a hotter beginning. */
  function firstHot(values: readonly number[], periodMs: number, devices: readonly string[]): number {
    const bench = new WatchBench({ plumbing: 'mixer', guardMaxC: null, thermometers: devices });
    bench.expect({ ...IN_WARM, warmTopC: 38 });
    values.forEach((valueC, i) => bench.reading(valueC, periodMs, devices[i % devices.length] ?? 't'));
    return bench.trips.find(({ trip }) => isHot(trip.reason))?.atMs ?? Infinity;
  }
  test.each([
    [1_000, ['t']],
    [250, ['t']],
    [500, ['t', 'u']],
  ])('never delays T1 or T2 (every %s ms, %j)', (periodMs, devices) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 36, max: 45, noNaN: true }), { minLength: 3, maxLength: 40 }),
        fc.nat(),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (values, where, more) => {
          const at = where % values.length;
          const hotter = values.map((valueC, i) => (i === at ? valueC + more : valueC));
          expect(firstHot(hotter, periodMs, devices)).toBeLessThanOrEqual(
            firstHot(values, periodMs, devices),
          );
        },
      ),
      { numRuns: 300, seed: 18 },
    );
  });

  test('in the place of the newest never delays T3', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 36, max: 42, noNaN: true }), { minLength: 3, maxLength: 12 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (values, more) => {
          const trips = (all: readonly number[]) =>
            warm({ guardMaxC: null }).readings(all).said.includes('T3 rising_too_fast');
          const hotter = values.map((valueC, i) => (i === values.length - 1 ? valueC + more : valueC));
          if (trips(values)) expect(trips(hotter)).toBe(true);
        },
      ),
      { numRuns: 300, seed: 18 },
    );
  });
});

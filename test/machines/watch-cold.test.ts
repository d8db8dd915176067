// If these fail, cold water below 8 C runs over feet, or contact goes on past its limits: T4, T11, T13.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IN_COLD, IN_WARM, WatchBench, times } from './support.ts';

const cold = (settings = {}) => new WatchBench(settings).expect(IN_COLD).reading(12);

describe('T4', () => {
  test.each([
    ['7.9 for 3 s', [7.9, 7.9, 7.9, 7.9], 4_000],
    ['8.0 is within', times(9, 8), null],
    ['one higher sample begins anew', [7.9, 7.9, 8.1, 7.9, 7.9, 7.9, 7.9], 7_000],
    ['4.9 on two samples', [4.9, 4.9], 2_000],
    ['4.9 once', [4.9, 9, 4.9, 9], null],
  ])('%s', (_, values, firstMs) => {
    const bench = cold().readings(values);
    expect(bench.firstMs('cold_water_too_cold')).toBe(firstMs);
    if (firstMs !== null)
      expect(bench.trips[0]?.trip).toMatchObject({ detector: 'T4', latch: false, response: 'abort' });
  });

  test('4 Hz: two samples are half a second', () => {
    expect(cold().readings([4.9, 4.9], 250).firstMs('cold_water_too_cold')).toBe(500);
  });

  test('is found by deadline, though no sample arrives any more', () => {
    expect(cold().readings([7.5]).to(3_999).said).toEqual([]);
    expect(cold().readings([7.5]).to(4_000).said).toEqual(['T4 cold_water_too_cold']);
  });

  test('only in a cold step with somebody in the water', () => {
    expect(new WatchBench().expect({ ...IN_COLD, exposed: false }).readings(times(5, 4)).said).toEqual([]);
    expect(new WatchBench().expect(IN_WARM).readings(times(5, 4)).said).toEqual([]);
  });

  test('a second, warmer thermometer excuses nothing', () => {
    for (const [valueC, reason] of [
      [7.5, 'for 3 s'],
      [4.5, 'twice'],
    ] as const) {
      const bench = cold({ thermometers: ['t', 'u'] }).reading(9, 0, 'u');
      for (let i = 0; i < 4; i += 1) bench.reading(valueC, 600).reading(valueC + 1.6, 400, 'u');
      expect([reason, bench.said[0]]).toEqual([reason, 'T4 cold_water_too_cold']);
    }
  });

  test('I18: a colder reading in the place of another never delays it', () => {
    const first = (values: readonly number[]) =>
      cold().readings(values).firstMs('cold_water_too_cold') ?? Infinity;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 3, max: 11, noNaN: true }), { minLength: 3, maxLength: 30 }),
        fc.nat(),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (values, where, less) => {
          const at = where % values.length;
          expect(first(values.map((valueC, i) => (i === at ? valueC - less : valueC)))).toBeLessThanOrEqual(
            first(values),
          );
        },
      ),
      { numRuns: 300, seed: 18 },
    );
  });
});

describe('T11', () => {
  test.each([
    ['a step', { ...IN_COLD, stepOverMs: 61_000 }, 'abort', 'step_too_long', 61_000],
    ['L8, with somebody in the water', { ...IN_WARM, sessionOverMs: 50_000 }, 'end', 'time_was_up', 50_000],
    ['L8, in a pause', { sessionOverMs: 50_000 }, 'end', 'time_was_up', 50_000],
  ] as const)('%s ends at its limit, by deadline', (_, expectation, response, reason, atMs) => {
    const bench = new WatchBench({ thermometers: [] }).expect(expectation).to(atMs - 1);
    expect(bench.said).toEqual([]);
    expect(bench.to(atMs).trips[0]).toMatchObject({ atMs, trip: { detector: 'T11', response, reason } });
  });

  test('the limit of a step is not that of a pause', () => {
    expect(new WatchBench({ thermometers: [] }).expect({ stepOverMs: 61_000 }).to(90_000).said).toEqual([]);
  });

  const silent = { thermometers: [] };
  test('L6 and L7 sum over steps and pauses, 1 s a cycle over', () => {
    const bench = new WatchBench(silent).input({ type: 'session', cycles: 3, doseBefore: 0 });
    for (let i = 0; i < 10; i += 1) bench.expect(IN_COLD, 5_000).expect({}, 30_000);
    expect(bench.said).toEqual([]);
    const fromMs = bench.expect(IN_COLD, 5_000).atMs;
    expect(bench.to(fromMs + 2_999).said).toEqual([]);
    expect(bench.to(fromMs + 3_000).said).toEqual(['T11 step_too_long']);
  });

  test('contact counts for the side it was on: without thermometers nothing else tells the watch of time', () => {
    const bench = new WatchBench(silent);
    for (let i = 0; i < 3; i += 1)
      bench
        .expect(IN_WARM)
        .expect(IN_COLD, 180_000)
        .to(bench.atMs + 30_000);
    expect(bench.expect({}).said).toEqual([]);
  });

  test('a new session counts from nothing, a continued one goes on', () => {
    const used = () =>
      new WatchBench(silent)
        .input({ type: 'session', cycles: 3, doseBefore: 0 })
        .expect(IN_COLD)
        .expect({}, 302_000);
    expect(used().expect(IN_COLD, 1_000).to(310_000).said).toEqual(['T11 step_too_long']);
    expect(
      used().input({ type: 'session', cycles: 3, doseBefore: 0 }).expect(IN_COLD, 1_000).to(310_000).said,
    ).toEqual([]);
  });
});

describe('T13', () => {
  test('no answer in time holds', () => {
    const bench = new WatchBench({ thermometers: [] }).expect({ ...IN_WARM, answerByMs: 30_000 });
    expect(bench.to(29_999).said).toEqual([]);
    expect(bench.to(30_000).trips[0]?.trip).toMatchObject({
      detector: 'T13',
      response: 'hold',
      reason: 'no_answer',
    });
  });

  test('an answer ends the question', () => {
    const bench = new WatchBench({ thermometers: [] }).expect({ ...IN_WARM, answerByMs: 30_000 });
    expect(bench.expect(IN_WARM, 29_000).to(60_000).said).toEqual([]);
  });
});

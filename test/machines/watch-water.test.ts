// If these fail, a silent or stuck thermometer, a valve that does not answer, or water that does the wrong thing goes
// unnoticed - or a healthy rig is stopped: T5, T6, T8, T9.
import { describe, expect, test } from 'vitest';
import { COLD_BAND, IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const TWO = { thermometers: ['t', 'u'] };

describe('T5, silence', () => {
  test('is found by deadline, with no sample arriving', () => {
    const bench = new WatchBench().expect(IN_WARM).reading(38, 1_000);
    expect(bench.to(4_000).said).toEqual([]);
    expect(bench.to(4_001).trips[0]).toMatchObject({
      atMs: 4_001,
      trip: { reason: 'stale_reading', response: 'hold' },
    });
  });

  test.each([null, Number.NaN, 85, -127, 127.94, -1, 70.1])('an answer of %s is no reading', (valueC) => {
    const bench = new WatchBench().expect(IN_WARM).reading(38);
    for (let i = 0; i < 4; i += 1) bench.reading(valueC, 1_000);
    expect(bench.said).toEqual(['T5 stale_reading']);
  });

  test('a thermometer that never spoke has one age from the moment that water was wanted', () => {
    const bench = new WatchBench().expect(IN_WARM, 10_000);
    expect(bench.to(13_000).said).toEqual([]);
    expect(bench.to(13_001).said).toEqual(['T5 stale_reading']);
  });

  test('one of two silent is enough; fresh is said when both read again', () => {
    const bench = new WatchBench(TWO).expect(IN_WARM).reading(38).reading(38, 0, 'u').readings(times(4, 38));
    expect(bench.said).toEqual(['T5 stale_reading']);
    expect(bench.expect({}).reading(38, 100).told).toEqual([]);
    expect(bench.reading(38, 100, 'u').told).toEqual(['fresh']);
  });

  test('nobody is told while nothing is wanted', () => {
    expect(new WatchBench().expect({}).to(60_000).said).toEqual([]);
  });

  test('water wanted again is tripped for again, though it never read in between', () => {
    const bench = new WatchBench().expect(IN_WARM).to(5_000).expect({}).expect(TEMPERING, 60_000).to(70_000);
    expect(bench.said).toEqual(['T5 stale_reading', 'T5 stale_reading']);
  });
});

describe('T5, stuck', () => {
  const stuck = () => new WatchBench().expect(IN_WARM).reading(38).expect(IN_COLD);
  test('a switch of 23 K that moves the reading by less than 3 K in 10 s', () => {
    const bench = stuck().open('cold').readings(times(9, 36));
    expect(bench.said).not.toContain('T5 stuck_thermometer');
    expect(bench.readings([36]).firstMs('stuck_thermometer')).toBe(10_500);
  });
  test('3 K are enough', () => {
    expect(stuck().open('cold').readings(times(15, 35)).said).not.toContain('T5 stuck_thermometer');
  });
  test('counts from the valve having been verified open', () => {
    const bench = stuck().open('cold', 3_000).readings(times(12, 38));
    expect(bench.firstMs('stuck_thermometer')).toBe(13_000);
  });
  test('not where the water was near already, nor in the purge', () => {
    const near = new WatchBench().expect(TEMPERING).reading(29).open('warm').readings(times(15, 29));
    const purge = new WatchBench()
      .expect({ ...TEMPERING, leg: 0 })
      .reading(15)
      .open('warm')
      .readings(times(15, 15));
    expect([...near.said, ...purge.said]).toEqual([]);
  });
});

describe('T5, two that differ', () => {
  const differ = (fromMs: number, by: number) => {
    const bench = new WatchBench(TWO).expect(TEMPERING).reading(30).open('warm', 0);
    for (let atMs = 500; atMs <= 40_000; atMs += 500) {
      bench.to(atMs);
      bench.reading(38).reading(atMs >= fromMs ? 38 - by : 38, 0, 'u');
    }
    return bench.firstMs('thermometers_disagree');
  };
  test.each([
    [20_000, 2.1, 23_000],
    [20_000, 2, null],
    [0, 2.1, 18_000],
  ])('from %s ms by %s K: %s', (fromMs, by, firstMs) => {
    expect(differ(fromMs, by)).toBe(firstMs);
  });
});

describe('T6', () => {
  const sent = (action: 'open' | 'renew' | 'close') =>
    ({ type: 'sent', device: 'hot', action, side: 'warm', leaseMs: 10_000, targetC: null }) as const;
  const ack = { type: 'ack', device: 'hot', leaseMs: 10_000 } as const;
  const bench = () => new WatchBench({ thermometers: [] }).expect(TEMPERING).input(sent('open'));

  test('an open that nobody acknowledges ends with its lease', () => {
    expect(bench().to(9_999).said).toEqual([]);
    expect(bench().to(10_000).said).toEqual(['T6 lease_not_acknowledged']);
  });
  test('a renewal acknowledged extends it, one that is not does not', () => {
    const renewed = bench().input(ack).input(sent('renew'), 3_333).input(ack, 200);
    expect(renewed.input(sent('renew'), 3_000).to(13_332).said).toEqual([]);
    expect(renewed.to(13_333).said).toEqual(['T6 lease_not_acknowledged']);
  });
  test('a close ends the lease', () => {
    expect(bench().input(sent('close'), 1_000).to(60_000).said).toEqual([]);
  });
  test('a mixer set anew begins a new lease', () => {
    expect(bench().input(sent('open'), 9_000).to(18_999).said).toEqual([]);
  });
  test.each([
    ['offline', 'T6 device_offline'],
    ['rebooted', 'T6 device_offline'],
    ['refused', 'T6 device_refused'],
  ] as const)('a device that is %s', (why, said) => {
    expect(bench().input({ type: 'gone', device: 'hot', why, message: 'm' }).said).toEqual([said]);
  });
  test('at rest a device may go', () => {
    expect(
      new WatchBench().expect({}).input({ type: 'gone', device: 'hot', why: 'offline', message: 'm' }).said,
    ).toEqual([]);
  });
});

test('T8: a valve that disagrees', () => {
  const bench = new WatchBench().expect({}).input({ type: 'disagrees', device: 'hot', expected: 'closed' });
  expect(bench.trips[0]?.trip).toMatchObject({
    detector: 'T8',
    reason: 'valve_disagrees',
    response: 'abort',
  });
});

describe('T9', () => {
  const fast = { readingAgeMs: 5_000 };
  test('a: not in band at the end of the purge allowance', () => {
    const bench = new WatchBench().expect({ ...TEMPERING, bandByMs: 20_500 }).readings(times(20, 30));
    expect(bench.said).toEqual([]);
    expect(bench.to(20_500).said).toEqual(['T9 never_in_band']);
  });

  test('b: not in band 30 s after the change', () => {
    const bench = new WatchBench()
      .expect(IN_COLD)
      .reading(38)
      .expect(IN_WARM)
      .open('warm', 0)
      .readings(times(29, 35));
    expect(bench.said).toEqual([]);
    expect(bench.readings([35]).firstMs('out_of_band')).toBe(30_000);
  });

  test('c: 60 K s outside the band after it was in it', () => {
    const bench = new WatchBench().expect(IN_WARM).readings([38, ...times(31, 33.7)]);
    expect(bench.firstMs('out_of_band')).toBe(32_000);
  });

  test('c: 10 s in band begin anew', () => {
    const values = [38, ...times(25, 33.7), ...times(12, 38), ...times(25, 33.7)];
    expect(new WatchBench().expect(IN_WARM).readings(values).said).toEqual([]);
  });

  test('c: what is still to be changed is not out of its band, however long the other valve takes to close', () => {
    const bench = new WatchBench(fast).expect(IN_WARM).open('warm').readings(times(40, 38));
    bench.expect(IN_COLD).readings(times(5, 38));
    expect(bench.said).toEqual([]);
    expect(bench.open('cold').readings([30, 20, 15, 15]).said).toEqual([]);
  });

  test('b: water that was in band when contact began may leave it for a moment', () => {
    const bench = new WatchBench().expect(TEMPERING).open('warm').readings(times(40, 36));
    expect(bench.expect(IN_WARM, 100).readings([35.6, 35.6, 36]).said).toEqual([]);
  });

  test('cold water warmer than its range is no fault once it has moved by 3 K', () => {
    const tap = new WatchBench()
      .expect(IN_WARM)
      .reading(38)
      .expect(IN_COLD)
      .open('cold', 0)
      .readings(times(60, 22));
    expect(tap.said).toEqual([]);
  });

  test('or is within 2 K of what the proof test measured', () => {
    const at = (valueC: number) =>
      new WatchBench()
        .expect({ ...IN_COLD, band: COLD_BAND, coldPlateauC: 20 })
        .reading(valueC + 1)
        .open('cold', 0)
        .readings(times(40, valueC)).said;
    expect(at(21.9)).toEqual([]);
    expect(at(22.1)).toContain('T9 out_of_band');
  });

  describe('d: everything closed and getting warm', () => {
    const closed = () => new WatchBench().expect({}).open('warm').close('hot').reading(31, 1_000);
    const rising = (perS: number) => Array.from({ length: 40 }, (_, i) => 31 + i * perS);
    test('by more than 1 K in 30 s, above 30 C', () => {
      expect(closed().readings(rising(0.05)).said).toContain('T9 unexpected_rise');
    });
    test('not by less', () => {
      expect(closed().readings(rising(0.03)).said).toEqual([]);
    });
    test('not in the first 15 s', () => {
      expect(closed().readings(rising(0.5).slice(0, 13)).said).toEqual([]);
    });
    test('not below 30 C', () => {
      expect(closed().readings(rising(0.05).map((valueC) => valueC - 10)).said).toEqual([]);
    });
    describe('in a basin with a heater', () => {
      const basin = { volumeL: 8, drain: null, heater: 'heater' };
      const heat = (to: WatchBench, action: 'open' | 'close'): WatchBench =>
        to.input({ type: 'sent', device: 'heater', action, side: null, leaseMs: 10_000, targetC: null });
      const shut = () =>
        new WatchBench({ basin, beside: ['heater'] }).expect({}).open('warm').close('hot').reading(31, 1_000);
      test('not while it is on, nor in the 15 s after', () => {
        const on = heat(shut(), 'open').readings(rising(0.05));
        expect(on.said).not.toContain('T9 unexpected_rise');
        heat(on, 'close').readings(rising(0.05).slice(0, 15));
        expect(on.said).not.toContain('T9 unexpected_rise');
      });
      test('but when it has been off for long enough: a valve leaks, or it stays on', () => {
        const off = heat(heat(shut(), 'open').readings(times(20, 31)), 'close');
        expect(off.readings(rising(0.05)).said).toContain('T9 unexpected_rise');
        expect(shut().readings(rising(0.05)).said).toContain('T9 unexpected_rise');
      });
    });
    test('not while a valve is open', () => {
      expect(closed().open('cold').readings(rising(0.05)).said).toEqual([]);
    });
  });
});

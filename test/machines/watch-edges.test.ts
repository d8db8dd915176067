// If these fail, a detector looks a moment too early or too late, one thermometer excuses another, or a healthy house is
// stopped: what the tables of each detector leave open, on both sides of its numbers.
import { describe, expect, test } from 'vitest';
import { IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const TWO = { thermometers: ['t', 'u'] };
const SILENT = { thermometers: [] };
const OLD = { readingAgeMs: 1e9 };

describe('T1', () => {
  const closed = () => new WatchBench().open('warm').close('hot');
  test.each([
    ['for a minute after the last close', 59_999, true],
    ['and no longer', 60_000, false],
  ])('looks on %s', (_, afterMs, trips) => {
    const bench = closed()
      .reading(44, 1_000)
      .reading(44, afterMs - 1_000);
    expect(bench.said.includes('T1 over_temperature')).toBe(trips);
  });

  test('leaves the proof test to the guard, up to 43 C also without a leg', () => {
    const said = (guardMaxC: number | null, leg: number | null, valueC: number) =>
      new WatchBench({ guardMaxC }).expect({ ...TEMPERING, leg }).readings([valueC, valueC]).said;
    expect(said(42, null, 43.1)).toEqual(['proof scald_guard_failed']);
    expect(said(42.5, null, 43.1)).toEqual(['T1 over_temperature']);
    expect(said(42.5, 0, 43.1)).toEqual([]);
    expect(said(null, 0, 43)).toEqual(['T1 over_temperature']);
  });
});

describe('T2', () => {
  const at38 = () =>
    new WatchBench({ plumbing: 'mixer', guardMaxC: null, ...OLD })
      .expect({ ...IN_WARM, warmTopC: 38 })
      .reading(38);
  test('after one lower sample it waits for the next one, not for its time', () => {
    const bench = at38().readings([39.6, 39.6, 39]);
    expect(bench.to(10_000).said).toEqual([]);
    expect(bench.reading(39.6).said).toEqual(['T2 too_warm']);
  });
  test('a sample at the limit is a lower one', () => {
    expect(at38().readings([39.6, 39.5, 39.5, 39.6, 39.6]).said).toEqual([]);
  });
  test('a lower sample of the one that was above excuses nothing while the other is above', () => {
    const bench = new WatchBench({ plumbing: 'mixer', guardMaxC: null, ...TWO }).expect({
      ...IN_WARM,
      warmTopC: 38,
    });
    bench.reading(39.6, 500, 'u').reading(39.6, 500);
    for (let i = 0; i < 8; i += 1) bench.reading(38.2, 250).reading(39.6, 250, 'u');
    expect(bench.firstMs('too_warm')).not.toBeNull();
  });
  test('without a setpoint its limit is 41.5', () => {
    const bench = new WatchBench({ guardMaxC: null }).expect({ ...IN_WARM, warmTopC: null });
    expect(bench.readings(times(6, 41.4)).said).toEqual([]);
    expect(bench.readings(times(4, 41.6)).said).toContain('T2 too_warm');
  });
});

test('T3: at 38.0 nothing rises too fast, just above it does', () => {
  const rise = (top: number) =>
    new WatchBench({ guardMaxC: null, ...OLD }).expect(IN_WARM).readings([top - 5, top - 2.5, top, top]).said;
  expect(rise(38)).toEqual([]);
  expect(
    new WatchBench({ guardMaxC: null, ...OLD }).expect(IN_WARM).readings([35.6, 38.1, 40.6]).said,
  ).toEqual(['T3 rising_too_fast']);
});

test('T4: 5.0 C is not very cold', () => {
  expect(new WatchBench().expect(IN_COLD).readings([5, 5]).said).toEqual([]);
});

describe('T5', () => {
  test('a reading of just that age is fresh', () => {
    const bench = new WatchBench(TWO).expect(IN_WARM).reading(38).to(4_000);
    expect(bench.said).toEqual(['T5 stale_reading']);
    bench.expect({}).reading(38, 0);
    bench.input({ type: 'temperature', device: 'u', valueC: 38, takenAtMs: bench.atMs - 3_000 });
    expect(bench.told).toEqual(['fresh']);
  });

  test('one thermometer does not disagree with itself, nor two with nothing wanted', () => {
    const bench = new WatchBench().expect(TEMPERING);
    expect(bench.reading(38, 500).reading(30, 500, 'u').readings(times(5, 38)).said).toEqual([]);
    const rest = new WatchBench(TWO).expect({});
    for (let i = 0; i < 6; i += 1) rest.reading(38, 500).reading(30, 500, 'u');
    expect(rest.said).toEqual([]);
  });

  test('a switch of just 10 K is enough to be stuck in, in a basin after a minute', () => {
    const stuck = (targetC: number, more = {}) => {
      const bench = new WatchBench({ ...OLD, ...more }).expect(IN_WARM).reading(38);
      bench
        .expect({ ...IN_COLD, targetC, band: null })
        .open('cold', 0)
        .readings(times(70, 38));
      return bench.firstMs('stuck_thermometer');
    };
    expect([stuck(28), stuck(28.1)]).toEqual([10_000, null]);
    expect(stuck(28, { basin: { volumeL: 8, drain: null } })).toBe(60_000);
  });

  test('nothing is stuck while the band is waited for, nor where there is no target', () => {
    const wait = (more: object) =>
      new WatchBench(OLD)
        .reading(15)
        .expect({ ...TEMPERING, band: null, ...more })
        .open('warm')
        .readings(times(20, 15)).said;
    expect(wait({ bandByMs: 1e6 })).toEqual([]);
    expect(wait({ targetC: null })).toEqual([]);
    expect(wait({})).toContain('T5 stuck_thermometer');
  });
});

describe('T6', () => {
  const sent = (device: string, action: 'open' | 'renew' | 'close') =>
    ({ type: 'sent', device, action, side: 'warm', leaseMs: 10_000, targetC: null }) as const;
  test('a device that is seen shut has no lease that could end', () => {
    const bench = new WatchBench(SILENT).input(sent('hot', 'open'));
    expect(bench.input({ type: 'verified', device: 'hot', status: 'open' }, 500).state.deadlineMs).toBe(
      10_000,
    );
    bench.input({ type: 'verified', device: 'hot', status: 'closed' }, 500);
    expect(bench.to(60_000).said).toEqual([]);
  });
  test('the end of one lease is not that of another', () => {
    const bench = new WatchBench(SILENT).input(sent('hot', 'open')).input(sent('master', 'open'), 2_000);
    bench.input(sent('hot', 'close'), 1_000);
    expect(bench.to(11_999).said).toEqual([]);
    expect(bench.to(12_000).trips.map(({ trip }) => trip.message.slice(0, 6))).toEqual(['master']);
  });
  test.each([
    ['unacknowledged', (bench: WatchBench) => bench.to(10_000)],
    [
      'with its device',
      (bench: WatchBench) =>
        bench.input({ type: 'gone', device: 'hot', why: 'offline', message: 'is gone' }, 1_000),
    ],
  ])('a lease that ends %s leaves the others their deadline', (_, end) => {
    const bench = new WatchBench(SILENT).input(sent('hot', 'open')).input(sent('master', 'open'), 2_000);
    expect(end(bench).state.deadlineMs).toBe(12_000);
    expect(bench.to(12_000).trips).toHaveLength(2);
  });
  test('an answer that nobody waits for, and a renewal of nothing, begin no lease', () => {
    const bench = new WatchBench(SILENT).input({ type: 'ack', device: 'hot', leaseMs: 1 });
    bench.input(sent('hot', 'renew'));
    bench.input({ type: 'ack', device: 'hot', leaseMs: 1 });
    expect(bench.to(60_000).said).toEqual([]);
    const twice = new WatchBench(SILENT).input(sent('hot', 'open'));
    for (let i = 0; i < 2; i += 1) twice.input({ type: 'ack', device: 'hot', leaseMs: 20_000 }, 1_000);
    expect(twice.to(19_999).said).toEqual([]);
    expect(twice.to(20_000).said).toHaveLength(1);
  });
  test('a device that goes with a lease is missed also where nothing is wanted', () => {
    const gone = { type: 'gone', device: 'hot', why: 'offline', message: 'm' } as const;
    expect(new WatchBench(SILENT).input(sent('hot', 'open')).input(gone, 500).said).toHaveLength(1);
    expect(new WatchBench(SILENT).input(sent('hot', 'open')).input(gone, 500).to(60_000).said).toHaveLength(
      1,
    );
  });
});

describe('T7', () => {
  const SENSES = { flowAgeMs: 5_000, travelMs: 500, float: 'overflow', mostLitres: null } as const;
  const bench = (more = {}) => new WatchBench({ senses: { ...SENSES, ...more }, ...OLD });
  const flow = (to: WatchBench, lpm: number, afterMs: number, ageMs = 0) => {
    to.to(to.atMs + afterMs);
    const reading = { kind: 'flow', device: 'm', valueLpm: lpm, takenAtMs: to.atMs - ageMs } as const;
    return to.input({ type: 'sense', device: 'm', reading });
  };
  test('0.3 l/min flow', () => {
    const at = bench();
    for (let i = 0; i < 7; i += 1) flow(at, 0.3, 1_000);
    expect(at.firstMs('flow_while_closed')).toBe(6_000);
  });
  test('a meter is silent once its word is older than its age, by deadline, and not before', () => {
    const at = flow(bench(), 0, 1_000);
    expect(at.to(6_000).told).toEqual([]);
    expect(at.to(6_001).told).toEqual(['flow-silent']);
  });
  test('a flow that was measured before the valve opened says nothing of it', () => {
    const at = flow(bench({ flowAgeMs: 20_000 }).expect(IN_WARM), 0, 1_000).open('warm', 100);
    expect([at.to(15_000).said, at.to(22_000).told]).toEqual([[], ['flow-silent']]);
    const now = flow(bench({ flowAgeMs: 20_000 }).expect(IN_WARM).open('warm', 100), 0, 0);
    expect(now.to(15_000).firstMs('no_flow')).toBe(5_100);
  });
  test('no flow is missed before the valve is seen open, nor once it was told to close', () => {
    const at = bench().expect(IN_WARM);
    at.input({ type: 'sent', device: 'hot', action: 'open', side: 'warm', leaseMs: 1e9, targetC: null });
    at.input({ type: 'ack', device: 'hot', leaseMs: 1e9 });
    for (let i = 0; i < 9; i += 1) flow(at, 0, 1_000);
    at.input({ type: 'verified', device: 'hot', status: 'open' });
    at.input({ type: 'sent', device: 'hot', action: 'close', side: null, leaseMs: 0, targetC: null });
    for (let i = 0; i < 9; i += 1) flow(at, 0, 1_000);
    expect(at.said).toEqual([]);
  });
  test('a leak is told at each word of a leak sensor and each time that water is asked for, and else once', () => {
    const leak = { kind: 'leak', device: 'l', leaking: true, takenAtMs: 0 } as const;
    const at = bench().input({ type: 'sense', device: 'l', reading: leak });
    flow(at, 0, 1_000).expect({}, 1_000).to(10_000);
    expect(at.said).toEqual(['T7 leak']);
    at.expect(TEMPERING, 1_000);
    expect(at.said).toEqual(['T7 leak', 'T7 leak']);
    expect(at.reading(38, 500).said).toHaveLength(2);
  });
  test('without a meter nothing is missed', () => {
    const at = bench({ flowAgeMs: null }).expect(IN_WARM).open('warm');
    expect(at.input({ type: 'session', cycles: 1, doseBefore: 0 }).told).toEqual([]);
    for (let i = 0; i < 9; i += 1) flow(at, 0, 1_000);
    expect([at.said, at.told]).toEqual([[], []]);
  });
});

describe('T9', () => {
  const warm = (more = {}) => new WatchBench({ ...OLD, ...more }).expect({ ...IN_WARM, targetC: null });
  test('60 K s in a stream, 300 K s in a basin', () => {
    expect(
      warm()
        .readings([38, ...times(70, 34.7)])
        .firstMs('out_of_band'),
    ).toBe(62_000);
    const basin = warm({ basin: { volumeL: 8, drain: null } });
    expect(basin.readings([38, ...times(310, 34.7)]).firstMs('out_of_band')).toBe(302_000);
  });
  test('10 s in the band begin anew, and not a second less', () => {
    const after = (inBand: number) =>
      warm().readings([38, ...times(50, 34.7), ...times(inBand, 38), ...times(40, 34.7)]).said.length > 0;
    expect([after(10), after(11)]).toEqual([true, false]);
  });
  test('another opening of the same side begins anew', () => {
    const bench = warm()
      .readings([38, ...times(50, 34.7)])
      .open('warm')
      .readings(times(25, 34.7));
    expect(bench.said).toEqual([]);
  });
  test('the end of the purge allowance comes before 30 s after the change, where it is nearer', () => {
    const bench = new WatchBench(OLD)
      .expect({ ...IN_WARM, bandByMs: 20_000 })
      .reading(30)
      .open('warm', 0);
    expect(bench.to(20_000).said).toEqual(['T9 never_in_band']);
    const late = new WatchBench(OLD)
      .expect({ ...IN_WARM, bandByMs: 90_000 })
      .reading(30)
      .open('warm', 0);
    expect(late.to(30_000).said).toEqual(['T9 out_of_band']);
  });
  test('where no band is asked for nothing is out of it', () => {
    const bench = new WatchBench(OLD)
      .expect({ ...IN_WARM, band: null, bandByMs: 5_000 })
      .readings(times(70, 30));
    expect(bench.said).toEqual([]);
  });

  describe('with everything closed', () => {
    const shut = (side: 'warm' | 'cold' = 'warm') =>
      new WatchBench({ ...TWO, ...OLD }).open(side).close(side === 'warm' ? 'hot' : 'cold');
    test('a rise begins after 15 s where warm water ran, and at once where cold did', () => {
      const rise = (side: 'warm' | 'cold') =>
        shut(side).reading(30.5, 1_000).reading(32, 4_000).reading(32.2, 15_000).reading(32.3, 5_000).said;
      expect([rise('warm'), rise('cold')]).toEqual([[], ['T9 unexpected_rise', 'T9 unexpected_rise']]);
    });
    test('1.0 K is no rise, 30.0 C is not warm', () => {
      const rise = (fromC: number, toC: number) =>
        shut().reading(fromC, 16_000).reading(toC, 5_000).said.length;
      expect([rise(31, 32), rise(31, 32.1), rise(28, 30), rise(28, 30.1)]).toEqual([0, 1, 0, 1]);
    });
    test('of the last 30 s only, and of one thermometer', () => {
      const slow = shut().reading(31, 16_000).reading(31.9, 29_000).reading(32.8, 1_001);
      expect(slow.said).toEqual([]);
      const just = shut().reading(31, 16_000).reading(31.9, 29_000).reading(32.8, 1_000);
      expect(just.said).toEqual(['T9 unexpected_rise']);
      const two = shut().reading(31, 16_000, 'u').reading(34, 1_000).reading(34.1, 1_000);
      expect(two.said).toEqual([]);
    });
    test('not 14.999 s after the close', () => {
      const cold = (afterMs: number) =>
        shut('cold')
          .reading(31, 100)
          .reading(33, afterMs - 100).said.length;
      expect([cold(14_999), cold(15_000)]).toEqual([0, 1]);
    });
  });
});

describe('T11', () => {
  test('L6: 20 min of warm contact and 1 s a cycle, by deadline', () => {
    const bench = new WatchBench(SILENT).input({ type: 'session', cycles: 3, doseBefore: 0 });
    bench.expect(IN_WARM).expect({}, 600_000).expect(IN_COLD, 1_000).expect(IN_WARM, 60_000);
    const fromMs = bench.atMs;
    expect(bench.to(fromMs + 602_999).said).toEqual([]);
    expect(bench.to(fromMs + 603_000).said).toEqual(['T11 step_too_long']);
  });
  test('a step that has not begun counts from its open command', () => {
    const bench = new WatchBench(SILENT).expect({ ...IN_COLD, band: null, stepLimitMs: 60_000 });
    bench.to(5_000).open('cold', 2_000);
    expect(bench.to(65_999).said).toEqual([]);
    expect(bench.to(66_000).said).toEqual(['T11 step_too_long']);
    const begun = new WatchBench(SILENT).expect({
      ...IN_COLD,
      band: null,
      stepLimitMs: 10_000,
      stepOverMs: 90_000,
    });
    expect(begun.open('cold').to(89_999).said).toEqual([]);
    const never = new WatchBench(SILENT).expect({ ...IN_COLD, stepLimitMs: 10_000 });
    expect(never.to(120_000).said).toEqual([]);
  });
  test('what a mixer ran in the step before runs a second longer at most, though the next open waits', () => {
    const change = { ...IN_WARM, stepLimitMs: 240_000, formerOverMs: 31_000 };
    const cold = () => new WatchBench(SILENT).expect({ ...IN_COLD, band: null }).open('cold', 30_000);
    const waits = cold().expect({ ...change, band: null });
    expect(waits.to(30_999).said).toEqual([]);
    expect(waits.to(31_000).said).toEqual(['T11 step_too_long']);
    const sent = cold().expect({ ...change, band: null });
    expect(sent.open('warm').to(90_000).said).toEqual([]);
    const closed = cold()
      .close('cold')
      .expect({ ...change, band: null });
    expect(closed.to(90_000).said).toEqual([]);
  });
  test('a sum that is used up is told again whenever somebody is in', () => {
    const bench = new WatchBench(SILENT).expect(IN_COLD).to(301_000);
    expect(bench.expect({}, 1_000).expect(IN_WARM, 1_000).said).toHaveLength(2);
  });
  test('nothing is due where nobody is in', () => {
    const bench = new WatchBench(SILENT).expect(IN_WARM).expect({}, 1_000);
    expect(bench.state.deadlineMs).toBeNull();
  });
});

describe('T12', () => {
  const dose = (more: object, valueC: number, settings = {}) =>
    new WatchBench({ ...OLD, guardMaxC: null, ...settings })
      .input({ type: 'session', cycles: 99_999, doseBefore: 0 })
      .expect({ ...IN_WARM, band: null, warmTopC: 44, ...more })
      .reading(valueC)
      .to(30_000_000)
      .firstMs('heat_dose');
  test('a cold step counts where its water is measured, and not in two buckets', () => {
    expect(dose({ side: 'cold' }, 41)).not.toBeNull();
    expect(dose({ side: 'cold' }, 41, { plumbing: 'cues' })).toBeNull();
    expect(dose({}, 41, { plumbing: 'cues' })).not.toBeNull();
  });
  test('36 C add nothing, and nobody in it neither', () => {
    expect(dose({}, 36)).toBeNull();
    expect(dose({ exposed: false }, 41)).toBeNull();
  });
});

describe('T13', () => {
  test('a seen word at the end of the question answers it', () => {
    const bench = new WatchBench(SILENT).expect({ ...IN_WARM, answerByMs: 5_000 });
    const reading = { kind: 'presence', device: 'p', present: true, takenAtMs: 0 } as const;
    bench.input({ type: 'sense', device: 'p', reading }, 1_000);
    expect(bench.told).toEqual(['seen']);
    expect(bench.to(5_000).said).toEqual(['T13 no_answer']);
    expect(bench.input({ type: 'clock' }, 1_000).told).toEqual(['seen']);
  });
  test('other senses say nothing of presence', () => {
    const bench = new WatchBench(SILENT).expect(IN_WARM);
    const reading = { kind: 'leak', device: 'p', leaking: false, takenAtMs: 0 } as const;
    bench.input({ type: 'sense', device: 'p', reading }, 1_000);
    expect([bench.told, bench.to(60_000).said]).toEqual([[], []]);
  });
  test('outside contact no answer is missed', () => {
    expect(new WatchBench(SILENT).expect({ answerByMs: 5_000 }).to(60_000).said).toEqual([]);
  });
});

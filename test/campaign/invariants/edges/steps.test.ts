/**
 * If these fail, a judge of time looks away: a step that is too long passes, or one that ends in time is accused. Each is
 * shown the longest that is promised, and what is longer by one look.
 */
import { describe, expect, test } from 'vitest';
import type { Tick } from '../../../../src/campaign/trace.ts';
import {
  BASIN,
  BUCKETS,
  fault,
  asked,
  journal,
  objects,
  judge,
  leased,
  permit,
  SOAK,
  state,
  tick,
  ticks,
  WARM,
  COLD,
  turns,
} from './bench.ts';
import type { Moment } from './bench.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('I6: warm contact', () => {
  // 240 s, a second, one look, and half a second of travel.
  test('a step', () => {
    expect(objects('I6', ticks(0, 241_750, WARM))).toBeNull();
    expect(objects('I6', ticks(0, 243_000, WARM))).toEqual([242_000, 'the warm step has run 242 s']);
  });

  test('with a slow valve its travel is added', () => {
    const facts = { travelMs: { hot: 900, cold: 2_000 } };
    expect(objects('I6', ticks(0, 243_250, WARM), facts)).toBeNull();
    expect(objects('I6', ticks(0, 244_000, WARM), facts)).toEqual([243_500, 'the warm step has run 243.5 s']);
  });

  test('a soak', () => {
    const facts = { plan: SOAK };
    expect(objects('I6', ticks(0, 1_201_750, WARM), facts)).toBeNull();
    expect(objects('I6', ticks(0, 1_202_500, WARM), facts)?.[0]).toBe(1_202_000);
  });

  test('only while it is permitted, and while its process lives', () => {
    expect(objects('I6', ticks(0, 300_000, { open: { hot: true } }))).toBeNull();
    expect(objects('I6', ticks(0, 300_000, { ...WARM, alive: false }))).toBeNull();
    expect(judge('I6', ticks(0, 1_000, COLD)).judged).toBe(0);
    expect(judge('I6', ticks(0, 1_000, WARM)).judged).toBe(5);
  });

  test('of a session: 20 min, and a second and a close for each step', () => {
    // In the sixth step 1,200 s + 6 x 1.75 s are allowed.
    expect(objects('I6', turns(6, 202_250, 30_000))).toEqual([
      1_362_000,
      'warm contact of the session is 1210.75 s',
    ]);
    expect(objects('I6', turns(6, 201_750, 30_000))).toBeNull();
  });

  test('a session that is started anew begins to count anew, one that is continued goes on', () => {
    const again = (record: string): readonly Moment[] => [
      ...ticks(0, 200_000, WARM),
      journal(200_100, record),
      ...ticks(200_250, 400_000, WARM),
    ];
    expect(objects('I6', again('start'))).toBeNull();
    expect(objects('I6', again('continue'))?.[0]).toBe(242_000);
  });

  test('a part of a session by the wall clock: 40 min from the first contact, with all its pauses', () => {
    const paused: Partial<Tick> = { permitted: true };
    const part = (toMs: number): readonly Moment[] => [permit(10_000), ...ticks(10_000, toMs, paused)];
    expect(objects('I6', part(2_411_000))).toBeNull();
    expect(objects('I6', part(2_412_000))).toEqual([
      2_411_250,
      'contact is permitted 2401.25 s after the first',
    ]);
    for (const record of ['start', 'continue'])
      expect(
        objects('I6', [
          permit(0),
          journal(1_000_000, record),
          permit(1_000_000),
          ...ticks(2_500_000, 3_400_000, paused),
        ]),
      ).toBeNull();
    expect(
      objects('I6', [permit(0), permit(10_000, false), permit(20_000), tick(2_401_001, paused)])?.[0],
    ).toBe(2_401_001);
    expect(objects('I6', [permit(0), permit(10_000, false), tick(2_500_000)])).toBeNull();
    expect(objects('I6', [permit(0), journal(1, 'stop'), tick(2_401_001, paused)])?.[0]).toBe(2_401_001);
  });
});

describe('which step runs', () => {
  test('on a stream by the valve that is truly open, by the setpoint of a mixer, and not by one that a fault holds', () => {
    const mixer = (targetC: number): readonly Moment[] => [
      { event: { type: 'command', atMs: 0, device: 'mixer', action: 'open', leaseMs: null, targetC } },
      ...ticks(0, 63_000, { permitted: true, open: { mixer: true } }),
    ];
    expect(objects('I5', mixer(15))?.[0]).toBe(62_000);
    expect(objects('I5', mixer(25))?.[0]).toBe(62_000);
    expect(objects('I5', mixer(25.1))).toBeNull();
    // What it was never told is neither.
    expect(objects('I5', ticks(0, 63_000, { permitted: true, open: { mixer: true } }))).toBeNull();
    expect(objects('I5', ticks(0, 63_000, { permitted: true, open: { hot: true, cold: true } }))).toBeNull();
    expect(objects('I5', ticks(0, 63_000, { permitted: true }))).toBeNull();
    for (const valve of ['cold', 'mixer'])
      expect(
        objects('I5', [fault(0, 'valve-stuck-open', { valve, device: valve }), ...ticks(0, 63_000, COLD)]),
      ).toBeNull();
    expect(
      objects('I5', [
        fault(0, 'valve-stuck-open', { valve: 'hot', device: 'hot' }),
        ...ticks(0, 63_000, { ...COLD, open: { hot: true, cold: true } }),
      ])?.[0],
    ).toBe(62_000);
  });

  test('between vessels by the cue', () => {
    const inCue = (phase: string): readonly Moment[] => [
      state(0, phase),
      ...ticks(0, 63_000, { permitted: true }),
    ];
    expect(objects('I5', inCue('cold'), { station: BUCKETS })?.[0]).toBe(62_000);
    expect(objects('I5', inCue('warm'), { station: BUCKETS })).toBeNull();
    expect(objects('I5', inCue('preparing'), { station: BUCKETS })).toBeNull();
    expect(objects('I5', inCue('cold'), { station: BASIN })?.[0]).toBe(62_000);
    expect(objects('I5', inCue('cold'))).toBeNull();
  });

  test('ends with a close; while its cue stands it goes on with what comes back', () => {
    const shutFor = (...cues: readonly Moment[]): readonly Moment[] => [
      ...ticks(0, 40_000, COLD),
      ...ticks(40_250, 42_000, { permitted: true }),
      ...cues,
      ...ticks(42_250, 70_000, COLD),
    ];
    expect(objects('I5', shutFor())).toBeNull();
    const goesOn = [state(0, 'cold'), ...shutFor()];
    expect(objects('I5', goesOn)?.[0]).toBe(64_250);
    expect(objects('I5', [state(0, 'cold'), ...shutFor(state(42_100, 'changing'))])?.[0]).toBe(64_250);
    expect(objects('I5', [state(0, 'cold'), ...shutFor(state(42_100, 'warm'))])).toBeNull();
    expect(objects('I5', [state(0, 'warm'), ...shutFor()])).toBeNull();
    const other = [
      ...ticks(0, 40_000, COLD),
      ...ticks(40_250, 42_000, WARM),
      ...ticks(42_250, 100_000, COLD),
    ];
    expect(objects('I5', [state(0, 'cold'), ...other])).toBeNull();
    const notPermitted = [
      ...ticks(0, 40_000, COLD),
      ...ticks(40_250, 42_000, { open: { cold: true } }),
      ...ticks(42_250, 70_000, COLD),
    ];
    expect(objects('I5', notPermitted)?.[0]).toBe(64_000);
  });

  test('where its close may not arrive it goes on until the lease is over', () => {
    const cut = [
      leased(59_000, 'cold', 10_000),
      ...ticks(0, 58_750, COLD),
      leased(59_000, 'cold', 10_000),
      fault(60_000, 'bus-cut', { backMs: 60_000 }),
      ...ticks(59_000, 70_750, COLD),
    ];
    expect(objects('I5', cut)).toBeNull();
    expect(objects('I5', [...cut, ...ticks(71_000, 72_000, COLD)])?.[0]).toBe(71_000);
  });
});

describe('I16: jumps of the clock', () => {
  const jumped = (byMs: number, what: Partial<Tick>, toMs: number): readonly Moment[] => [
    tick(0),
    ...ticks(250, toMs, {}).map((one) =>
      'tick' in one ? tick(one.tick.atMs, { ...what, wallMs: one.tick.atMs + byMs }) : one,
    ),
  ];

  test('nothing is judged before the first', () => {
    expect(
      judge(
        'I16',
        ticks(0, 300_000, WARM).map((one) =>
          'tick' in one ? tick(one.tick.atMs, { ...WARM, wallMs: one.tick.atMs }) : one,
        ),
      ),
    ).toEqual({ at: null, judged: 0 });
    expect(judge('I16', jumped(1_000, WARM, 1_000)).judged).toBe(0);
    expect(judge('I16', jumped(1_001, WARM, 1_000)).judged).toBe(4);
    expect(judge('I16', jumped(-1_001, WARM, 1_000)).judged).toBe(4);
    // Where no step runs over anybody there is nothing that a jump could lengthen.
    expect(judge('I16', jumped(1_001, {}, 1_000)).judged).toBe(0);
    expect(judge('I16', jumped(1_001, { open: { hot: true } }, 1_000)).judged).toBe(0);
  });

  test.each([3_600_000, -3_600_000])('by %i ms: steps are as long as ever', (byMs) => {
    expect(objects('I16', jumped(byMs, WARM, 242_000))).toBeNull();
    expect(objects('I16', jumped(byMs, WARM, 243_000))).toEqual([
      242_250,
      'after a jump of the clock the warm step has run 242 s',
    ]);
    expect(objects('I16', jumped(byMs, COLD, 62_000))).toBeNull();
    expect(objects('I16', jumped(byMs, COLD, 63_000))).toEqual([
      62_250,
      'after a jump of the clock the cold step has run 62 s',
    ]);
    expect(objects('I16', jumped(byMs, WARM, 1_202_000), { plan: SOAK })).toBeNull();
    expect(objects('I16', jumped(byMs, WARM, 1_203_000), { plan: SOAK })?.[0]).toBe(1_202_250);
    expect(objects('I16', jumped(byMs, { open: { hot: true } }, 300_000))).toBeNull();
  });

  test('a lock of 24 h is not shortened', () => {
    const locked = (forMs: number): readonly Moment[] => [
      tick(0),
      journal(1_000, 'symptom'),
      journal(2_000, 'symptom'),
      tick(1_000 + forMs, { permitted: true, wallMs: 10 * DAY }),
    ];
    expect(objects('I16', locked(DAY))).toBeNull();
    expect(objects('I16', locked(DAY - 1))).toEqual([
      1_000 + DAY - 1,
      'contact is permitted 86399.999 s after a symptom',
    ]);
    expect(
      objects('I16', [tick(0), journal(1_000, 'start'), tick(5_000, { permitted: true, wallMs: DAY })]),
    ).toBeNull();
    const kept = [tick(0), journal(1_000, 'symptom'), tick(5_000, { wallMs: DAY })];
    expect(judge('I16', kept)).toEqual({ at: null, judged: 0 });
    // Judged where somebody asks to be let in, and not before a jump or after the day.
    expect(judge('I16', [...kept, asked(6_000, 'start')])).toEqual({ at: null, judged: 1 });
    expect(judge('I16', [...kept, asked(6_000, 'stop'), asked(1_000 + DAY, 'start')]).judged).toBe(0);
    expect(judge('I16', [tick(0), journal(1_000, 'symptom'), asked(6_000, 'start')]).judged).toBe(0);
  });
});

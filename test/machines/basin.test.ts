// If these fail, a basin runs over, its drain falls open under somebody's feet, it is offered before its water is right,
// or cold feet get hot water: each step of one filling, its end by deadline, and the numbers it goes by.
import { describe, expect, test } from 'vitest';
import type { BasinContext, BasinSettings } from '../../machines/basin-run.ts';
import { exchangeFor, expectation } from '../../machines/basin-run.ts';
import { Bench, COLD, NO_WATER, OPEN, WARM, topping } from './basin-bench.ts';

describe('a filling', () => {
  test('begins with an empty basin, drain open, and no water', () => {
    const bench = new Bench().prepare(WARM, 5_000);
    expect(bench.state).toBe('emptying');
    expect(bench.wants).toEqual([
      NO_WATER,
      OPEN,
      {
        type: 'expect',
        expectation: {
          operation: 'empty',
          side: null,
          targetC: null,
          band: null,
          toL: 0.3,
          filledAtMs: null,
        },
      },
    ]);
    // 20 s a litre and half a minute.
    expect(bench.due).toBe(195_000);
  });

  test('shuts the drain first, and lets water in when it is verified', () => {
    const bench = new Bench().prepare().send({ type: 'emptied' }, 60_000);
    expect(bench.state).toBe('shutting');
    expect(bench.wants).toEqual([
      { type: 'shut', untilMs: 60_000 + 2_700_000 },
      { type: 'expect', expectation: expectation(bench.context, 'rest') },
    ]);
    expect(bench.due).toBeNull();
    bench.send({ type: 'shut' }, 1_000);
    expect(bench.state).toBe('filling');
    expect(bench.due).toBe(61_000 + 270_000);
    expect(bench.wants).toEqual([
      { type: 'water', water: { side: 'warm', targetC: 39, untilMs: 332_000 } },
      {
        type: 'expect',
        expectation: {
          operation: 'fill',
          side: 'warm',
          targetC: 38,
          band: null,
          toL: 7.6,
          filledAtMs: null,
        },
      },
    ]);
  });

  test('ends when it is full; its water is as old as its first litre', () => {
    const bench = new Bench().settling();
    expect(bench.state).toBe('settling');
    expect(bench.due).toBeNull();
    expect(bench.context.filledAtMs).toBe(61_000);
    expect(bench.wants).toEqual([
      NO_WATER,
      {
        type: 'expect',
        expectation: {
          operation: 'settle',
          side: 'warm',
          targetC: 38,
          band: null,
          toL: null,
          filledAtMs: 61_000,
        },
      },
    ]);
  });

  test('is held at what it can do, and offered when it is in its band', () => {
    const bench = new Bench().standing(38.2);
    expect(bench.state).toBe('standing');
    const { targetC = 0 } = bench.context.targetC === null ? {} : { targetC: bench.context.targetC };
    expect(targetC).toBeCloseTo(37.8, 5);
    expect(bench.context).toMatchObject({ filledC: 38.2, bandByMs: 169_000 + 180_000 });
    expect(bench.wants).toEqual([
      NO_WATER,
      {
        type: 'expect',
        expectation: {
          operation: 'hold',
          side: 'warm',
          targetC,
          band: { minC: targetC - 1, maxC: targetC + 1 },
          toL: null,
          filledAtMs: 61_000,
        },
      },
      { type: 'held-at', targetC },
    ]);
    bench.send({ type: 'banded' }, 10_000);
    expect(bench.wants).toEqual([{ type: 'ready' }]);
    expect(bench.context).toMatchObject({ inBand: true, banded: true, bandByMs: null });
    expect(bench.send({ type: 'banded' }).wants).toEqual([]);
    bench.send({ type: 'unbanded' }, 1_000);
    expect(bench.wants).toEqual([{ type: 'unready' }]);
    expect(bench.context).toMatchObject({ inBand: false, banded: false, bandByMs: 180_000 + 180_000 });
    expect(bench.send({ type: 'unbanded' }).wants).toEqual([]);
  });

  test('that its supply is not fit for ends with the drain open and the reason', () => {
    const bench = new Bench().standing(30);
    expect(bench.state).toBe('failed');
    expect(bench.said).toEqual(['water', 'shut', 'expect', 'failed']);
    expect(bench.wants[3]).toMatchObject({ reason: 'never_in_band' });
    expect(bench.context).toMatchObject({ goal: null, targetC: null, filledAtMs: null });
    expect(bench.send({ type: 'emptied' }).state).toBe('empty');
  });
});

describe('what does not come to its end', () => {
  test.each<readonly [string, () => Bench, string, RegExp]>([
    ['an emptying', () => new Bench().prepare(), 'basin_not_draining', /does not run empty within 3.2 min/],
    ['a filling', () => new Bench().filling(), 'basin_not_filling', /not full 4.5 min after/],
    [
      'a portion out',
      () => new Bench().ready().send({ type: 'drift', toward: 'warm', valueC: 37 }, 1_000),
      'basin_not_draining',
      /3.2 min/,
    ],
    ['a portion in', () => topping(new Bench().ready()), 'basin_not_filling', /4.5 min/],
    [
      'an emptying after the session',
      () => new Bench().ready().send({ type: 'empty' }, 1_000),
      'basin_not_draining',
      /3.2 min/,
    ],
  ])('%s is found by deadline, and opens the drain', (_, make, reason, says) => {
    const bench = make();
    const before = bench.state;
    const dueMs = bench.due ?? 0;
    expect(bench.send({ type: 'clock' }, dueMs - 1 - bench.atMs).state).toBe(before);
    bench.send({ type: 'clock' }, 1);
    expect(bench.state).toBe('failed');
    expect(bench.wants.slice(0, 2)).toEqual([NO_WATER, OPEN]);
    expect(bench.wants).toContainEqual({
      type: 'expect',
      expectation: expectation(bench.context, 'empty', { toL: 0.3 }),
    });
    const last = bench.wants.find(({ type }) => type === 'failed');
    expect(last).toMatchObject({ type: 'failed', reason });
    expect(last).toHaveProperty('message', expect.stringMatching(says));
    expect([bench.context.banded, bench.context.inBand, bench.due]).toEqual([false, false, null]);
  });

  test('whoever was told that it is ready is told that it is so no more', () => {
    const bench = topping(new Bench().ready()).late();
    expect(bench.said).toEqual(['water', 'shut', 'unready', 'failed', 'expect']);
    const never = new Bench().filling().late();
    expect(never.said).not.toContain('unready');
  });
});

describe('an exchange', () => {
  test('lets a portion out, shuts the drain, and fills up to the brim', () => {
    const bench = new Bench('warm').ready(38.4).send({ type: 'drift', toward: 'warm', valueC: 37.4 }, 20_000);
    // Held at 38.0, a supply of 38.4: 0.6 K of 1.0 K, at most a fifth.
    expect(bench.state).toBe('letting');
    expect(bench.context.exchange).toEqual({ toward: 'warm', outL: 1.6 });
    expect(bench.wants).toEqual([
      NO_WATER,
      OPEN,
      { type: 'expect', expectation: expectation(bench.context, 'let', { toL: 6 }) },
    ]);
    expect(bench.due).toBe(bench.atMs + 190_000);
    bench.send({ type: 'let-out' }, 5_000);
    expect(bench.state).toBe('sealing');
    expect(bench.due).toBeNull();
    expect(bench.wants).toEqual([
      { type: 'shut', untilMs: bench.atMs + 2_700_000 },
      { type: 'expect', expectation: expectation(bench.context, 'hold') },
    ]);
    bench.send({ type: 'shut' }, 1_000);
    expect(bench.state).toBe('topping');
    expect(bench.wants).toEqual([
      { type: 'water', water: { side: 'warm', targetC: 39, untilMs: bench.atMs + 271_000 } },
      { type: 'expect', expectation: expectation(bench.context, 'top', { toL: 7.6 }) },
    ]);
    expect(bench.due).toBe(bench.atMs + 270_000);
    bench.send({ type: 'filled' }, 9_000);
    expect(bench.state).toBe('standing');
    expect(bench.context.exchange).toBeNull();
    expect(bench.wants).toEqual([
      NO_WATER,
      { type: 'expect', expectation: expectation(bench.context, 'hold') },
    ]);
  });

  test('with cold water to a warm basin is offered after it only', () => {
    const bench = new Bench('both')
      .standing(39.5)
      .send({ type: 'drift', toward: 'cold', valueC: 39.2 }, 20_000);
    // 39.2 to 38 with 10 C: 1.2 of 29.2 K, of 8 l.
    expect(bench.context.exchange?.outL).toBeCloseTo((8 * 1.2) / 29.2, 5);
    bench.send({ type: 'banded' }, 1_000);
    expect([bench.said, bench.context.inBand]).toEqual([[], true]);
    bench.send({ type: 'let-out' }, 5_000).send({ type: 'shut' }, 1_000);
    expect(bench.wants[0]).toMatchObject({ water: { side: 'cold', targetC: 10 } });
    bench.send({ type: 'filled' }, 4_000);
    expect([bench.state, bench.said]).toEqual(['standing', ['water', 'expect', 'ready']]);
  });

  test.each(['letting', 'sealing', 'topping'])('says whether its water is in the band while %s', (state) => {
    const bench = new Bench().ready().send({ type: 'drift', toward: 'warm', valueC: 37 }, 20_000);
    if (state !== 'letting') bench.send({ type: 'let-out' });
    if (state === 'topping') bench.send({ type: 'shut' });
    expect(bench.state).toBe(state);
    expect(bench.send({ type: 'unbanded' }).said).toEqual(['unready']);
    expect(bench.send({ type: 'banded' }).said).toEqual(['ready']);
    expect(bench.state).toBe(state);
    expect(bench.send({ type: 'rest' }).state).toBe('resting');
  });

  test('that changes nothing is not begun', () => {
    const bench = new Bench('warm').ready().send({ type: 'drift', toward: 'cold', valueC: 39.5 }, 20_000);
    expect([bench.state, bench.said]).toEqual(['standing', []]);
  });
});

describe('what an exchange makes good', () => {
  const of = (
    more: Partial<BasinContext>,
    fills: BasinSettings['fills'] = 'both',
    goal = WARM,
  ): BasinContext => ({
    ...new Bench(fills, goal).context,
    goal,
    targetC: goal.targetC,
    filledC: goal.side === 'warm' ? 39 : 12,
    ...more,
  });
  test.each<readonly [string, BasinContext, 'warm' | 'cold', number, object | null]>([
    ['nothing without a goal', of({ goal: null }), 'warm', 37, null],
    ['nothing before it was measured', of({ targetC: null }), 'warm', 37, null],
    ['nothing before its supply was', of({ filledC: null }), 'warm', 37, null],
    ['warm to warm with somebody in', of({ occupied: true }), 'warm', 37, { toward: 'warm' }],
    ['never cold to warm with somebody in', of({ occupied: true }), 'cold', 39, null],
    ['nor once it was offered', of({ banded: true }), 'cold', 39, null],
    ['cold to warm before', of({}), 'cold', 39, { toward: 'cold' }],
    ['no cold where there is none', of({}, 'warm'), 'cold', 39, null],
    ['no warm where there is none', of({}, 'cold', COLD), 'warm', 12, null],
    ['cold to a cold one', of({ occupied: true }, 'cold', COLD), 'cold', 17, { toward: 'cold' }],
    ['nothing that is hardly warmer', of({}), 'warm', 38.81, null],
    ['what is 0.2 K warmer', of({}), 'warm', 38.79, { outL: 0.24 }],
    ['nothing from a supply on the wrong side', of({ filledC: 36 }), 'warm', 37, null],
    ['nothing colder from water as cold as it gets', of({}, 'cold', COLD), 'cold', 11, null],
    // A mixer makes 39 of 38, whatever it was filled with.
    ['from a mixer, what it is set to', of({ filledC: 30 }, 'mixer'), 'warm', 37, { outL: 1.6 }],
    [
      'from a mixer, a tenth',
      of({ filledC: 30, targetC: 37.2 }, 'mixer'),
      'warm',
      37.08,
      { outL: (8 * 0.12) / 1.12 },
    ],
    ['to a mixed basin, at most a fifth', of({}), 'warm', 36, { outL: 1.6 }],
    ['at least a thirtieth', of({}), 'warm', 37.99, { outL: 0.24 }],
  ])('%s', (_, context, toward, valueC, made) => {
    const exchange = exchangeFor(context, toward, valueC);
    if (made === null || exchange === null) {
      expect(exchange).toBe(made);
      return;
    }
    const near = (value: unknown) => (typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value);
    const told = Object.fromEntries(Object.entries(exchange).map(([key, value]) => [key, near(value)]));
    const wanted = Object.fromEntries(Object.entries(made).map(([key, value]) => [key, near(value)]));
    expect(told).toMatchObject(wanted);
  });
});

describe('the end of it', () => {
  test.each<readonly [string, () => Bench]>([
    ['emptying', () => new Bench().prepare()],
    ['shutting', () => new Bench().prepare().send({ type: 'emptied' })],
    ['filling', () => new Bench().filling()],
    ['settling', () => new Bench().settling()],
    ['standing', () => new Bench().ready()],
    ['letting', () => new Bench().ready().send({ type: 'drift', toward: 'warm', valueC: 37 })],
    [
      'sealing',
      () => new Bench().ready().send({ type: 'drift', toward: 'warm', valueC: 37 }).send({ type: 'let-out' }),
    ],
    ['topping', () => topping(new Bench().ready())],
    ['resting', () => new Bench().ready().send({ type: 'rest' })],
  ])('while %s, everything is let out at once', (state, make) => {
    const bench = make();
    expect(bench.state).toBe(state);
    const wasOffered = bench.context.banded;
    bench.send({ type: 'occupied', yes: true }).send({ type: 'empty' }, 1_000);
    expect(bench.state).toBe('draining');
    expect(bench.said).toEqual(['water', 'shut', ...(wasOffered ? ['unready'] : []), 'expect']);
    expect(bench.wants.slice(0, 2)).toEqual([NO_WATER, OPEN]);
    expect(bench.context).toMatchObject({
      goal: null,
      targetC: null,
      filledC: null,
      filledAtMs: null,
      bandByMs: null,
      inBand: false,
      banded: false,
      occupied: true,
      exchange: null,
      deadlines: { level: bench.atMs + 190_000 },
    });
    bench.send({ type: 'emptied' }, 60_000);
    expect(bench.state).toBe('empty');
    expect(bench.wants).toEqual([
      { type: 'expect', expectation: expectation(bench.context, 'rest') },
      { type: 'emptied' },
    ]);
    expect(bench.due).toBeNull();
  });

  test('a pause before there is water to keep lets everything out', () => {
    for (const make of [
      () => new Bench().prepare(),
      () => new Bench().prepare().send({ type: 'emptied' }),
      () => new Bench().filling(),
      () => new Bench().settling(),
    ])
      expect(make().send({ type: 'rest' }).state).toBe('draining');
  });

  test('a pause keeps the water and holds the drain shut, with nothing running', () => {
    const bench = new Bench().ready().send({ type: 'rest' }, 1_000);
    expect(bench.wants).toEqual([
      NO_WATER,
      { type: 'shut', untilMs: bench.atMs + 2_700_000 },
      { type: 'unready' },
      { type: 'expect', expectation: expectation(bench.context, 'rest') },
    ]);
    expect(bench.context).toMatchObject({ inBand: false, banded: false, exchange: null, deadlines: {} });
    bench.prepare(WARM, 30_000);
    expect(bench.state).toBe('standing');
    expect(bench.context.bandByMs).toBe(bench.atMs + 180_000);
    expect(new Bench().standing().send({ type: 'rest' }).said).not.toContain('unready');
  });
});

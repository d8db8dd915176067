// If these fail, a basin runs over, its drain falls open under somebody's feet, it is offered before its water is right,
// or cold feet get hot water: each step of one filling, its end by deadline, and the numbers it goes by.
import { describe, expect, test } from 'vitest';
import { basin } from '../../machines/basin.ts';
import { freshUntilMs } from '../../machines/basin-guards.ts';
import type { BasinContext, BasinEvent, BasinGoal, BasinSettings } from '../../machines/basin-run.ts';
import {
  basinBand,
  basinDeadline,
  exchangeFor,
  expectation,
  fillSide,
  setpointC,
  settle,
} from '../../machines/basin-run.ts';
import { stateName } from '../../machines/engine.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
const WARM: BasinGoal = { side: 'warm', targetC: 38, rangeC: { minC: 36.7, maxC: 40 }, neededMs: 600_000 };
const COLD: BasinGoal = { side: 'cold', targetC: 15, rangeC: { minC: 10, maxC: 15.6 }, neededMs: 600_000 };
const NO_WATER = { type: 'water', water: null };
const OPEN = { type: 'shut', untilMs: null };

class Bench {
  snapshot;
  atMs = 0;
  wants: readonly { readonly type: string }[] = [];
  readonly goal: BasinGoal;

  constructor(fills: BasinSettings['fills'] = 'both', goal = WARM, heats = false) {
    this.goal = goal;
    this.snapshot = basin.initial({ volumeL: 8, fills, heats, purgeMs: 180_000 });
  }
  get state(): string {
    return stateName(this.snapshot);
  }
  get context(): BasinContext {
    return this.snapshot.context;
  }
  get due(): number | null {
    return basinDeadline(this.context);
  }
  get said(): readonly string[] {
    return this.wants.map(({ type }) => type);
  }
  send(event: Without<BasinEvent>, afterMs = 0): this {
    this.atMs += afterMs;
    const step = basin.step(this.snapshot, { ...event, atMs: this.atMs });
    this.snapshot = step.snapshot;
    this.wants = step.wants;
    return this;
  }
  prepare(goal = this.goal, afterMs = 0): this {
    return this.send({ type: 'prepare', goal }, afterMs);
  }
  filling(): this {
    return this.prepare().send({ type: 'emptied' }, 60_000).send({ type: 'shut' }, 1_000);
  }
  settling(): this {
    return this.filling().send({ type: 'filled' }, 100_000);
  }
  standing(valueC = this.goal.side === 'warm' ? 39 : 12): this {
    return this.settling().send({ type: 'settled', valueC }, 8_000);
  }
  ready(valueC?: number): this {
    return this.standing(valueC).send({ type: 'banded' }, 10_000);
  }
  late(): this {
    return this.send({ type: 'clock' }, (this.due ?? Infinity) - this.atMs);
  }
}

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

function topping(bench: Bench, valueC = 37): Bench {
  return bench
    .send({ type: 'drift', toward: 'warm', valueC }, 20_000)
    .send({ type: 'let-out' }, 5_000)
    .send({ type: 'shut' }, 1_000);
}

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

describe('the age of its water (L17)', () => {
  test.each([
    // Begins within 15 min, and is not older than 30 min when it ends.
    [0, 900_000],
    [900_000, 900_000],
    [901_000, 899_000],
    [1_800_000, 0],
    [9_000_000, 0],
  ])('needed for %s ms, it is fresh for %s ms', (neededMs, freshMs) => {
    expect(freshUntilMs(1_000, neededMs)).toBe(1_000 + freshMs);
  });

  test('old water with nobody in is let out and filled anew', () => {
    const bench = new Bench().ready();
    expect(bench.due).toBe(61_000 + 900_000);
    expect(bench.send({ type: 'clock' }, 961_000 - bench.atMs - 1).state).toBe('standing');
    bench.send({ type: 'clock' }, 1);
    expect(bench.state).toBe('emptying');
    expect(bench.context.goal).toEqual(WARM);
    expect(bench.said).toEqual(['water', 'shut', 'unready', 'expect']);
  });

  test('nobody is emptied from under their feet: that the watch says, in time', () => {
    const bench = new Bench().ready().send({ type: 'occupied', yes: true });
    expect(bench.due).toBeNull();
    expect(bench.send({ type: 'clock' }, 1_000_000).state).toBe('standing');
    expect(bench.send({ type: 'occupied', yes: false }).due).toBe(961_000);
    expect(bench.send({ type: 'clock' }).state).toBe('emptying');
  });

  test.each(['standing', 'resting'])('old water that is %s is not begun with', (state) => {
    const make = () =>
      state === 'resting' ? new Bench().ready().send({ type: 'rest' }) : new Bench().ready();
    const young = make();
    expect(young.prepare(WARM, 960_999 - young.atMs).state).toBe('standing');
    const old = make();
    expect(old.prepare(WARM, 961_000 - old.atMs).state).toBe('emptying');
    const long = make();
    expect(long.prepare({ ...WARM, neededMs: 1_700_000 }, 1_000).state).toBe('emptying');
  });

  test('taken up again too late, its end is now and not in the past', () => {
    const bench = new Bench().ready().send({ type: 'rest' });
    const exchanged = topping(new Bench().ready());
    exchanged.send({ type: 'filled' }, 1_000_000);
    expect(exchanged.context.deadlines.age).toBe(exchanged.atMs);
    expect(bench.prepare(WARM, 1_000).context.deadlines.age).toBe(961_000);
  });
});

describe('the numbers', () => {
  test.each([
    ['both', WARM, 'warm'],
    ['both', COLD, 'warm'],
    ['mixer', WARM, 'warm'],
    ['mixer', COLD, 'cold'],
    ['warm', WARM, 'warm'],
    ['cold', COLD, 'cold'],
  ] as const)('%s fills with', (fills, goal, side) => {
    expect(fillSide({ volumeL: 8, fills, heats: false, purgeMs: 1 }, goal)).toBe(side);
  });

  test.each([
    ['warm', 38, 39],
    ['warm', 39.5, 40],
    ['warm', 8, 10],
    ['cold', 15, 10],
  ] as const)('a mixer of %s water at %s is set to %s', (side, targetC, set) => {
    expect(setpointC(side, targetC)).toBe(set);
  });

  test.each([
    ['warm', 38, 37, 39],
    ['cold', 15, 13, 17],
    ['cold', 11, 10, 13],
    ['warm', 10.5, 9.5, 11.5],
  ] as const)('%s at %s is in band from %s to %s', (side, targetC, minC, maxC) => {
    expect(basinBand(side, targetC)).toEqual({ minC, maxC });
  });

  const held = (fills: BasinSettings['fills'], goal: BasinGoal, filledC: number): number | string => {
    const found = settle({ volumeL: 8, fills, heats: false, purgeMs: 1 }, goal, filledC);
    return 'targetC' in found ? Math.round(found.targetC * 100) / 100 : `${found.reason}: ${found.message}`;
  };
  test.each<readonly [BasinSettings['fills'], BasinGoal, number, number | RegExp]>([
    ['mixer', WARM, 20, 38],
    ['both', WARM, 39, 38],
    ['both', WARM, 38.2, 37.8],
    ['both', WARM, 36.9, 36.7],
    ['both', WARM, 35.7, 36.7],
    [
      'both',
      WARM,
      35.6,
      /^never_in_band: the basin is 35.6 C with warm water alone, wanted at least 36.7 C; check/,
    ],
    ['both', WARM, 45, 38],
    ['warm', WARM, 39, 38.6],
    ['warm', WARM, 40.5, 40],
    ['warm', WARM, 36.8, 36.7],
    ['warm', WARM, 35.6, /^never_in_band/],
    ['warm', WARM, 40.6, /^warm_supply_too_warm: the warm basin is 40.6 C, wanted at most 40.0 C, and/],
    ['both', COLD, 8, 15],
    ['both', COLD, 39, 15],
    ['cold', COLD, 10, 10],
    ['cold', COLD, 9.9, /^cold_supply_too_cold: the cold basin is 9.9 C; below 10.0 C/],
    ['cold', { ...COLD, rangeC: { minC: 12, maxC: 16 } }, 11.9, /below 12.0 C/],
    ['cold', { ...COLD, rangeC: { minC: 5, maxC: 16 } }, 9.9, /below 10.0 C/],
    ['cold', COLD, 19, 19],
  ])('%s, filled with %j at %s C', (fills, goal, filledC, said) => {
    if (typeof said === 'number') expect(held(fills, goal, filledC)).toBe(said);
    else expect(held(fills, goal, filledC)).toMatch(said);
  });
});

describe('a heater', () => {
  const heat = (bench: Bench) => bench.wants.filter(({ type }) => type === 'heat');
  const OFF = [{ type: 'heat', heat: null }];

  test('holds warm water at what its supply made, as long as the drain is held shut at most', () => {
    const bench = new Bench('both', WARM, true).settling();
    expect(heat(bench)).toEqual([]);
    bench.send({ type: 'settled', valueC: 38.2 }, 8_000);
    expect(bench.context.targetC).toBeCloseTo(37.8);
    expect(heat(bench)).toEqual([
      { type: 'heat', heat: { targetC: bench.context.targetC, untilMs: bench.atMs + 2_700_000 } },
    ]);
  });

  test('is never on where cold water is wanted, and there is none to speak of without one', () => {
    expect(heat(new Bench('mixer', COLD, true).standing())).toEqual(OFF);
    expect(heat(new Bench().standing())).toEqual([]);
  });

  test.each<readonly [string, (bench: Bench) => Bench]>([
    ['in a pause', (bench) => bench.send({ type: 'rest' }, 1_000)],
    ['when the water is let out', (bench) => bench.send({ type: 'empty' }, 1_000)],
    ['when it is filled anew', (bench) => bench.late()],
    [
      'when a portion does not come back',
      (bench) => bench.ready().send({ type: 'drift', toward: 'warm', valueC: 37 }, 1_000).late(),
    ],
  ])('goes off %s', (_, act) => {
    expect(heat(act(new Bench('both', WARM, true).standing()))).toEqual(OFF);
  });

  test('goes on again after a pause', () => {
    const bench = new Bench('both', WARM, true).standing().send({ type: 'rest' }, 1_000).prepare(WARM, 5_000);
    expect(heat(bench)).toMatchObject([{ heat: { targetC: 38 } }]);
  });
});

// If these fail, a basin is held at what its supply cannot make, offered at what nobody asked for, or heated where it must
// not be: the figures that it goes by, and its heater.
import { describe, expect, test } from 'vitest';
import { freshUntilMs } from '../../machines/basin-guards.ts';
import type { BasinGoal, BasinSettings } from '../../machines/basin-run.ts';
import { basinBand, fillSide, setpointC, settle } from '../../machines/basin-run.ts';
import { Bench, COLD, WARM, topping } from './basin-bench.ts';

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

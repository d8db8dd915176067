/** If these fail, water that runs past a thermometer which says nothing is not seen by any campaign, or a house is accused of it. */
import { describe, expect, test } from 'vitest';
import {
  BASIN,
  BUCKETS,
  command,
  deviceOf,
  fault,
  judge,
  leased,
  objects,
  reading,
  STREAM,
  tick,
  ticks,
} from './bench.ts';
import type { Moment } from './bench.ts';

const HOT = { open: { hot: true } };
const COLD = { open: { cold: true } };
const STUCK = { valve: 'hot', device: 'hot' };

const inOrder = (...moments: readonly (readonly Moment[])[]): readonly Moment[] =>
  moments.flat().toSorted((a, b) => timeOf(a) - timeOf(b));
const timeOf = (moment: Moment): number =>
  'tick' in moment ? moment.tick.atMs : 'event' in moment ? moment.event.atMs : -1;
/** A reading each second, from the first to the last of these moments. */
const reads = (fromMs: number, toMs: number, valueC: number, device = 'thermometer'): readonly Moment[] => {
  const all: Moment[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += 1_000) all.push(reading(atMs, valueC, device));
  return all;
};

describe('I17: a thermometer that says nothing', () => {
  // 5 s, half a second, half a second of travel, one look.
  test('has all water shut 5 s after its last reading, or after the water was opened', () => {
    expect(objects('I17', ticks(0, 6_250, HOT))).toBeNull();
    expect(objects('I17', ticks(0, 7_000, HOT))).toEqual([
      6_500,
      'hot is open, and thermometer has read nothing for 6.5 s',
    ]);
    expect(objects('I17', inOrder(reads(0, 10_000, 38), ticks(0, 16_250, HOT)))).toBeNull();
    expect(objects('I17', inOrder(reads(0, 10_000, 38), ticks(0, 16_500, HOT)))?.[0]).toBe(16_500);
    expect(
      objects(
        'I17',
        inOrder([reading(0, null)], reads(0, 1_000, 38), [reading(5_000, null)], ticks(0, 8_000, HOT)),
      )?.[0],
    ).toBe(7_500);
    expect(objects('I17', [...ticks(0, 6_000, HOT), tick(6_250), ...ticks(6_500, 12_750, COLD)])).toBeNull();
    expect(objects('I17', [...ticks(0, 6_000, HOT), tick(6_250), ...ticks(6_500, 13_000, COLD)])?.[0]).toBe(
      13_000,
    );
    expect(judge('I17', [...ticks(0, 1_000, HOT), ...ticks(1_250, 9_000)]).judged).toBe(5);
    expect(objects('I17', ticks(0, 9_000, { open: { drain: true } }))).toBeNull();
  });

  test('of a basin 15 s; where Ebb opens nothing, never', () => {
    expect(objects('I17', ticks(0, 16_250, HOT), { station: BASIN })).toBeNull();
    expect(objects('I17', ticks(0, 16_500, HOT), { station: BASIN })?.[0]).toBe(16_500);
    expect(judge('I17', ticks(0, 16_500, HOT), { station: BUCKETS })).toEqual({ at: null, judged: 0 });
    expect(
      judge('I17', ticks(0, 16_500, HOT), { station: { ...STREAM, devices: STREAM.devices.slice(0, 2) } }),
    ).toEqual({ at: null, judged: 0 });
  });

  test('of two basins each by its own, and its own supply', () => {
    const station = {
      ...STREAM,
      vessel: 'two-basins' as const,
      devices: [
        deviceOf('hot'),
        deviceOf('cold'),
        deviceOf('thermometer', 'w', 'warm'),
        deviceOf('thermometer', 'c', 'cold'),
      ],
    };
    const only = (device: string, open: Record<string, boolean>): ReturnType<typeof objects> =>
      objects('I17', inOrder(reads(0, 17_000, 30, device), ticks(0, 17_000, { open })), { station });
    expect(only('w', { hot: true })).toBeNull();
    expect(only('c', { hot: true })).toEqual([16_500, 'hot is open, and w has read nothing for 16.5 s']);
    expect(only('c', { cold: true })).toBeNull();
    expect(only('w', { cold: true })?.[1]).toMatch(/^cold is open, and c/);
  });

  test('is not judged by a valve that a fault holds, nor before a lease that is all there is', () => {
    expect(objects('I17', [fault(0, 'valve-stuck-open', STUCK), ...ticks(0, 9_000, HOT)])).toBeNull();
    const cut = [leased(0, 'hot', 10_000), fault(0, 'bus-cut', { backMs: 60_000 })];
    expect(objects('I17', [...cut, ...ticks(0, 11_750, HOT)])).toBeNull();
    expect(objects('I17', [...cut, ...ticks(0, 12_000, HOT)])?.[0]).toBe(12_000);
  });
});

describe('I17: one that is stuck', () => {
  const permitted = { permitted: true };
  /** Warm for a while, then cold, with a thermometer that goes on with that value from the change on. */
  const change = (beforeC: number, afterC: number, toMs: number, what = permitted): readonly Moment[] =>
    inOrder(
      reads(0, 20_000, beforeC),
      reads(20_500, toMs, afterC),
      ticks(0, 20_000, { ...HOT, ...what }),
      ticks(20_250, toMs, { ...COLD, ...what }),
    );
  // 10 s, 1.5 s on the wire, half a second, half a second of travel, one look: 12.75 s from the first look at 20.25 s.
  test('has all water shut 10 s after a change by which it does not move 3 K', () => {
    expect(objects('I17', change(38, 38, 33_000))).toBeNull();
    expect(objects('I17', change(38, 38, 34_000))).toEqual([
      33_250,
      'cold is open, and no thermometer has moved for 13 s',
    ]);
    expect(objects('I17', change(38, 35.1, 60_000))?.[0]).toBe(33_250);
    expect(objects('I17', change(38, 35, 60_000))).toBeNull();
    expect(objects('I17', change(38, 45, 60_000))?.[0]).toBe(33_250);
  });

  test('only where the change is of 10 K or more, and in contact', () => {
    // The range of the cold step ends at 15.6 C.
    expect(objects('I17', change(25.6, 25.6, 60_000))?.[0]).toBe(33_250);
    expect(objects('I17', change(25.59, 25.59, 60_000))).toBeNull();
    expect(objects('I17', change(38, 38, 60_000, { permitted: false }))).toBeNull();
    expect(objects('I17', change(38, 38, 60_000), { plan: null })).toBeNull();
    expect(
      objects('I17', inOrder(reads(0, 60_000, 15), ticks(0, 60_000, { ...HOT, ...permitted }))),
    ).toBeNull();
  });

  test('into warm water the same', () => {
    const warms = (beforeC: number, afterC: number): ReturnType<typeof objects> =>
      objects(
        'I17',
        inOrder(
          reads(0, 20_000, beforeC),
          reads(20_500, 40_000, afterC),
          ticks(0, 20_000, { ...COLD, ...permitted }),
          ticks(20_250, 40_000, { ...HOT, ...permitted }),
        ),
      );
    expect(warms(15, 15)?.[0]).toBe(33_250);
    expect(warms(15, 17.9)?.[0]).toBe(33_250);
    expect(warms(15, 18)).toBeNull();
    expect(warms(15, 5)?.[0]).toBe(33_250);
    expect(warms(26.8, 26.8)).toBeNull();
  });

  test('the hottest of several counts, and water that is shut begins anew', () => {
    const station = { ...STREAM, devices: [...STREAM.devices, deviceOf('thermometer', 'second')] };
    const pair = (beforeC: number, afterC: number): ReturnType<typeof objects> => {
      const second = [...reads(0, 20_000, beforeC, 'second'), ...reads(20_500, 60_000, afterC, 'second')];
      return objects('I17', inOrder(change(38, 34, 60_000), second), { station });
    };
    expect(pair(37, 35.1)?.[1]).toMatch(/no thermometer has moved/);
    expect(pair(37, 35)).toBeNull();
    const shut = change(38, 38, 60_000).map((one) =>
      'tick' in one && one.tick.atMs === 30_000 ? tick(30_000, permitted) : one,
    );
    expect(objects('I17', shut)).toBeNull();
  });

  test('of a basin 60 s', () => {
    expect(objects('I17', change(38, 38, 83_000), { station: BASIN })).toBeNull();
    expect(objects('I17', change(38, 38, 84_000), { station: BASIN })?.[0]).toBe(83_250);
  });
});

describe('I17: two that disagree', () => {
  const station = { ...STREAM, devices: [...STREAM.devices, deviceOf('thermometer', 'second')] };
  const apart = (byC: number, toMs: number, extra: readonly Moment[] = []): ReturnType<typeof objects> =>
    objects(
      'I17',
      inOrder(
        [command(0, 'hot', 'open')],
        reads(0, toMs, 38),
        reads(0, toMs, 38 + byC, 'second'),
        ticks(250, toMs, HOT),
        extra,
      ),
      { station },
    );
  // 3 s from 15 s after the change on, 1.5 s on the wire, half a second, half a second of travel, one look.
  test('by more than 2 K for 3 s, from 15 s after a change on, have all water shut', () => {
    expect(apart(2.1, 20_750)).toBeNull();
    expect(apart(2.1, 21_500)).toEqual([21_000, 'hot is open, and the thermometers have been apart for 6 s']);
    expect(apart(2, 60_000)).toBeNull();
    expect(apart(-2.1, 60_000)?.[0]).toBe(21_000);
  });

  test('a change, and a reading within 2 K of the other, begin anew', () => {
    expect(apart(2.1, 35_750, [command(15_000, 'cold', 'open')])).toBeNull();
    expect(apart(2.1, 36_500, [command(15_000, 'cold', 'open')])?.[0]).toBe(36_000);
    expect(apart(2.1, 36_500, [command(15_000, 'hot', 'renew')])?.[0]).toBe(21_000);
    expect(apart(2.1, 24_000, [reading(18_900, 38, 'second')])).toBeNull();
    expect(apart(2.1, 26_000, [reading(18_900, 38, 'second')])?.[0]).toBe(25_000);
  });

  test('one that has said nothing yet disagrees with nobody', () => {
    expect(objects('I17', inOrder(reads(0, 6_000, 38), ticks(0, 6_000, HOT)), { station })).toBeNull();
  });
});

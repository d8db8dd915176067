/**
 * If these fail, somebody is let into water that was not proved, not held in its band, or that nobody began, and no campaign
 * says so.
 */
import { describe, expect, test } from 'vitest';
import {
  asked,
  BASIN,
  BUCKETS,
  command,
  deviceOf,
  fault,
  journal,
  judge,
  objects,
  permit,
  pressed,
  reading,
  state,
  STREAM,
} from './bench.ts';
import type { Moment } from './bench.ts';

/** The proof test as the valves are told. */
const PROOF = [
  command(1_000, 'hot', 'open'),
  command(10_000, 'cold', 'open'),
  command(20_000, 'hot', 'open'),
];
/** Readings each second for so long before the hundredth. */
const reads = (
  valueC: number,
  fromMs = 88_000,
  toMs = 100_000,
  device = 'thermometer',
): readonly Moment[] => {
  const all: Moment[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += 1_000) all.push(reading(atMs, valueC, device));
  return all;
};
const inTo = (phase: string, atMs = 100_000): readonly Moment[] => [permit(atMs), state(atMs, phase)];

describe('I8: what has to be so when contact is permitted', () => {
  const whole = [...PROOF, ...reads(38), asked(90_000, 'begin'), ...inTo('warm')];
  const without = (...left: readonly Moment[]): readonly Moment[] =>
    whole.filter((one) => !left.includes(one));

  test('a proof test, 10 s in the band, and a local begin', () => {
    expect(judge('I8', whole)).toEqual({ at: null, judged: 1 });
    expect(
      judge(
        'I8',
        whole.filter((one) => !('event' in one && one.event.type === 'permitted')),
      ),
    ).toEqual({ at: null, judged: 0 });
    expect(judge('I8', [...PROOF, permit(100_000, false), state(100_000, 'warm')]).judged).toBe(0);
  });

  describe('a begin that is at most 60 s old', () => {
    const begun = (...begins: readonly Moment[]): readonly [number, string] | null =>
      objects('I8', [...begins, ...PROOF, ...reads(38), ...inTo('warm')]);
    test.each(['begin', 'resume', 'continue'])('%s', (word) => {
      expect(begun(asked(40_000, word))).toBeNull();
      expect(begun(asked(39_999, word))).toEqual([
        100_000,
        'contact is permitted 60.001 s after the last local begin',
      ]);
      expect(begun(asked(90_000, word, 'mqtt'))?.[1]).toBe(
        'contact is permitted Infinity s after the last local begin',
      );
    });
    test('no other word, and a press unless nothing is under way', () => {
      expect(begun(asked(90_000, 'start'))).not.toBeNull();
      expect(begun(state(0, '', 'starting.proving'), pressed(90_000))).toBeNull();
      expect(begun(state(0, '', 'starting.proving'), pressed(90_000, 'stop'))).not.toBeNull();
      for (const name of ['idle', 'complete', 'stopped', 'aborted'])
        expect(begun(state(0, '', name), pressed(90_000))).not.toBeNull();
    });
    test('where buttons do not begin, a begin must have been said', () => {
      const station = { ...STREAM, beginFrom: ['page' as const] };
      const all = [...PROOF, ...reads(38), ...inTo('warm')];
      expect(objects('I8', all, { station })).toEqual([100_000, 'contact is permitted, and nobody began']);
      expect(
        objects('I8', [...all.slice(0, 3), asked(30_000, 'begin'), ...all.slice(3)], { station })?.[1],
      ).toMatch(/70 s after/);
    });
  });

  describe('the proof test', () => {
    const proved = (...legs: readonly Moment[]): readonly [number, string] | null =>
      objects('I8', [...legs, ...reads(38), asked(90_000, 'begin'), ...inTo('warm')]);
    const missing = [100_000, 'contact is permitted, and hot, cold, hot has not been proved'];
    test('hot, cold, hot, since the session was started', () => {
      expect(objects('I8', without(PROOF[0] as never))).toEqual(missing);
      expect(proved(...PROOF.slice(0, 2))).toEqual(missing);
      expect(proved(...PROOF.slice(0, 2), command(20_000, 'cold', 'open'))).toEqual(missing);
      expect(proved(...PROOF.slice(0, 2), command(20_000, 'hot', 'renew'))).toEqual(missing);
      expect(proved(command(500, 'cold', 'open'), ...PROOF)).toBeNull();
      expect(proved(command(500, 'cold', 'open'), ...PROOF.slice(0, 2))).toEqual(missing);
      expect(proved(...PROOF.slice(0, 2), command(20_000, 'light', 'open'))).toEqual(missing);
      for (const record of ['start', 'continue'])
        expect(proved(...PROOF, journal(30_000, record))).toEqual(missing);
      expect(proved(...PROOF, journal(30_000, 'stop'))).toBeNull();
    });
    test('of a mixer by its setpoint: up to 25 C is cold', () => {
      const station = {
        ...STREAM,
        plumbing: 'mixer' as const,
        devices: [deviceOf('mixer'), deviceOf('thermometer')],
      };
      const legs = (coldC: number | null): readonly Moment[] => [
        command(1_000, 'mixer', 'open', 38),
        command(10_000, 'mixer', 'open', coldC),
        command(20_000, 'mixer', 'open', 38),
      ];
      const all = (coldC: number | null): ReturnType<typeof objects> =>
        objects('I8', [...legs(coldC), ...reads(38), asked(90_000, 'begin'), ...inTo('warm')], { station });
      expect(all(25)).toBeNull();
      expect(all(null)).toBeNull();
      expect(all(25.1)).toEqual(missing);
    });
    test('not of basins, nor where Ebb opens nothing', () => {
      expect(
        objects('I8', [...reads(38, 80_000), asked(90_000, 'begin'), ...inTo('warm')], { station: BASIN }),
      ).toBeNull();
      expect(objects('I8', [asked(90_000, 'begin'), ...inTo('warm')], { station: BUCKETS })).toBeNull();
    });
  });

  describe('the band', () => {
    const at = (
      valueC: number,
      phase: 'warm' | 'cold',
      station: Partial<typeof STREAM> = {},
      device = 'thermometer',
    ): readonly [number, string] | null =>
      objects(
        'I8',
        [...PROOF, ...reads(valueC, 88_000, 100_000, device), asked(90_000, 'begin'), ...inTo(phase)],
        {
          station: { ...STREAM, ...station },
        },
      );
    test.each<readonly [string, Partial<typeof STREAM>, 'warm' | 'cold', number, number]>([
      ['two valves, warm: a degree under the range, half a degree over it', {}, 'warm', 35.7, 40.5],
      ['two valves, cold: 1.5 K under it, and tap water', {}, 'cold', 8.5, 26.5],
      ['a basin, warm: a degree around its target', { vessel: 'basin' }, 'warm', 35.7, 39],
      ['a basin, cold', { vessel: 'basin' }, 'cold', 8, 26.5],
      ['one of two basins, warm', { vessel: 'two-basins' }, 'warm', 35.7, 41],
    ])('%s', (_what, station, phase, low, high) => {
      expect(at(low, phase, station)).toBeNull();
      expect(at(high, phase, station)).toBeNull();
      expect(at(low - 0.01, phase, station)?.[1]).toMatch(
        /^contact is permitted, and thermometer read .* C within the last 10 s$/,
      );
      expect(at(high + 0.01, phase, station)).not.toBeNull();
    });
    test('a mixer: a degree around its setpoint, and 1.5 K under a cold one', () => {
      const station = {
        ...STREAM,
        plumbing: 'mixer' as const,
        devices: [deviceOf('mixer'), deviceOf('thermometer')],
      };
      const legs = [38, 15, 38].map((targetC, n) => command(1_000 * n, 'mixer', 'open', targetC));
      const mixed = (valueC: number, phase: string): ReturnType<typeof objects> =>
        objects('I8', [...legs, ...reads(valueC), asked(90_000, 'begin'), ...inTo(phase)], { station });
      for (const [phase, low, high] of [
        ['warm', 37, 39],
        ['cold', 13.5, 26.5],
      ] as const) {
        expect(mixed(low, phase)).toBeNull();
        expect(mixed(high, phase)).toBeNull();
        expect(mixed(low - 0.01, phase)).not.toBeNull();
        expect(mixed(high + 0.01, phase)).not.toBeNull();
      }
    });
    test('held for 10 s, seen to a cadence of 0.6 s', () => {
      const held = (fromMs: number): ReturnType<typeof objects> =>
        objects('I8', [...PROOF, ...reads(38, fromMs), asked(90_000, 'begin'), ...inTo('warm')]);
      expect(
        objects('I8', [
          ...PROOF,
          reading(90_600, 38),
          ...reads(38, 91_000),
          asked(95_000, 'begin'),
          ...inTo('warm'),
        ]),
      ).toBeNull();
      expect(
        objects('I8', [
          ...PROOF,
          reading(90_601, 38),
          ...reads(38, 91_000),
          asked(95_000, 'begin'),
          ...inTo('warm'),
        ])?.[1],
      ).toMatch(/has not read for 10 s/);
      expect(held(88_000)).toBeNull();
      expect(objects('I8', [...PROOF, asked(90_000, 'begin'), ...inTo('warm')])).toEqual([
        100_000,
        'contact is permitted, and thermometer has not read for 10 s',
      ]);
    });
    test('readings at most 5 s apart, of a basin 15 s; by a clock that stands still in sleep', () => {
      const gap = (
        ms: number,
        station = STREAM,
        between: readonly Moment[] = [],
      ): ReturnType<typeof objects> =>
        objects(
          'I8',
          [
            ...PROOF,
            reading(100_000 - ms - 9_000, 38),
            reading(100_000 - ms, 38),
            ...between,
            asked(95_000, 'begin'),
            ...inTo('warm'),
          ],
          { station },
        );
      expect(gap(5_000)?.[1]).toMatch(/read nothing for 9 s/);
      expect(
        objects('I8', [...PROOF, ...reads(38, 85_000, 95_000), asked(95_500, 'begin'), ...inTo('warm')]),
      ).toBeNull();
      expect(
        objects('I8', [...PROOF, ...reads(38, 84_999, 94_999), asked(95_500, 'begin'), ...inTo('warm')])?.[1],
      ).toBe('contact is permitted, and thermometer read nothing for 5.001 s');
      expect(gap(15_000, BASIN)).toBeNull();
      expect(gap(15_001, BASIN)).not.toBeNull();
      const slept = fault(95_100, 'time-suspend', { forMs: 4_000 });
      expect(
        objects('I8', [
          ...PROOF,
          ...reads(38, 81_000, 94_000),
          slept,
          asked(99_500, 'begin'),
          ...inTo('warm'),
        ]),
      ).toBeNull();
    });
    test('and steady within 2 K', () => {
      const moves = (byK: number): ReturnType<typeof objects> =>
        objects('I8', [
          ...PROOF,
          ...reads(37, 88_000, 95_000),
          ...reads(37 + byK, 96_000),
          asked(97_000, 'begin'),
          ...inTo('warm'),
        ]);
      expect(moves(2)).toBeNull();
      expect(moves(2.2)).toEqual([
        100_000,
        'contact is permitted, and thermometer moved by 2.2 K in the last 10 s',
      ]);
      // What was before does not count.
      expect(
        objects('I8', [
          ...PROOF,
          reading(89_000, 30),
          ...reads(38, 90_000),
          asked(97_000, 'begin'),
          ...inTo('warm'),
        ]),
      ).toBeNull();
    });
    test('what the DS18B20 of a board says is 1.75 s older', () => {
      const board = (temperature: number): DeviceOf => ({
        ...deviceOf('thermometer'),
        driver: 'board',
        options: { temperature },
      });
      const read = (device: DeviceOf, fromMs: number): ReturnType<typeof objects> =>
        objects('I8', [...PROOF, ...reads(38, fromMs), asked(95_000, 'begin'), ...inTo('warm')], {
          station: { ...STREAM, devices: [...STREAM.devices.slice(0, 2), device] },
        });
      expect(read(board(2), 92_000)).toBeNull();
      expect(read(board(2), 93_000)).not.toBeNull();
      expect(read(board(1), 92_000)).not.toBeNull();
      expect(read({ ...board(2), driver: 'mqtt' }, 92_000)).not.toBeNull();
    });
    type DeviceOf = (typeof STREAM.devices)[number];
    test('of two basins the one that is stepped into, and every thermometer in it', () => {
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
      const inWarm = [...reads(38, 80_000, 100_000, 'w'), asked(95_000, 'begin')];
      expect(objects('I8', [...inWarm, ...inTo('warm')], { station })).toBeNull();
      expect(objects('I8', [...inWarm, ...inTo('cold')], { station })?.[1]).toMatch(/ and c has not read/);
      const pair = { ...STREAM, devices: [...STREAM.devices, deviceOf('thermometer', 'second')] };
      expect(objects('I8', whole, { station: pair })?.[1]).toMatch(/ and second has not read/);
    });
    test('there is none without a plan, or for a phase that no step has', () => {
      expect(objects('I8', [...PROOF, asked(95_000, 'begin'), ...inTo('switching')])).toBeNull();
      expect(objects('I8', [...PROOF, asked(95_000, 'begin'), ...inTo('warm')], { plan: null })).toBeNull();
    });
  });
});

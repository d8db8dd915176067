/** If these fail, a detector that forgets its condition is not seen by any campaign, or one that heeds it is accused. */
import { describe, expect, test } from 'vitest';
import type { PastSession } from '../../../../src/campaign/past.ts';
import type { SessionPlan } from '../../../../src/model/plan.ts';
import {
  BASIN,
  BUCKETS,
  CONTRAST,
  GUEST,
  STREAM,
  WARM,
  booted,
  command,
  deviceOf,
  fault,
  journal,
  judge,
  leased,
  objects,
  permit,
  reading,
  state,
  ticks,
} from './bench.ts';
import type { Moment } from './bench.ts';

const timeOf = (moment: Moment): number =>
  'tick' in moment ? moment.tick.atMs : 'event' in moment ? moment.event.atMs : -1;
const inOrder = (...moments: readonly (readonly Moment[])[]): readonly Moment[] =>
  moments.flat().toSorted((a, b) => timeOf(a) - timeOf(b));
/** A reading each second, one after the other. */
const reads = (fromMs: number, values: readonly number[], device = 'thermometer'): readonly Moment[] =>
  values.map((valueC, n) => reading(fromMs + n * 1_000, valueC, device));
const same = (count: number, valueC: number): number[] => Array.from({ length: count }, () => valueC);
/** Contact from the beginning, looked at for so long. */
const contact = (phase: 'warm' | 'cold', forMs: number): readonly Moment[] => [
  state(0, phase),
  permit(0),
  ...ticks(0, forMs, WARM),
];
const at = (moments: readonly Moment[], facts: Parameters<typeof objects>[2] = {}): number | null =>
  objects('I29', moments, facts)?.[0] ?? null;
const MIXER = { ...STREAM, plumbing: 'mixer' } as const;

describe('T2: water that is warmer than the session asked for', () => {
  // 3 s, a reading, half a second, one look.
  const OVER_MS = 3_000 + 1_200 + 500 + 250;

  test('ends contact after 3 s of it, by the band of two valves and the setpoint of a mixer', () => {
    const from = 10_000;
    const warm = (valueC: number, forMs: number) =>
      inOrder(contact('warm', from + forMs), reads(from, same(9, valueC)));
    expect(at(warm(41.51, OVER_MS))).toBeNull();
    expect(at(warm(41.51, OVER_MS + 250))).toBe(from + 5_000);
    expect(at(warm(41.5, 9_000))).toBeNull();
    expect(at(warm(39.6, 9_000), { station: MIXER })).toBe(from + 5_000);
    expect(at(warm(39.5, 9_000), { station: MIXER })).toBeNull();
    expect(judge('I29', warm(41.51, 1_000)).judged).toBe(4);
  });

  test('in a basin that both supplies fill by what it is held at', () => {
    const warm = (valueC: number, station: typeof BASIN) =>
      at(inOrder(contact('warm', 20_000), reads(10_000, same(9, valueC))), { station });
    expect([warm(40.51, BASIN), warm(40.5, BASIN)]).toEqual([15_000, null]);
    const alone = { ...BASIN, devices: BASIN.devices.filter(({ role }) => role !== 'cold') };
    expect([warm(41.51, alone), warm(41.5, alone)]).toEqual([15_000, null]);
  });

  test('one lower reading does not begin the 3 s anew, two do', () => {
    const seen = (...values: number[]) => at(inOrder(contact('warm', 20_000), reads(1_000, values)));
    expect(seen(42, 42, 41, 42, 42, 42, 42, 42)).toBe(6_000);
    expect(seen(42, 42, 41, 41, 42, 42, 42, 42, 41)).toBeNull();
    // While the last one was lower it is not due.
    expect(seen(42, 42, 42, 42, 41, 41, 38)).toBeNull();
  });

  test('for 45 s from an open the ceiling counts, whatever was asked for', () => {
    const opened = (openedMs: number) =>
      at(inOrder(contact('warm', 70_000), [command(openedMs, 'mixer', 'open')], reads(50_000, same(9, 40))), {
        station: MIXER,
      });
    expect(opened(0)).toBe(55_000);
    expect(opened(13_000)).toBeNull();
  });

  test('neither a figure that is no water, nor another device, nor what was read before contact', () => {
    for (const valueC of [85, -1, 70.1])
      expect(at(inOrder(contact('warm', 20_000), reads(1_000, same(9, valueC))))).toBeNull();
    expect(at(inOrder(contact('warm', 20_000), reads(1_000, same(9, 42), 'another')))).toBeNull();
    const before = [
      ...reads(0, same(9, 42)),
      state(9_000, 'warm'),
      permit(9_000),
      ...ticks(9_000, 20_000, WARM),
    ];
    expect(at(before)).toBeNull();
    const left = inOrder(contact('warm', 20_000), reads(1_000, same(3, 42)), [
      permit(3_500, false),
      permit(4_000),
    ]);
    expect(at(left)).toBeNull();
  });
});

describe('T4: cold water that is too cold', () => {
  const cold = (values: readonly number[], facts: Parameters<typeof objects>[2] = {}) =>
    at(inOrder(contact('cold', 20_000), reads(10_000, values)), facts);

  test('below 8 C for 3 s, and below 5 C twice', () => {
    expect(cold(same(9, 7.9))).toBe(15_000);
    expect(cold(same(9, 8))).toBeNull();
    expect(cold([7, 7, 7, 8, 7, 7, 7, 8])).toBeNull();
    expect(cold([4.9, 4.9])).toBe(12_000);
    expect(cold([4.9, 5, 4.9, 8])).toBeNull();
    expect(cold([4.9, 9])).toBeNull();
  });

  test('in a cold step alone, and of buckets by no thermometer in the warm one', () => {
    expect(at(inOrder(contact('warm', 20_000), reads(10_000, same(9, 4))))).toBeNull();
    expect(
      at(inOrder(contact('cold', 20_000), [state(9_000, 'changing')], reads(10_000, same(9, 4)))),
    ).toBeNull();
    expect(cold(same(9, 4), { station: BUCKETS })).toBeNull();
    const devices = [deviceOf('thermometer', 'w', 'warm'), deviceOf('thermometer', 'c', 'cold')];
    const station = { ...STREAM, vessel: 'two-basins', devices } as const;
    const of = (device: string) =>
      at(inOrder(contact('cold', 20_000), reads(10_000, same(9, 4), device)), { station });
    expect([of('w'), of('c')]).toEqual([null, 12_000]);
  });
});

describe('T6: a lease that has run out', () => {
  // A countdown, half a second, one look.
  const LATE_MS = 1_100 + 500 + 250;
  const held = (forMs: number, ...more: readonly Moment[]) =>
    inOrder(contact('warm', forMs), [leased(0, 'hot', 10_000)], more);

  test('ends contact, since no renewal was acknowledged before', () => {
    expect(at(held(10_000 + LATE_MS))).toBeNull();
    expect(objects('I29', held(20_000))).toEqual([
      12_000,
      'contact goes on though the last lease ended 2.0 s ago, and T6 has not ended it',
    ]);
    expect(at(held(20_000, leased(9_000, 'hot', 10_000)))).toBeNull();
    expect(at(held(20_000, leased(9_000, 'cold', 10_000)))).toBeNull();
    expect(judge('I29', held(10_000)).judged).toBe(1);
  });

  test('not that of a master or a drain, nor between two waters, nor of a basin or buckets', () => {
    expect(at(held(20_000, leased(9_000, 'master', 10_000), leased(9_000, 'drain', 10_000)))).toBe(12_000);
    expect(at(held(20_000, state(9_000, 'changing')))).toBeNull();
    expect(at(held(20_000), { station: BUCKETS })).toBeNull();
    expect(at(held(20_000), { station: { ...STREAM, vessel: 'basin' } })).toBeNull();
    expect(at(contact('warm', 20_000))).toBeNull();
  });
});

describe('T12: the heat of a session and of a day', () => {
  const perSecond = (valueC: number): number => 1 / Math.exp(113.4 - 28.3 * Math.log(valueC));
  /** Contact at 41.4 C, which T2 allows. */
  const soaked = (forMs: number, more: readonly Moment[] = [], ...devices: string[]) =>
    inOrder(
      contact('warm', forMs),
      [reading(0, 41.4)],
      devices.map((id) => reading(0, 38, id)),
      more,
    );
  const overMs = (dose: number): number => (dose / perSecond(41.4)) * 1_000 + 500 + 250;
  const past = (dose: number, endedAgoMs: number): Parameters<typeof objects>[2] => {
    const one: PastSession = {
      endedAgoMs,
      dose,
      contactMs: 9e5,
      coldMs: null,
      completed: true,
      symptom: false,
    };
    return { person: { ...GUEST, past: [one] } };
  };
  const HOUR_MS = 3_600_000;

  test('0.30 in a session, and a hundredth for where a reading counts from', () => {
    const dueMs = at(soaked(1_000_000)) ?? 0;
    expect(Math.abs(dueMs - overMs(0.31))).toBeLessThan(500);
    expect(at(inOrder(contact('warm', 1_000_000), [reading(0, 36)]))).toBeNull();
    expect(at(inOrder(contact('cold', 1_000_000), [reading(0, 41.4)]))).toBeNull();
    // Of two thermometers the higher one counts.
    const devices = [...STREAM.devices, deviceOf('thermometer', 'two')];
    expect(at(soaked(1_000_000, [], 'two'), { station: { ...STREAM, devices } })).toBe(dueMs);
  });

  test('0.60 in 24 h', () => {
    const dueMs = at(soaked(1_000_000), past(0.5, HOUR_MS)) ?? 0;
    expect(Math.abs(dueMs - overMs(0.11))).toBeLessThan(500);
    expect(at(soaked(500_000), past(0.5, 22.9 * HOUR_MS))).not.toBeNull();
    expect(at(soaked(500_000), past(0.5, 23 * HOUR_MS))).toBeNull();
    // Whoever sets the clock moves the day.
    expect(at(soaked(500_000, [fault(1_000, 'time-wall-step')]), past(0.5, HOUR_MS))).toBeNull();
  });

  test('a new session begins at nothing, and has what went before in its day', () => {
    const begins = journal(500_000, 'start');
    const dueMs = at(soaked(1_500_000, [begins])) ?? 0;
    expect(Math.abs(dueMs - 500_000 - overMs(0.31))).toBeLessThan(500);
  });
});

describe('T13', () => {
  const PRESENCE = {
    ...STREAM,
    devices: [...STREAM.devices, deviceOf('presence'), deviceOf('presence', 'mat')],
  };
  const seen = (atMs: number, value: string | null, device = 'presence'): Moment => ({
    event: { type: 'reading', atMs, device, kind: 'presence', value },
  });
  const absent = (...more: readonly Moment[]) =>
    at(inOrder(contact('warm', 30_000), [seen(5_000, 'absent')], more), { station: PRESENCE });

  test('nobody seen for 10 s, by any sensor that says something', () => {
    // 10 s, a second for the sensor, half a second, one look.
    expect(absent()).toBe(5_000 + 11_750 + 250);
    expect(absent(seen(12_000, 'present'))).toBeNull();
    expect(absent(seen(4_000, 'present', 'mat'))).toBeNull();
    expect(absent(seen(4_000, 'present', 'mat'), seen(8_000, null, 'mat'))).toBe(20_000);
    expect(absent(seen(12_000, null))).toBeNull();
    expect(absent(seen(12_000, 'absent'))).toBe(17_000);
    expect(absent(permit(10_000, false), permit(12_000))).toBe(24_000);
    expect(absent(booted(10_000))).toBeNull();
  });

  const asks = (atMs: number, question?: string): Moment => ({
    event: {
      type: 'state',
      atMs,
      state: 'running',
      phase: 'warm',
      ...(question === undefined ? {} : { question }),
    },
  });
  test('a question that nobody answers within 30 s', () => {
    const asked = (...more: readonly Moment[]) =>
      at(inOrder(contact('warm', 60_000), [asks(5_000, 'a')], more));
    expect(asked()).toBe(36_000);
    expect(asked(asks(20_000, 'a'))).toBe(36_000);
    expect(asked(asks(20_000))).toBeNull();
    expect(asked(asks(20_000, 'b'))).toBe(51_000);
  });
});

describe('a program that stands still', () => {
  const warm = (forMs: number, ...more: readonly Moment[]) =>
    at(inOrder(contact('warm', forMs), reads(1_000, same(20, 42)), more));
  test('is judged once it had 2 s to catch up', () => {
    const stalls = fault(3_000, 'time-stall', { forMs: 10_000 });
    expect(warm(15_250, stalls)).toBeNull();
    expect(warm(15_500, stalls)).toBe(15_500);
  });
  test('one that is not there permits nothing', () => {
    const dead = inOrder(ticks(0, 20_000, { permitted: false, alive: false }), reads(1_000, same(20, 42)));
    expect(at(dead)).toBeNull();
  });
});

test('without a warm step there is the ceiling', () => {
  const plan: SessionPlan = { ...CONTRAST, steps: [] };
  const warm = (valueC: number) =>
    at(inOrder(contact('warm', 20_000), reads(1_000, same(9, valueC))), { plan, station: MIXER });
  expect([warm(41.5), warm(41.6)]).toEqual([null, 6_000]);
});

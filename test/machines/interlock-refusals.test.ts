// If these fail, water or a heater runs on a moment too long, or for a reason that nobody looked at: each rule of the
// interlock is asked by itself here, on both sides of its limit, behind states that the other rules would let through.
import { describe, expect, test } from 'vitest';
import type { InterlockSettings, InterlockState } from '../../machines/interlock-state.ts';
import { interlockInit } from '../../machines/interlock-state.ts';
import { heatRefusal, isSupply, mayOpen, refusal, sideOf } from '../../machines/interlock-targets.ts';
import { capped, isWithinLimits } from '../../machines/want-limits.ts';
import type { WaterWant } from '../../src/model/want.ts';

type Device = InterlockSettings['devices'][number];
const device = (id: string, side: Device['side'], deadline: Device['deadline'] = 'per-command'): Device => ({
  id,
  side,
  leaseMs: 10_000,
  deadline,
});
const SETTINGS: InterlockSettings = {
  devices: [
    device('hot', 'warm'),
    device('cold', 'cold'),
    device('master', 'master'),
    device('drain', 'drain', 'none'),
    device('heater', 'heater'),
  ],
  readingAgeMs: 3_000,
  levelAgeMs: 2_000,
  guarded: true,
  budgetMs: { warm: 60_000, cold: 30_000 },
};
const FULL_ENOUGH = { full: false, enough: true, takenAtMs: 10_000 };
/** At 10 s everything may run. */
const STATE: InterlockState = {
  ...interlockInit(SETTINGS),
  block: null,
  want: { side: 'warm', targetC: 38, untilMs: 20_000 },
  heat: { targetC: 38, untilMs: 20_000 },
  readingAtMs: 10_000,
  hottestC: 37,
  filling: FULL_ENOUGH,
};
const AT_MS = 10_000;
const mixer = (more: Partial<WaterWant>) => ({
  settings: { devices: [device('mixer', 'mixer')] },
  state: { want: { side: 'warm', targetC: 38, untilMs: 20_000, ...more } as const },
});

interface Row {
  readonly settings?: Partial<InterlockSettings>;
  readonly state?: Partial<InterlockState>;
  readonly atMs?: number;
}

describe('water', () => {
  const devices = (...list: readonly Device[]) => ({ settings: { devices: list } });
  test.each<readonly [string, Row, string | null]>([
    ['runs where nothing speaks against it', {}, null],
    ['is blocked from the start', { state: { block: { kind: 'start' } } }, 'blocked: start'],
    ['is blocked in a hold', { state: { block: { kind: 'hold' } } }, 'blocked: hold'],
    ['is not wanted', { state: { want: null } }, 'not wanted'],
    [
      'runs in the last millisecond asked for',
      { atMs: 19_999, state: { readingAtMs: 19_999, filling: { ...FULL_ENOUGH, takenAtMs: 19_999 } } },
      null,
    ],
    ['ends with its time', { atMs: 20_000 }, 'the time asked for is over'],
    ['has no valve', devices(device('cold', 'cold'), device('master', 'master')), 'no such valve'],
    ['of a mixer at L1', mixer({ targetC: 40 }), null],
    ['of a mixer past L1', mixer({ targetC: 40.1 }), 'past the hard limits (L1, L2)'],
    ['of a mixer at L2', mixer({ side: 'cold', targetC: 10 }), null],
    ['of a mixer past L2', mixer({ side: 'cold', targetC: 9.9 }), 'past the hard limits (L1, L2)'],
    [
      'of two valves is as warm as the house makes it',
      { state: { want: { side: 'warm', targetC: 40.4, untilMs: 20_000 } } },
      null,
    ],
    [
      'of a valve without a deadline',
      devices(device('hot', 'warm', 'none')),
      'the valve does not close by itself',
    ],
    [
      'of a valve with a ceiling',
      devices(device('hot', 'warm', 'ceiling')),
      'the valve does not close by itself',
    ],
    [
      'behind a master without a deadline',
      devices(device('hot', 'warm'), device('master', 'master', 'none')),
      'the valve does not close by itself',
    ],
    [
      'beside a cold valve without a deadline, which stays shut',
      devices(device('hot', 'warm'), device('cold', 'cold', 'none')),
      null,
    ],
    ['without a scald guard', { settings: { guarded: false } }, 'no scald guard'],
    [
      'on a reading of just that age',
      { atMs: 13_000, state: { filling: { ...FULL_ENOUGH, takenAtMs: 13_000 } } },
      null,
    ],
    ['on a reading that is too old', { atMs: 13_001 }, 'no fresh reading'],
    // A moment after the start of the clock, nothing read yet is not "read at zero".
    ['before the first reading', { atMs: 1_000, state: { readingAtMs: null } }, 'no fresh reading'],
    ['into a full basin', { state: { filling: { ...FULL_ENOUGH, full: true } } }, 'the basin is full'],
    ['on a level of just that age', { atMs: 12_000 }, null],
    ['on a level that is too old', { atMs: 12_001 }, 'no fresh level'],
    ['on no level where one is needed', { state: { filling: null } }, 'no fresh level'],
    ['up to its budget', { state: { usedMs: { warm: 59_999, cold: 30_000 } } }, null],
    ['past its budget', { state: { usedMs: { warm: 60_000, cold: 0 } } }, 'the open time is used up'],
  ])('%s', (_, { settings, state, atMs = AT_MS }, why) => {
    expect(refusal({ ...SETTINGS, ...settings }, { ...STATE, ...state }, atMs)).toBe(why);
  });

  test('needs no level where none is asked for', () => {
    const { levelAgeMs: _, ...stream } = SETTINGS;
    expect(refusal(stream, { ...STATE, filling: null }, AT_MS)).toBeNull();
  });
});

describe('a heater (I26)', () => {
  const heat = (targetC: number) => ({ state: { heat: { targetC, untilMs: 20_000 } } });
  const without = (side: Device['side']) => ({
    settings: { devices: SETTINGS.devices.filter((one) => one.side !== side) },
  });
  test.each<readonly [string, Row, string | null]>([
    ['is on where nothing speaks against it', {}, null],
    ['is blocked after a stop', { state: { block: { kind: 'stop' } } }, 'blocked: stop'],
    ['is not wanted', { state: { heat: null } }, 'not wanted'],
    ['ends with its time', { atMs: 20_000 }, 'the time asked for is over'],
    [
      'is on in the last millisecond asked for',
      { atMs: 19_999, state: { readingAtMs: 19_999, filling: { ...FULL_ENOUGH, takenAtMs: 19_999 } } },
      null,
    ],
    ['is not there', without('heater'), 'no heater'],
    [
      'that does not go off by itself',
      { settings: { devices: [device('hot', 'warm'), device('heater', 'heater', 'none')] } },
      'the heater does not go off by itself',
    ],
    ['at L1', heat(40), null],
    ['past L1', heat(40.1), 'past the hard limit (L1)'],
    ['on a reading that is too old', { atMs: 13_001 }, 'no fresh reading'],
    ['on a reading without a temperature', { state: { hottestC: null } }, 'no fresh reading'],
    ['just below half a degree over', { state: { hottestC: 38.49 } }, null],
    ['half a degree over', { state: { hottestC: 38.5 } }, 'warm enough'],
    ['with too little water', { state: { filling: { ...FULL_ENOUGH, enough: false } } }, 'not enough water'],
    ['with a level that is too old', { atMs: 12_001 }, 'not enough water'],
    ['with no level', { state: { filling: null } }, 'not enough water'],
  ])('%s', (_, { settings, state, atMs = AT_MS }, why) => {
    expect(heatRefusal({ ...SETTINGS, ...settings }, { ...STATE, ...state }, atMs)).toBe(why);
  });
});

describe('what may open', () => {
  const closed = (closedAtMs: number) =>
    ({ status: 'closed', closedAtMs, sentAtMs: null, targetC: null }) as const;
  const open = (targetC: number | null = null) =>
    ({ status: 'open', closedAtMs: null, sentAtMs: 1, targetC }) as const;
  const unknown = { status: 'unknown', closedAtMs: null, sentAtMs: null, targetC: null } as const;
  const ALL = { hot: closed(0), cold: closed(0), master: open(), drain: open(), heater: unknown };
  const hot = { device: device('hot', 'warm'), side: 'warm', targetC: null } as const;
  const may = (devices: InterlockState['devices'], want: WaterWant | null = STATE.want, atMs = AT_MS) =>
    mayOpen(SETTINGS, { ...STATE, want, devices: { ...ALL, ...devices } }, hot, atMs);

  test.each<readonly [string, InterlockState['devices'], WaterWant | null, boolean]>([
    ['with everything shut behind an open master, whatever drain and heater do', {}, STATE.want, true],
    ['not itself unknown', { hot: unknown }, STATE.want, false],
    ['not when it is open already', { hot: open() }, STATE.want, false],
    ['just shut itself: there is no break to be kept with itself', { hot: closed(AT_MS) }, STATE.want, true],
    ['499 ms after the other one', { cold: closed(AT_MS - 499) }, STATE.want, false],
    ['500 ms after the other one', { cold: closed(AT_MS - 500) }, STATE.want, true],
    ['not beside an unknown one', { cold: unknown }, STATE.want, false],
    ['not beside an open one', { cold: open() }, STATE.want, false],
    ['not beside an open one with nothing wanted', { cold: open() }, null, false],
    ['not behind a shut master', { master: closed(0) }, STATE.want, false],
    ['not behind an unknown master', { master: unknown }, STATE.want, false],
  ])('%s', (_, devices, want, said) => {
    expect(may(devices, want)).toBe(said);
  });

  test.each([
    ['warm', true],
    ['cold', true],
    ['mixer', true],
    ['master', false],
    ['drain', false],
    ['heater', false],
  ] as const)('of %s, water by itself: %s', (side, said) => {
    expect(isSupply({ side })).toBe(said);
  });

  test('a mixer waits for its master, and is set anew only where its setpoint changes', () => {
    const settings = { ...SETTINGS, devices: [device('mixer', 'mixer'), device('master', 'master')] };
    const asks = (mixerIs: InterlockState['devices'][string], master: InterlockState['devices'][string]) =>
      mayOpen(
        settings,
        { ...STATE, devices: { mixer: mixerIs, master } },
        { device: device('mixer', 'mixer'), side: 'warm', targetC: 38 },
        AT_MS,
      );
    expect(asks(closed(0), closed(0))).toBe(false);
    expect(asks(closed(0), open())).toBe(true);
    expect(asks(open(38), open())).toBe(false);
    expect(asks(open(15), open())).toBe(true);
  });

  test.each([
    ['warm', null, 'warm'],
    ['cold', null, 'cold'],
    ['mixer', 38, 'warm'],
    ['mixer', 25.1, 'warm'],
    ['mixer', 25, 'cold'],
    ['mixer', 15, 'cold'],
    ['mixer', null, null],
    ['master', 38, null],
  ] as const)('%s at %s uses the budget of %s', (side, targetC, budget) => {
    const state = { ...STATE, devices: { it: open(targetC) } };
    expect(sideOf(device('it', side), state)).toBe(budget);
    expect(sideOf(device('another', 'mixer'), state)).toBeNull();
  });
});

describe('a want', () => {
  test.each([
    [9.9, false],
    [10, true],
    [40, true],
    [40.1, false],
  ])('at %s is within L1 and L2: %s', (targetC, said) => {
    expect(isWithinLimits({ side: 'warm', targetC, untilMs: 1 })).toBe(said);
  });

  // Warm for a soak, cold for the purge allowance and a cold step, each with 15 s for the change itself.
  test.each([
    ['warm', 1_215_000],
    ['cold', 375_000],
  ] as const)('of %s water ends after %s ms, however long a machine asks', (side, longestMs) => {
    const of = (untilMs: number) => capped({ side, targetC: 20, untilMs }, 7_000);
    expect(of(1e9)).toEqual({ side, targetC: 20, untilMs: 7_000 + longestMs });
    expect(of(8_000)?.untilMs).toBe(8_000);
    expect(capped(null, 7_000)).toBeNull();
  });
});

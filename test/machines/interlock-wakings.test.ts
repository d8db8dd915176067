// If these fail, nobody wakes the interlock when a budget, a heater or a level runs out and water runs on until the next
// reading; a release opens past a valve that was never seen shut; or a pause leaves the hot valve open.
import { describe, expect, test } from 'vitest';
import { BREAK_BEFORE_MAKE_MS } from '../../machines/envelope.ts';
import type { InterlockInput, InterlockSettings, InterlockState } from '../../machines/interlock.ts';
import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import { trip } from './support.ts';

type Device = InterlockSettings['devices'][number];
const device = (id: string, side: Device['side']): Device => ({
  id,
  side,
  leaseMs: 10_000,
  deadline: 'per-command',
});
const STREAM: InterlockSettings = {
  devices: [device('hot', 'warm'), device('cold', 'cold')],
  readingAgeMs: 5_000,
  guarded: true,
  budgetMs: { warm: 60_000, cold: 30_000 },
};
const MIXER = { ...STREAM, devices: [device('mixer', 'mixer')] };
const BASIN = {
  ...STREAM,
  devices: [
    ...STREAM.devices,
    device('master', 'master'),
    device('drain', 'drain'),
    device('heater', 'heater'),
  ],
};
const CLOSED = { status: 'closed', closedAtMs: 0, sentAtMs: null, targetC: null } as const;
const UNKNOWN = { status: 'unknown', closedAtMs: null, sentAtMs: null, targetC: null } as const;
const open = (targetC: number | null = null) =>
  ({ status: 'open', closedAtMs: null, sentAtMs: 0, targetC }) as const;
const warm = { side: 'warm', targetC: 38, untilMs: 1e6 } as const;

/** Released and verified closed at 0, at 1 s; changed by `more`. */
function at1s(settings: InterlockSettings, more: Partial<InterlockState> = {}): InterlockState {
  const devices = Object.fromEntries(settings.devices.map(({ id }) => [id, CLOSED]));
  return {
    ...interlockInit(settings),
    block: null,
    usedToMs: 1_000,
    ...more,
    devices: { ...devices, ...more.devices },
  };
}
function put(settings: InterlockSettings, state: InterlockState, input: InterlockInput, atMs = 1_000) {
  const step = interlockStep(settings, state, input, atMs);
  return { ...step, said: step.out.map((one) => `${one.type} ${one.device}`) };
}

describe('it is woken', () => {
  const hot = { want: warm, devices: { hot: open() } };
  const due = (settings: InterlockSettings, more: Partial<InterlockState>) =>
    interlockDeadline(settings, at1s(settings, more));

  test.each<readonly [string, InterlockSettings, Partial<InterlockState>, number | null]>([
    ['by nothing at rest', STREAM, {}, null],
    ['by nothing that is open and blocked for good', STREAM, { block: { kind: 'stop' }, want: warm }, null],
    ['by the rest of the budget of warm', STREAM, { ...hot, usedMs: { warm: 10_000, cold: 29_000 } }, 51_000],
    [
      'by the rest of the budget of cold',
      STREAM,
      { want: { ...warm, side: 'cold' }, devices: { cold: open() }, usedMs: { warm: 59_000, cold: 10_000 } },
      21_000,
    ],
    ['by the budget of what a mixer is set to', MIXER, { want: warm, devices: { mixer: open(38) } }, 61_000],
    [
      'by the budget of cold where a mixer is set to cold',
      MIXER,
      { want: warm, devices: { mixer: open(15) } },
      31_000,
    ],
    [
      'by no budget of a drain that is held shut',
      BASIN,
      { devices: { drain: open() }, shutUntilMs: 90_000 },
      90_000,
    ],
    [
      'by the end of the heat',
      BASIN,
      { devices: { heater: open() }, heat: { targetC: 38, untilMs: 7_000 } },
      7_000,
    ],
    ['by no end of a heat that is not on', BASIN, { heat: { targetC: 38, untilMs: 7_000 } }, null],
    ['by the end of a drain held shut', BASIN, { ...hot, shutUntilMs: 8_000 }, 8_000],
    ['by a reading that grows old while something is open', STREAM, { ...hot, readingAtMs: 900 }, 5_901],
    ['by no reading while nothing is open', STREAM, { readingAtMs: 900 }, null],
    ['by no reading that never came', STREAM, { ...hot, usedToMs: 100 }, 60_100],
    [
      'by a level that grows old',
      { ...BASIN, levelAgeMs: 2_000 },
      { ...hot, filling: { full: false, enough: true, takenAtMs: 800 } },
      2_801,
    ],
    [
      'by no level where none is needed',
      BASIN,
      { ...hot, filling: { full: false, enough: true, takenAtMs: 800 } },
      61_000,
    ],
    ['by no level that never came', { ...BASIN, levelAgeMs: 2_000 }, { ...hot, usedToMs: 100 }, 60_100],
    [
      'by the end of what is wanted and open',
      STREAM,
      { want: { ...warm, untilMs: 9_000 }, devices: { hot: open() } },
      9_000,
    ],
    [
      'by the end of what is wanted and waits for the journal',
      STREAM,
      {
        want: { ...warm, untilMs: 2_500 },
        asked: { token: 1, device: 'hot', side: 'warm', targetC: null, atMs: 900 },
      },
      2_500,
    ],
    [
      'by the journal falling silent',
      STREAM,
      { want: warm, asked: { token: 1, device: 'hot', side: 'warm', targetC: null, atMs: 900 } },
      2_900,
    ],
    ['by no end of what is wanted and refused', STREAM, { want: { ...warm, untilMs: 9_000 } }, null],
    [
      'by the break after a close',
      STREAM,
      { want: warm, devices: { cold: { ...CLOSED, closedAtMs: 800 } } },
      800 + BREAK_BEFORE_MAKE_MS,
    ],
    [
      'by the break though only the drain is shut',
      BASIN,
      { want: warm, devices: { drain: open(), cold: { ...CLOSED, closedAtMs: 800 } } },
      1_300,
    ],
    [
      'by no break while water runs',
      STREAM,
      { want: warm, devices: { hot: open(), cold: { ...CLOSED, closedAtMs: 800 } } },
      61_000,
    ],
    [
      'by no break while the journal writes',
      STREAM,
      {
        want: warm,
        asked: { token: 1, device: 'hot', side: 'warm', targetC: null, atMs: 900 },
        devices: { cold: { ...CLOSED, closedAtMs: 800 } },
      },
      2_900,
    ],
    [
      'by no break while it is blocked',
      STREAM,
      { block: { kind: 'stop' }, want: warm, devices: { cold: { ...CLOSED, closedAtMs: 800 } } },
      null,
    ],
    ['by no break with nothing wanted', STREAM, { devices: { cold: { ...CLOSED, closedAtMs: 800 } } }, null],
    [
      'by no break that was never begun',
      STREAM,
      { want: warm, usedToMs: 100, devices: { hot: UNKNOWN, cold: UNKNOWN } },
      null,
    ],
    [
      'by nothing that is past',
      STREAM,
      { want: { ...warm, untilMs: 1_000 }, devices: { hot: open() } },
      61_000,
    ],
    ['by the nearest', STREAM, { ...hot, readingAtMs: 900, shutUntilMs: 1_200 }, 1_200],
  ])('%s', (_, settings, more, dueMs) => {
    expect(due(settings, more)).toBe(dueMs);
  });
});

describe('at the beginning', () => {
  test('nothing is known of any device, and nothing is let out', () => {
    expect(interlockInit(STREAM)).toMatchObject({
      block: { kind: 'start' },
      devices: { hot: UNKNOWN, cold: UNKNOWN },
      usedMs: { warm: 0, cold: 0 },
    });
  });
});

describe('a release', () => {
  const unknown = { devices: { hot: UNKNOWN, cold: { ...UNKNOWN, status: 'closing' } } } as const;

  test('tells every valve to close that was not seen shut', () => {
    const step = put(STREAM, at1s(STREAM, unknown), { type: 'release' });
    expect(step.out).toEqual([
      { type: 'close', device: 'hot' },
      { type: 'close', device: 'cold' },
    ]);
    expect(step.state.devices).toEqual({
      hot: { ...UNKNOWN, status: 'closing' },
      cold: { ...UNKNOWN, status: 'closing' },
    });
  });

  test('leaves alone what is shut, and a drain that a pause has held', () => {
    const held = at1s(BASIN, { devices: { drain: open() }, shutUntilMs: 60_000 });
    expect(put(BASIN, held, { type: 'release' }).said).toEqual([]);
  });

  test('closes first and asks for the drain after it', () => {
    const state = at1s(BASIN, { devices: { hot: UNKNOWN }, shutUntilMs: 60_000 });
    expect(put(BASIN, state, { type: 'release' }).said).toEqual(['close hot', 'ask drain']);
  });

  test('begins a new budget', () => {
    const state = at1s(STREAM, { usedMs: { warm: 60_000, cold: 30_000 } });
    expect(put(STREAM, state, { type: 'release' }).state.usedMs).toEqual({ warm: 0, cold: 0 });
  });

  test('does nothing about a trip', () => {
    const tripped = at1s(STREAM, { ...unknown, block: { kind: 'trip' } });
    expect(put(STREAM, tripped, { type: 'release' })).toMatchObject({ said: [], state: tripped });
  });
});

describe('what closes', () => {
  test.each<readonly [string, InterlockInput, InterlockState['block']]>([
    ['a stop', { type: 'stop' }, { kind: 'stop' }],
    ['a clear', { type: 'clear' }, { kind: 'stop' }],
    ['an end', { type: 'trip', trip: trip('end') }, { kind: 'stop' }],
    ['a hold', { type: 'trip', trip: trip('hold') }, { kind: 'hold' }],
    ['a trip', { type: 'trip', trip: trip('abort') }, { kind: 'trip' }],
  ])('%s leaves its block', (_, input, block) => {
    expect(put(STREAM, at1s(STREAM), input).state.block).toEqual(block);
  });

  test('a pause closes everything but the drain that it holds', () => {
    const running = at1s(BASIN, { devices: { hot: open(), drain: open() }, want: warm, shutUntilMs: 60_000 });
    const hold: InterlockInput = { type: 'trip', trip: trip('hold') };
    expect(put(BASIN, running, hold).said).toEqual([
      'close hot',
      'close cold',
      'close master',
      'close heater',
    ]);
    // Nothing to keep: the drain falls open as well.
    expect(put(BASIN, { ...running, shutUntilMs: null }, hold).said).toContain('close drain');
  });

  test('a basin that is stopped is not shut again before a release', () => {
    for (const block of [{ kind: 'stop' }, { kind: 'trip' }] as const) {
      const stopped = at1s(BASIN, { block });
      expect(put(BASIN, stopped, { type: 'shut', untilMs: 60_000 }).said).toEqual([]);
    }
    expect(put(BASIN, at1s(BASIN), { type: 'shut', untilMs: 60_000 }).said).toEqual(['ask drain']);
    expect(put(BASIN, at1s(BASIN), { type: 'shut', untilMs: 1_000 }).said).toEqual([]);
  });

  test('a valve that is closing or lost is not known to be shut', () => {
    const running = at1s(STREAM, { want: warm, devices: { hot: open() } });
    const due = put(STREAM, running, { type: 'close-due', device: 'hot' });
    expect(due.state.devices['hot']).toEqual({ ...UNKNOWN, status: 'closing' });
    expect(put(STREAM, running, { type: 'lost', device: 'hot' })).toMatchObject({
      said: [],
      state: { devices: { hot: UNKNOWN }, asked: null },
    });
  });
});

describe('what is told', () => {
  test('late, of a reading from before, makes no other one older', () => {
    const state = at1s(STREAM, { readingAtMs: 900 });
    const read = (takenAtMs: number) =>
      put(STREAM, state, { type: 'reading', takenAtMs, hottestC: 37 }).state.readingAtMs;
    expect([read(800), read(950)]).toEqual([900, 950]);
  });

  test('of a reading without a temperature keeps the one before', () => {
    const state = at1s(STREAM, { hottestC: 39 });
    const read = (hottestC?: number) =>
      put(STREAM, state, {
        type: 'reading',
        takenAtMs: 950,
        ...(hottestC === undefined ? {} : { hottestC }),
      });
    expect([read().state.hottestC, read(36).state.hottestC]).toEqual([39, 36]);
  });
});

describe('the answer of the journal', () => {
  const asked = { token: 4, device: 'hot', side: 'warm', targetC: null, atMs: 900 } as const;
  const waiting = at1s(STREAM, { want: warm, readingAtMs: 900, asked, tokens: 4 });
  const yes = (token: number): InterlockInput => ({ type: 'journalled', token, ok: true });

  test('to something else is no answer', () => {
    expect(put(STREAM, waiting, yes(3))).toMatchObject({ said: [], state: waiting });
  });

  test('lets nothing out that was asked for in the same moment', () => {
    // The reading has grown old: hot is dropped and the drain is asked for, of which the journal has not heard.
    const state = at1s(BASIN, { want: warm, asked, tokens: 4, readingAtMs: null, shutUntilMs: 60_000 });
    const step = put(BASIN, state, yes(4));
    expect(step.out).toEqual([{ type: 'ask', token: 5, device: 'drain', targetC: null }]);
  });

  test('to a master does not put on a heater', () => {
    const state = at1s(BASIN, {
      heat: { targetC: 38, untilMs: 60_000 },
      readingAtMs: 900,
      hottestC: 36,
      filling: { full: true, enough: true, takenAtMs: 900 },
      asked: { ...asked, device: 'master', side: null },
      tokens: 4,
    });
    expect(put(BASIN, state, yes(4)).said).toEqual(['ask heater']);
  });

  test('to a warm mixer does not open a cold one', () => {
    const state = at1s(MIXER, {
      want: { ...warm, side: 'cold', targetC: 20 },
      readingAtMs: 900,
      asked: { ...asked, device: 'mixer', targetC: 20 },
      tokens: 4,
    });
    expect(put(MIXER, state, yes(4)).out).toMatchObject([{ type: 'ask', token: 5 }]);
  });
});

describe('an open that is dropped', () => {
  const asked = { token: 4, device: 'hot', side: 'warm', targetC: null, atMs: 900 } as const;
  const waiting = at1s(BASIN, {
    want: warm,
    shutUntilMs: 60_000,
    heat: { targetC: 38, untilMs: 60_000 },
    readingAtMs: 900,
    devices: { master: open() },
    asked,
    tokens: 4,
  });
  const nothing = { want: null, heat: null, shutUntilMs: null, asked: null };

  test('by the journal leaves nothing wanted, and nothing else is asked for', () => {
    const no: InterlockInput = { type: 'journalled', token: 4, ok: false };
    expect(put(BASIN, waiting, no)).toMatchObject({
      out: [{ type: 'dropped', device: 'hot' }],
      state: { ...nothing, tokens: 4 },
    });
    expect(put(BASIN, waiting, { ...no, token: 3 })).toMatchObject({ out: [], state: waiting });
  });

  test('by its silence as well', () => {
    expect(put(BASIN, { ...waiting, readingAtMs: 2_900 }, { type: 'clock' }, 2_900)).toMatchObject({
      out: [{ type: 'dropped', device: 'hot' }],
      state: { ...nothing, tokens: 4 },
    });
  });

  test('when the other valve has only just closed, though the journal has it', () => {
    const state = at1s(STREAM, { want: warm, readingAtMs: 900, asked, tokens: 4 });
    const late = put(STREAM, state, { type: 'verified-closed', device: 'cold' }).state;
    const step = put(STREAM, late, { type: 'journalled', token: 4, ok: true }, 1_100);
    expect(step).toMatchObject({ out: [], state: { ...late, asked: null, usedToMs: 1_100 } });
    expect(put(STREAM, step.state, { type: 'clock' }, 1_499).said).toEqual([]);
    expect(put(STREAM, step.state, { type: 'clock' }, 1_500).said).toEqual(['ask hot']);
  });
});

describe('a renewal', () => {
  test('is for what is open, and known', () => {
    const running = at1s(STREAM, { want: warm, readingAtMs: 900, devices: { hot: open() } });
    expect(put(STREAM, running, { type: 'renewal-due', device: 'cold' }).said).toEqual([]);
    expect(put(STREAM, running, { type: 'renewal-due', device: 'another' }).said).toEqual([]);
  });

  test('bears the side of its water', () => {
    const set = (targetC: number, side: 'warm' | 'cold') =>
      at1s(MIXER, {
        want: { side, targetC, untilMs: 1e6 },
        readingAtMs: 900,
        devices: { mixer: open(targetC) },
      });
    const renew: InterlockInput = { type: 'renewal-due', device: 'mixer' };
    expect(put(MIXER, set(38, 'warm'), renew).out).toMatchObject([{ side: 'warm', targetC: 38 }]);
    expect(put(MIXER, set(15, 'cold'), renew).out).toMatchObject([{ side: 'cold', targetC: 15 }]);
  });
});

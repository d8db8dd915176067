/**
 * If these fail, the page says something else than the controller: a countdown by the wrong clock, a reading without
 * its band, a button that this screen may not press, or a word of comfort where nothing is known.
 */
import { describe, expect, it } from 'vitest';
import { COMMAND_WORDS } from '../../src/model/command.ts';
import { PHASES, VALVE_STATES } from '../../src/model/state.ts';
import type { Facts } from '../../web/types.d.ts';
import { viewOf } from '../../web/view.js';
import { ControllerClock } from '../../web/clock.js';
import { Readings } from '../../web/readings.js';
import { IDLE, NOW, STATION, later } from './pretend-support.ts';

const nowMs = Date.parse(NOW);
type State = Facts['station']['state'];

function view(state: Partial<State>, more: Partial<Facts> = {}, station: Partial<Facts['station']> = {}) {
  return viewOf({
    station: { ...STATION, ...station, state: { ...IDLE, ...state } },
    link: 'live',
    nowMs,
    speed: 1,
    lastMs: nowMs,
    waterC: null,
    pending: null,
    ...more,
  });
}

const STEP = {
  index: 1,
  count: 6,
  kind: 'cold',
  cycle: 1,
  cycles: 3,
  target_c: 15,
  started_at: later(-12),
  ends_at: later(18),
} as const;
const COLD: Partial<State> = {
  state: 'running',
  phase: 'cold',
  operation: 'contact',
  exposed: true,
  step: STEP,
};
const labels = (shown: ReturnType<typeof view>): string[] => shown.actions.map(({ label }) => label);

describe('the phase', () => {
  it.each(PHASES)('%s has a word, an icon and a tone', (phase) => {
    const { word, icon, tone } = view({ phase });
    expect({ word, icon }).toEqual({ word: phase, icon: phase });
    expect(tone).not.toBe('');
  });

  it('changing says to what', () => {
    expect(view({ ...COLD, phase: 'changing' }).detail).toBe('to cold');
  });

  it('preparing says what is being done', () => {
    expect(view({ state: 'starting', phase: 'preparing', operation: 'prove' }).detail).toBe(
      'testing the water',
    );
  });

  it('a dry run is never taken for a session', () => {
    expect(view({ ...COLD, dry: true }).detail).toBe('dry run: nobody in the water');
  });
});

describe('the countdown', () => {
  it('counts to the end of the step by the controller’s clock', () => {
    expect(view(COLD)).toMatchObject({ countdown: '0:18', level: 0.6, cycle: 'cycle 1 of 3' });
    expect(view(COLD, { nowMs: nowMs + 17_500 }).countdown).toBe('0:01');
    expect(view(COLD, { nowMs: nowMs + 60_000 })).toMatchObject({ countdown: '0:00', level: 0 });
  });

  it('counts to the closing of the water in ready', () => {
    expect(view({ state: 'starting', phase: 'ready', ready_until: later(47) }).countdown).toBe('0:47');
  });

  it('is not there where nothing ends by itself, or no time is known', () => {
    expect(view({}).countdown).toBeNull();
    expect(view({ ...COLD, phase: 'changing' }).countdown).toBeNull();
    expect(view({ ...COLD, step: { ...STEP, started_at: null, ends_at: null } }).countdown).toBeNull();
    expect(view(COLD, { nowMs: null, lastMs: null }).countdown).toBeNull();
  });

  it('stands still at the last sign of life', () => {
    const shown = view(COLD, { link: 'stale', nowMs: nowMs + 9_000, lastMs: nowMs });
    expect(shown.countdown).toBe('0:18');
    expect(shown.stale).toMatch(/^No connection since \d\d:\d\d:\d\d: values are old\.$/);
    expect(shown.assertive).toBe(shown.stale);
  });
});

describe('the water', () => {
  const band = { min_c: 35.7, max_c: 40.5 };
  it.each([
    [38, 'warm', 'in band', 'good'],
    [35.6, 'warm', 'too cold', 'off'],
    [40.6, 'warm', 'too warm', 'off'],
    [40.6, 'ready', 'too warm', 'off'],
    [20, 'preparing', 'not in band yet', 'none'],
    [45, 'cold', 'above its band', 'none'],
  ] as const)('at %s C in %s is %s', (water_c, phase, words, mood) => {
    expect(view({ phase, water_c }, {}, { band }).water).toMatchObject({ words, mood });
  });

  it('says so where there is no reading', () => {
    expect(view({ phase: 'warm', water_c: null }, {}, { band }).water).toMatchObject({
      text: '--.-',
      words: 'no reading',
      share: null,
    });
  });

  it('goes by the fresher reading, and by the unit of the config', () => {
    const shown = view({ water_c: 30 }, { waterC: 38 }, { band, temperature_unit: 'fahrenheit' });
    expect(shown.water).toMatchObject({ text: '100.4', unit: '°F', band: { text: '96.3 to 104.9' } });
  });

  it('draws the band where it is, and never beyond the scale', () => {
    const { water } = view({ water_c: 60 }, {}, { band: { min_c: 15, max_c: 25 } });
    expect(water).toMatchObject({ share: 1, band: { from: 0.25, to: 0.5 } });
  });

  it.each(VALVE_STATES)('a valve %s has its word', (hot) => {
    const [valve] = view({ valves: { hot } }).valves;
    expect(valve?.name).toBe('Hot');
    expect(valve?.word).toMatch(/./);
  });
});

describe('what can be done', () => {
  it.each([
    [{}, ['Start']],
    [{ state: 'complete', phase: 'done' }, ['Start']],
    [{ state: 'stopped', phase: 'stopped' }, ['Start', 'Continue']],
    [{ state: 'starting', phase: 'preparing', operation: 'purge' }, ['Begin once ready', 'Pause']],
    [{ state: 'starting', phase: 'preparing' }, ['Begin', 'Pause']],
    [{ state: 'starting', phase: 'ready' }, ['Begin', 'Pause']],
    [{ state: 'starting', phase: 'preparing', dry: true }, ['Pause']],
    [COLD, ['Pause']],
    [
      { ...COLD, prompt: { id: 'p', text: 'Still OK?', answer_by: later(20) } },
      ['Yes, all is well', 'Pause'],
    ],
    [{ state: 'held', phase: 'paused' }, ['Resume']],
    [{ state: 'stopping', phase: 'stopping' }, []],
    [{ state: 'aborted', phase: 'fault' }, ['Clear the fault']],
    [{ phase: 'fault', fault: { code: 'x', detector: 'T1', latched: true } }, ['Clear the fault']],
  ] as const)('in %j: %j', (state, expected) => {
    expect(labels(view(state as Partial<State>))).toEqual(expected);
  });

  it('from bucket to bucket the person says that they have moved', () => {
    const shown = view({ ...COLD, phase: 'changing' }, {}, { plumbing: 'cues' });
    expect(labels(shown)).toEqual(['I have moved', 'Pause']);
  });

  it('what this screen may not do is not offered, and it says where it is done', () => {
    const shown = view({ state: 'starting', phase: 'ready' }, {}, { may: ['pause', 'stop'] });
    expect(labels(shown)).toEqual(['Pause']);
    expect(shown.elsewhere).toBe('Begin: not from this screen. Press the button at the bath.');
    const fault = view({ state: 'aborted', phase: 'fault' }, {}, { may: ['pause', 'stop'] });
    expect(fault.elsewhere).toContain('Hold the button at the bath for 5 s');
  });

  it('nothing but STOP is offered on old values, nor twice', () => {
    for (const more of [{ link: 'stale' }, { pending: 'start' }] as const)
      expect(view({}, more).actions.map(({ enabled }) => enabled)).toEqual([false]);
  });

  it('shows what rules water out until contact begins', () => {
    const block_list = ['under 18'];
    for (const state of [
      {},
      { state: 'starting', phase: 'preparing' },
      { state: 'starting', phase: 'ready' },
    ] as const)
      expect(view(state, {}, { block_list }).blockList).toEqual(block_list);
    expect(view(COLD, {}, { block_list }).blockList).toBeNull();
    expect(view({}, {}, { block_list: null }).blockList).toBeNull();
  });

  it('knows every command it offers', () => {
    const offered = PHASES.flatMap((phase) =>
      view({ phase, state: 'held' }).actions.map(({ command }) => command),
    );
    expect(offered.filter((command) => !COMMAND_WORDS.some((word) => word === command))).toEqual([]);
  });
});

describe('for ears', () => {
  it('one sentence a phase, the same all through it', () => {
    const first = view(COLD);
    expect(first.polite).toBe('Cold, for 30 seconds, cycle 1 of 3.');
    expect(view(COLD, { nowMs: nowMs + 5_000, waterC: 12 }).polite).toBe(first.polite);
  });

  it('a question and a fault at once, without the seconds that are left', () => {
    const prompt = { id: 'p', text: 'Still OK?', answer_by: later(20) };
    const asked = view({ ...COLD, prompt });
    expect(asked.assertive).toBe('Still OK? Press yes, or the water closes.');
    expect(asked.notice?.text).toContain('0:20 left');
    const fault = { code: 'over_temperature', detector: 'T1', latched: true };
    const tripped = view({ state: 'aborted', phase: 'fault', fault, message: 'It was 43.6 C.' });
    expect(tripped.assertive).toContain('Fault: over temperature (T1). It was 43.6 C.');
  });

  it('a simulation says so each time', () => {
    expect(view({ simulated: true }, { speed: 20 })).toMatchObject({
      simulated: 'SIMULATED 20x',
      polite: 'Simulated. Idle.',
    });
  });
});

describe('the controller’s clock', () => {
  const at = (ms: number, speed = 1) => ({ at: new Date(nowMs + ms).toISOString(), speed });

  it('runs on at the speed that was told', () => {
    const clock = new ControllerClock();
    expect(clock.nowMs(5)).toBeNull();
    clock.tick(at(0, 20), 1_000);
    expect(clock.nowMs(1_500)).toBe(nowMs + 10_000);
    clock.tick(at(20_000, 5), 2_000);
    expect(clock.nowMs(3_000)).toBe(nowMs + 25_000);
  });

  it('a late tick hardly sets it back; a clock that was set is followed at once', () => {
    const clock = new ControllerClock();
    clock.tick(at(0), 0);
    clock.tick(at(1_000), 1_300);
    expect((clock.nowMs(1_300) ?? 0) - nowMs).toBeCloseTo(1_240, 0);
    clock.tick(at(-3_600_000), 2_300);
    expect(clock.nowMs(2_300)).toBe(nowMs - 3_600_000);
  });

  it('takes nothing that is no tick', () => {
    const clock = new ControllerClock();
    clock.tick({ at: 'soon', speed: 1 }, 0);
    clock.tick({ at: NOW, speed: 0 }, 0);
    expect(clock.last).toBeNull();
  });
});

describe('readings', () => {
  const reading = (device: string, value: number | null, ms = 0) =>
    ({ station: 's', device, kind: 'temperature', value, at: new Date(nowMs + ms).toISOString() }) as const;

  it('the warmest counts, as long as it is fresh', () => {
    const readings = new Readings();
    expect(readings.warmestC(nowMs)).toBeNull();
    readings.add(reading('a', 38));
    readings.add(reading('b', 37, 6_000));
    expect(readings.warmestC(nowMs + 6_000)).toBe(38);
    expect(readings.warmestC(nowMs + 12_000)).toBe(37);
    readings.add(reading('b', null, 12_000));
    expect(readings.warmestC(nowMs + 12_000)).toBeNull();
  });
});

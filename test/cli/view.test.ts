// If this fails, the person in front of the terminal sees the wrong phase or an old temperature, takes a simulation for
// water, or misses a question.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createView } from '../../src/cli/view/index.ts';
import type { ViewOptions } from '../../src/cli/view/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { News } from '../../src/controller/index.ts';
import { composeVirtual, planOf } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import type { SessionResult, StateObject } from '../../src/model/state.ts';
import { loadLibrary, packageRoot } from '../../src/protocols/index.ts';

interface Told {
  readonly news: News;
  readonly atMs: number;
  readonly wallMs: number;
}

const STARTED_MS = 10_000;
const told: Told[] = [];
let plan: SessionPlan;
let result: SessionResult;
let drawn: Readonly<Record<string, number>>;

/** One whole session of the real controller on simulated water; every test shows the same one. */
beforeAll(() => {
  const { config } = loadConfig(`${packageRoot()}/examples/foot-bath.yaml`, { env: {} });
  const station = config?.stations[0];
  if (config === null || station === undefined) throw new Error('the example is broken');
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const world = composeVirtual(home, station, 7);
  drawn = { ...world.rig.drawn };
  const ended: SessionResult[] = [];
  world.controller.listen(station.id, (news, atMs) => {
    if (news.type === 'result') ended.push(news.result);
    else told.push({ news, atMs, wallMs: world.clock.wallMs() });
  });
  world.clock.runUntil(STARTED_MS);
  void world.controller.command(station.id, { command: 'start' }, 'cli');
  world.clock.runWhile(() => ended.length === 0, 3_600_000);
  const [first] = ended;
  if (first === undefined) throw new Error('the session did not end');
  result = first;
  // As the driver of a session hands it on: the result is the last word, after the last state.
  told.push({ news: { type: 'result', result }, atMs: world.clock.nowMs(), wallMs: world.clock.wallMs() });
  const planned = planOf(home, {
    ...{ protocol: 'contrast-foot-bath', choices: {}, station },
    person: { id: 'guest', screening: 'clear', profile: 'standard', counts: false, coldCapMs: null },
  });
  if (!('plan' in planned)) throw new Error('it does not compile');
  plan = planned.plan;
});
afterAll(() => {
  told.length = 0;
});

const FACTS = { station: 'Foot bath', guest: false, drawn: null };

/** A view over a clock that stands where the news does. */
function watch(options: Partial<ViewOptions> = {}) {
  let text = '';
  let [nowMs, wallMs] = [0, 0];
  const view = createView({
    ...{ out: { write: (more: string) => (text += more) }, isTTY: false, colour: false, columns: 80 },
    ...{ unit: 'celsius', simulated: true, speed: null, wallMs: () => wallMs, nowMs: () => nowMs },
    ...options,
  });
  const tell = (one: Told) => {
    ({ atMs: nowMs, wallMs } = one);
    view.news(one.news, one.atMs);
  };
  const later = (ms: number) => {
    nowMs += ms;
    wallMs += ms;
  };
  return { view, tell, later, text: () => text };
}

/** What a terminal shows after all that was written: cursor up, clear below, and no other movement. */
function terminal(text: string): string[] {
  const rows = [''];
  let row = 0;
  for (const part of text.split(/(\u001b\[[0-9;?]*[A-Za-z]|\n|\r|\u0007)/)) {
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (part === '\n') rows[(row += 1)] ??= '';
    else if (up !== null) row -= Number(up[1]);
    else if (part === '\u001b[0J') rows.splice(row, Infinity, '');
    else if (!/^[\u001b\r\u0007]/.test(part)) rows[row] = `${rows[row] ?? ''}${part}`;
    expect(row).toBeGreaterThanOrEqual(0);
  }
  return rows;
}

const stateAt = (phase: string): { readonly state: StateObject; readonly at: Told } => {
  for (const at of told)
    if (at.news.type === 'state' && at.news.state.phase === phase) return { state: at.news.state, at };
  throw new Error(`the session was never ${phase}`);
};

describe('without a terminal', () => {
  test('one line for each phase and step, without a single escape', () => {
    const { view, tell, text } = watch();
    view.preview(plan, FACTS);
    for (const one of told) tell(one);
    view.tick();
    view.summary(result);
    view.close();
    expect(text()).not.toContain('\u001b');
    expect(text()).not.toContain('\u0007');
    const phases = text()
      .split('\n')
      .flatMap((line) => /^\d+:\d\d SIMULATED ([a-z ]+?) ·/.exec(line)?.[1] ?? []);
    const cycle = ['warm', 'changing to cold', 'cold', 'changing to warm'];
    expect(phases).toEqual([
      'idle',
      'preparing',
      'ready',
      ...cycle,
      ...cycle,
      ...cycle.slice(0, 3),
      'drying',
      'done',
    ]);
    expect(text()).toMatch(
      /warm · cycle 1 of 3, step 1 of 6 · water 3\d\.\d C · 3:00 to go · hot open · cold closed/,
    );
  });

  test('a trip and a refusal are told at once, and the question is asked', () => {
    const { view, tell, text } = watch();
    view.preview(plan, FACTS);
    const { state, at } = stateAt('warm');
    tell(at);
    const detail = { detector: 'T1', code: 'over_temperature', latched: true, message: '43.4 C at the feet' };
    tell({ ...at, news: { type: 'event', event: 'trip', detail } });
    tell({ ...at, news: { type: 'event', event: 'refused', detail: { message: 'not now' } } });
    const prompt = { id: 'q', text: 'Still OK?', answer_by: new Date(at.wallMs + 30_000).toISOString() };
    tell({ ...at, news: { type: 'state', state: { ...state, prompt } } });
    expect(text()).toContain('T1 over_temperature: 43.4 C at the feet');
    expect(text()).toContain('refused: not now');
    expect(text()).toContain('Still OK? press Enter');
    view.summary({ ...result, outcome: 'aborted', reason: 'over_temperature' });
    expect(text()).toContain('Aborted: the water was scalding (43.4 C at the feet).');
  });
});

describe('on a terminal', () => {
  const LIVE = { isTTY: true, colour: true, speed: 20 };

  test('one frame stands below the preview, however often it was redrawn', () => {
    const { view, tell, text } = watch(LIVE);
    view.preview(plan, FACTS);
    const preview = terminal(text()).length;
    for (const one of told) {
      tell(one);
      if (one.news.type === 'reading') view.tick();
    }
    const rows = terminal(text());
    expect(rows.length - preview).toBeLessThanOrEqual(11);
    expect(rows.filter((row) => row.includes('Ctrl-C'))).toHaveLength(1);
  });

  test('phase, cycle, countdown, bar, water in its band, valves, next: and SIMULATED, always', () => {
    const { view, tell, later, text } = watch(LIVE);
    view.preview(plan, FACTS);
    const { at } = stateAt('warm');
    for (const one of told.slice(0, told.indexOf(at) + 1)) tell(one);
    later(60_000);
    tell({
      ...at,
      news: { type: 'reading', device: 't', kind: 'temperature', value: 38.1 },
      atMs: at.atMs + 60_000,
      wallMs: at.wallMs + 60_000,
    });
    view.tick();
    const frame = terminal(text()).slice(-9).join('\n');
    expect(frame).toContain(' SIMULATED 20x ');
    expect(frame).toContain('WARM');
    expect(frame).toContain('cycle 1 of 3, step 1 of 6');
    // 2:00 to go, three rows high.
    expect(frame).toContain('╺━┓ ╻ ┏━┓ ┏━┓');
    expect(frame).toMatch(/█{5}░+ {3}9 %/);
    expect(frame).toMatch(/water {3}38\.1 C {2}├─+═*●═*─+┤ band 35\.7 to 40\.5 C, target 3\d\.\d C/);
    expect(frame).toContain('hot open · cold closed');
    expect(frame).toContain('next: cold for 30 s');
  });

  test('an old reading is not shown as the temperature of the water', () => {
    const { view, tell, later, text } = watch(LIVE);
    const { state, at } = stateAt('warm');
    tell({ ...at, news: { type: 'reading', device: 't', kind: 'temperature', value: 38.1 } });
    tell({ ...at, news: { type: 'state', state: { ...state, water_c: null } } });
    expect(terminal(text()).join('\n')).toContain('38.1 C');
    later(11_000);
    view.tick();
    const rows = terminal(text()).join('\n');
    expect(rows).not.toContain('38.1 C');
    expect(rows).toContain('--.-');
  });

  test('a question, a fault and the keys that count now are in the frame', () => {
    const { tell, text } = watch(LIVE);
    const { state, at } = stateAt('warm');
    const prompt = { id: 'q', text: 'Still OK?', answer_by: new Date(at.wallMs + 30_000).toISOString() };
    tell({ ...at, news: { type: 'state', state: { ...state, prompt } } });
    expect(terminal(text()).join('\n')).toContain('Still OK? press Enter (0:30)');
    const fault = { code: 'over_temperature', detector: 'T1', latched: true };
    tell({ ...at, news: { type: 'state', state: { ...state, phase: 'fault', fault, message: '43.4 C' } } });
    expect(terminal(text()).join('\n')).toContain(
      'fault: over_temperature (T1), waits for a clear at the station',
    );
    tell({ ...at, news: { type: 'state', state: stateAt('ready').state } });
    expect(terminal(text()).join('\n')).toContain('Enter: begin');
  });

  test('what trips stays on the screen above the frame', () => {
    const { view, tell, text } = watch(LIVE);
    view.preview(plan, FACTS);
    const { at } = stateAt('cold');
    tell(at);
    const detail = { detector: 'T5', code: 'stale_reading', latched: false, message: 'no reading for 5 s' };
    tell({ ...at, news: { type: 'event', event: 'trip', detail } });
    view.tick();
    const rows = terminal(text());
    const trip = rows.findIndex((row) => row.includes('T5 stale_reading: no reading for 5 s'));
    expect(trip).toBeGreaterThan(0);
    expect(trip).toBeLessThan(rows.findIndex((row) => row.includes('COLD')));
  });

  test('no line of the frame is as wide as the terminal, for it would wrap and leave rubbish behind', () => {
    const { tell, text } = watch({ ...LIVE, columns: () => 40 });
    for (const one of told) tell(one);
    for (const row of terminal(text())) expect(Array.from(row).length).toBeLessThan(40);
  });

  test('NO_COLOR leaves the redraw and takes the colours', () => {
    const { view, tell, text } = watch({ ...LIVE, colour: false });
    view.preview(plan, FACTS);
    tell(stateAt('warm').at);
    expect(text()).not.toMatch(/\u001b\[[0-9;]*m/);
    expect(text()).toContain('WARM');
  });

  test('closing gives the cursor back, once, and nothing is drawn after it', () => {
    const { view, tell, text } = watch(LIVE);
    tell(stateAt('warm').at);
    expect(text()).toContain('\u001b[?25l');
    view.close();
    view.close();
    expect(text().split('\u001b[?25h')).toHaveLength(2);
    const before = text();
    view.tick();
    tell(stateAt('cold').at);
    expect(text()).toBe(before);
  });

  test('the bell rings on cues only where the station has neither light nor buzzer', () => {
    const cue: Told = { news: { type: 'event', event: 'cue', detail: { cue: 'warm' } }, atMs: 0, wallMs: 0 };
    const ringing = watch({ ...LIVE, bell: true });
    ringing.tell(cue);
    expect(ringing.text()).toBe('\u0007');
    for (const options of [LIVE, { isTTY: false, bell: true }]) {
      const quiet = watch(options);
      quiet.tell(cue);
      expect(quiet.text()).toBe('');
    }
  });
});

describe('preview and summary', () => {
  test('the preview shows steps, totals beside the limits, and what the seed drew', () => {
    const { view, text } = watch();
    view.preview(plan, { ...FACTS, drawn });
    expect(text()).toContain(' SIMULATED ');
    expect(text()).toMatch(/0:00 +warm +cycle 1 of 3 +3 min/);
    expect(text()).toMatch(/heat dose +0\.02 +of at most 0\.30 \(L12\)/);
    expect(text()).toContain('dead_time_s');
    expect(text()).not.toContain('Not with any of these');
  });

  test('a real guest reads what rules water out', () => {
    const { view, text } = watch({ simulated: false });
    view.preview(plan, { ...FACTS, guest: true });
    expect(text()).not.toContain('SIMULATED');
    expect(text()).toContain('Not with any of these');
    expect(text()).toContain('- under 18');
  });

  test('the summary: outcome, contact, dose, every step, and the curve over labelled time', () => {
    const { view, tell, text } = watch();
    for (const one of told) tell(one);
    const before = text().length;
    view.summary(result);
    const summary = text().slice(before);
    expect(summary).toContain('Complete.');
    expect(summary).toMatch(/contact 10 min \d+ s · heat dose 0\.\d\d of at most 0\.30\nSIMULATED/);
    expect(summary.match(/^(warm|cold) +[123] +\d+\.\d s/gm)).toHaveLength(6);
    expect(summary).toMatch(/^ +38\.\d ┤.*╭─+/m);
    expect(summary).toMatch(/^ +·+w+·?c+·?w+/m);
    expect(summary).toMatch(/^ +0:00 +2:00 +4:00/m);
    for (const line of summary.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('in Fahrenheit, if that is what the house reads', () => {
    const { view, tell, text } = watch({ unit: 'fahrenheit' });
    view.preview(plan, FACTS);
    for (const one of told) tell(one);
    view.summary(result);
    expect(text()).toContain('100.4 F');
    expect(text()).toMatch(/^ +10\d\.\d ┤/m);
    expect(text()).not.toMatch(/\d C\b/);
  });

  test('why a session ended early is said in words, and without readings there is no curve', () => {
    const { view, text } = watch();
    view.summary({ ...result, outcome: 'stopped', reason: 'nobody_came', steps: [], contact_s: 0, dose: 0 });
    expect(text()).toContain('Stopped: nobody came.');
    expect(text()).not.toContain('┤');
  });
});

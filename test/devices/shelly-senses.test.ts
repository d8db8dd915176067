/**
 * If this fails, the senses of a Shelly deceive: an old or false temperature counts as a reading, one measurement as
 * two, or a press on STOP is not heard.
 */
import { describe, expect, it } from 'vitest';
import type { Cue } from '../../src/model/device.ts';
import { clock, replay, Rig, sample } from './replay.ts';
import {
  EVENTS,
  ONLINE,
  PREFIX,
  answer,
  asked,
  button,
  event,
  frames,
  linkUp,
  notify,
  probe,
  src,
  status,
} from './shelly-bench.ts';

describe('a thermometer', () => {
  const met = () =>
    answer(probe().link(true), 'Temperature.GetStatus', { result: { id: 100, tC: 20 } }).forget();
  const temperatures = (rig: Rig) =>
    rig.readings.map((reading) => (reading.kind === 'temperature' ? reading.valueC : 'no temperature'));

  it('is asked each second', () => {
    const rig = replay('shelly/sensor', met(), [sample, clock, clock]);
    expect(temperatures(rig)).toEqual([38.1, 38.1, 39, 39]);
  });

  it('what it tells by itself and is then asked for is one measurement, and a new figure always another', () => {
    const rig = met();
    sample(rig);
    notify(rig, { 'temperature:100': { id: 100, tC: 43.1 } });
    rig.atMs += 50;
    answer(rig, 'Temperature.GetStatus', { result: { id: 100, tC: 43.1 } });
    expect(temperatures(rig)).toEqual([43.1]);
    notify(rig, { 'temperature:100': { id: 100, tC: 43.6 } });
    clock(rig);
    answer(rig, 'Temperature.GetStatus', { result: { id: 100, tC: 43.6 } });
    expect(temperatures(rig)).toEqual([43.1, 43.6, 43.6]);
  });

  it('a reading is one second old on arrival, and older when the answer was long under way', () => {
    const rig = met();
    sample(rig);
    const first = asked(rig, 'Temperature.GetStatus');
    clock(rig);
    rig.atMs += 700;
    const reply = { id: first?.id, dst: src(rig), result: { id: 100, tC: 38 } };
    rig.message(`${src(rig)}/rpc`, JSON.stringify(reply));
    answer(rig, 'Temperature.GetStatus', { result: { id: 100, tC: 38.5 } });
    expect(rig.readings).toMatchObject([
      { valueC: 38, takenAtMs: rig.atMs - 1_700 },
      { valueC: 38.5, takenAtMs: rig.atMs - 1_000 },
    ]);
  });

  it('a lost probe is an answer without a temperature', () => {
    expect(temperatures(replay('shelly/sensor-lost', met(), [sample]))).toEqual([null]);
  });

  it('a probe that is not there is said once, in the words of the device', () => {
    const rig = replay('shelly/no-such-sensor', probe(101), [linkUp]);
    clock(rig);
    answer(rig, 'Temperature.GetStatus', { error: { code: -105, message: 'not found' } });
    expect(temperatures(rig)).toEqual([null, null]);
    expect(rig.faults.filter(({ type }) => type === 'refused')).toHaveLength(1);
    expect(JSON.stringify(rig.faults)).toContain('value 101 not found!');
  });

  it.each([85, -127, 127.94, '38', 70.1, -0.1, {}, []])('%j is no temperature', (tC) => {
    const rig = met();
    answer(sample(rig) as Rig, 'Temperature.GetStatus', { result: { id: 100, tC } });
    expect(temperatures(rig)).toEqual([null]);
  });

  it('the internal temperature of the switch is none of it', () => {
    const rig = met();
    notify(rig, { 'switch:0': { id: 0, temperature: { tC: 45 } }, 'temperature:101': { id: 101, tC: 12 } });
    expect(rig.readings).toEqual([]);
  });

  it('rests between sessions, and is gone when it does not answer', () => {
    const rig = met();
    expect(rig.nextDeadlineMs).toBe(rig.atMs + 5_000);
    while (rig.faults.length === 0) clock(rig);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-thermometer', online: false }]);
    expect(rig.atMs).toBeLessThanOrEqual(13_000);
  });

  it('after a stall it asks once', () => {
    const rig = met();
    sample(rig);
    rig.forget().feed({ type: 'clock' }, rig.atMs + 60_000);
    expect(frames(rig)).toHaveLength(1);
    expect(rig.nextDeadlineMs).toBeLessThanOrEqual(rig.atMs + 1_000);
  });
});

describe('buttons', () => {
  const actions = (rig: Rig) =>
    rig.readings.map((reading) => (reading.kind === 'button' ? reading.action : null));
  const PRESS = { type: 'press' };

  it('a press counts when it is down, and once', () => {
    const rig = replay('shelly/button', button(), [linkUp]);
    expect(actions(rig)).toEqual([PRESS, PRESS]);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-button', online: true }]);
  });

  it('held for 3 s and for 5 s', () => {
    const rig = button().meet();
    event(rig, 'btn_down');
    rig.clock();
    event(rig, 'long_push');
    rig.clock();
    expect(actions(rig)).toEqual([PRESS, { type: 'hold', heldMs: 3_000 }, { type: 'hold', heldMs: 5_000 }]);
    event(rig, 'btn_up');
    rig.feed({ type: 'clock' }, rig.atMs + 9_000);
    expect(actions(rig)).toHaveLength(3);
  });

  it('a press whose beginning was lost still counts, and one whose end was lost does not hold', () => {
    const rig = button().meet();
    event(rig, 'single_push');
    expect(actions(rig)).toEqual([PRESS]);
    rig.atMs += 10_000;
    event(rig, 'btn_down');
    rig.atMs += 500;
    event(rig, 'single_push');
    rig.feed({ type: 'clock' }, rig.atMs + 9_000);
    expect(actions(rig)).toEqual([PRESS, PRESS]);
    event(rig, 'btn_down');
    rig.atMs += 2_000;
    event(rig, 'btn_down');
    expect(actions(rig)).toHaveLength(4);
  });

  it('delivered twice is pressed once; another input and the past are nobody', () => {
    const rig = button().meet();
    event(rig, 'btn_down', 7);
    event(rig, 'btn_down', 7);
    event(rig, 'btn_down', 8, 'input:1');
    const old = { method: 'NotifyEvent', params: { events: [{ component: 'input:0', event: 'btn_down' }] } };
    rig.message(EVENTS, JSON.stringify(old), true);
    expect(actions(rig)).toEqual([PRESS]);
  });

  it('an input of type switch: each flip is one press, and the owner is told', () => {
    const rig = button();
    const slowly = (name: string) => replay(name, rig, [linkUp]);
    rig.message(EVENTS, '{}');
    slowly('shelly/switch-input');
    expect(JSON.stringify(rig.faults)).toContain('set it to type button');
    // Both flips of the recording come at the same moment here.
    expect(actions(rig)).toEqual([PRESS]);
    rig.atMs += 1_000;
    notify(rig, { 'input:0': { id: 0, state: true } });
    event(rig, 'toggle_on');
    expect(actions(rig)).toEqual([PRESS, PRESS]);
  });

  it('what the switch is at the beginning is no press', () => {
    const rig = button().link(true);
    answer(rig, 'Input.GetStatus', { result: { id: 0, state: true } });
    notify(rig, { 'input:0': { id: 0, state: true } });
    expect(actions(rig)).toEqual([]);
  });

  it('a config change is no press', () => {
    const rig = button().meet();
    event(rig, 'config_changed');
    expect(actions(rig)).toEqual([]);
  });
});

describe('lamps and buzzers', () => {
  const cued = (cue: Cue) => (rig: Rig) => rig.command({ action: 'cue', cue });
  const beat = { count: 1, onMs: 300, offMs: 300 };

  it('a lamp is switched without a deadline, a buzzer never without one', () => {
    const light = new Rig('light', 'shelly', { prefix: PREFIX, switch: 0 }).meet();
    const once: Cue = { name: 'warm', sound: null, light: { ...beat, colour: 'warm', then: 'off' } };
    replay('shelly/light', light, [cued(once), clock]);
    const buzzer = new Rig('buzzer', 'shelly', { prefix: PREFIX, switch: 0 }).meet();
    replay('shelly/buzzer', buzzer, [cued({ name: 'warm', sound: beat, light: null }), clock]);
  });
});

describe('the presence of a lamp', () => {
  it('is known by its answer, and not by what lay at the broker', () => {
    const rig = new Rig('light', 'shelly', { prefix: PREFIX, switch: 0 }).link(true);
    rig.message(ONLINE, 'true', true);
    expect(rig.faults).toEqual([]);
    status(rig, { output: false });
    rig.message(ONLINE, 'false');
    expect(rig.faults.map((fault) => fault.type === 'presence' && fault.online)).toEqual([true, false]);
  });
});

describe('the first generation', () => {
  const gen1 = (role: 'button' | 'light') =>
    new Rig(role, 'shelly', {
      prefix: 'shellies/bath-button',
      gen: 1,
      [role === 'button' ? 'input' : 'switch']: 0,
    });

  it('a press is a change of the input to 1', () => {
    const rig = replay('shelly/gen1-button', gen1('button'), [linkUp]);
    expect(rig.readings).toHaveLength(2);
  });

  it('what it repeats, and what lay at the broker, is no press', () => {
    const rig = gen1('button').link(true);
    rig.message('shellies/bath-button/input/0', '1', true).message('shellies/bath-button/input/0', '1');
    expect(rig.readings).toEqual([]);
    rig.message('shellies/bath-button/input/0', '0').message('shellies/bath-button/input/0', '1');
    expect(rig.readings).toHaveLength(1);
    rig.clock();
    expect(rig.readings.at(-1)).toMatchObject({ action: { type: 'hold', heldMs: 3_000 } });
  });

  it('a lamp', () => {
    const once: Cue = {
      name: 'warm',
      sound: null,
      light: { count: 1, onMs: 300, offMs: 300, colour: 'warm', then: 'off' },
    };
    replay('shelly/gen1-light', gen1('light').meet(), [
      (rig) => rig.command({ action: 'cue', cue: once }),
      clock,
    ]);
  });
});

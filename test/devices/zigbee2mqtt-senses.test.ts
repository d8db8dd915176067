/**
 * If this fails, a press at a Zigbee button is missed, invented or taken for a clear, a lamp says nothing or the wrong
 * thing, or a temperature of ten minutes ago passes for the water of now.
 */
import { describe, expect, it } from 'vitest';
import type { Cue } from '../../src/model/device.ts';
import { replay, Rig } from './replay.ts';
import { BASE, entry, relayExposes, say, tellBridge, tellDevices } from './zigbee2mqtt-support.ts';

const there = (rig: Rig): Rig => tellBridge(rig.link(true), 'online', true).forget();
const button = (action?: string, role: 'button' | 'stop' = 'button') =>
  there(new Rig(role, 'zigbee2mqtt', { name: 'bath_button', ...(action === undefined ? {} : { action }) }));
const act = (rig: Rig, action: unknown, atMs = rig.atMs) => {
  rig.atMs = atMs;
  return say(rig, 'bath_button', { action });
};
const actions = (rig: Rig) =>
  rig.readings.map((reading) => (reading.kind === 'button' ? reading.action : null));

describe('a button', () => {
  it('speaks as the recording shows; a hold is a long one only with its release', () => {
    expect(actions(replay('zigbee2mqtt/button', button(), []))).toEqual([
      { type: 'press' },
      { type: 'double' },
      { type: 'hold', heldMs: 3_000 },
    ]);
  });

  it.each([
    [4_999, 1],
    [5_000, 2],
  ])('released after %d ms it has told %d holds', (heldMs, holds) => {
    const rig = act(button(), 'hold', 1_000);
    expect(actions(act(rig, 'release', 1_000 + heldMs))).toHaveLength(holds);
  });

  it('a release without a hold, and one after another press, is nothing', () => {
    const rig = act(act(button(), 'release', 1_000), 'hold', 2_000);
    act(act(rig, 'single', 3_000), 'release', 60_000);
    expect(actions(rig).map((action) => action?.type)).toEqual(['hold', 'press']);
  });

  it('the press is what the config names, and its sisters go with it', () => {
    const rig = button('2_single');
    for (const word of ['2_single', '2_double', '2_hold', '2_release']) act(rig, word);
    expect(actions(rig).map((action) => action?.type)).toEqual(['press', 'double', 'hold']);
  });

  it('another key of the same remote may stop and do nothing else', () => {
    expect(actions(act(button('on'), 'off'))).toEqual([{ type: 'hold', heldMs: 0 }]);
    expect(actions(act(button(undefined, 'stop'), 'toggle'))).toHaveLength(1);
    expect(actions(act(button('on'), 'brightness_stop'))).toEqual([]);
  });

  it.each([[''], [null], [undefined], [7], [['single']]])('%j is no action', (action) => {
    expect(actions(act(button(), action))).toEqual([]);
  });

  it('a retained press, one of another button and a report of the battery are none', () => {
    const rig = button();
    rig.message(`${BASE}/bath_button`, '{"action":"single"}', true);
    rig.message(`${BASE}/bath_button/action`, 'single').message(`${BASE}/other`, '{"action":"single"}');
    say(rig, 'bath_button', { battery: 97 });
    expect(actions(rig)).toEqual([]);
  });

  it('is there with its bridge, unless it says away or is not on the list', () => {
    const rig = button();
    const online = () => rig.faults.map((fault) => (fault.type === 'presence' ? fault.online : fault.type));
    rig.message(`${BASE}/bath_button/availability`, '{"state":"offline"}');
    rig.message(`${BASE}/bath_button/availability`, '{"state":"online"}');
    tellDevices(rig, entry('other'));
    tellDevices(rig, entry('bath_button'));
    tellBridge(rig, 'offline');
    expect(online()).toEqual([false, true, 'refused', false, true, false]);
    expect(JSON.stringify(rig.faults)).toContain('no device \\"bath_button\\"');
  });
});

describe('a thermometer', () => {
  const probe = (options: Record<string, unknown> = {}) =>
    there(new Rig('thermometer', 'zigbee2mqtt', { name: 'bath_probe', ...options }));
  const values = (rig: Rig) =>
    rig.readings.map((reading) => (reading.kind === 'temperature' ? reading.valueC : 'x'));

  it('speaks as the recording shows, and each reading is ten minutes old on arrival', () => {
    const rig = replay('zigbee2mqtt/sensor', probe(), []);
    expect(values(rig)).toEqual([37, 38.25]);
    expect(rig.readings[0]).toMatchObject({ takenAtMs: 1_000 - 600_000 });
    expect(rig.device.declaration).toMatchObject({ deadline: 'none', sampleMs: 600_000 });
  });

  it.each([
    [85, null],
    [-127, null],
    [70.1, null],
    ['37', null],
    [null, null],
    [0, 0],
  ])('%j is %j', (temperature, valueC) => {
    expect(values(say(probe(), 'bath_probe', { temperature }))).toEqual([valueC]);
  });

  it('takes the property that it is told, in the unit that the device says', () => {
    const rig = probe({ property: 'water_temperature' });
    const exposes = [
      { type: 'numeric', name: 'water_temperature', property: 'water_temperature', unit: '°F' },
    ];
    tellDevices(rig, entry('bath_probe', {}, { exposes }));
    say(rig, 'bath_probe', { temperature: 20 });
    expect(values(say(rig, 'bath_probe', { water_temperature: 100.4 }))).toEqual([38]);
    rig.message(`${BASE}/bath_probe`, '{"water_temperature":100.4}', true);
    expect(values(rig)).toHaveLength(1);
  });
});

const WARM: Cue = {
  name: 'warm',
  sound: null,
  light: { count: 2, onMs: 300, offMs: 300, colour: 'warm', then: 'off' },
};

const LAMP = [
  {
    type: 'light',
    features: [{ name: 'state' }, { name: 'brightness' }, { name: 'color_xy' }, { name: 'color_hs' }],
  },
];
const lampEntry = (more: Record<string, unknown> = {}, definition: Record<string, unknown> = {}) =>
  entry(
    'bath_lamp',
    { model_id: 'lamp', ...more },
    { model: 'LED1624G9', description: 'RGB bulb', exposes: LAMP, ...definition },
  );
const switches = (...ends: readonly (string | null)[]) =>
  ends.map((end) => ({
    type: 'switch',
    features: [{ name: 'state', ...(end === null ? {} : { endpoint: end }) }],
  }));

describe('a lamp', () => {
  const seen = (rig: Rig, what: unknown = lampEntry()): Rig => tellDevices(there(rig), what).forget();
  const lamp = (options: Record<string, unknown> = {}) =>
    new Rig('light', 'zigbee2mqtt', { name: 'bath_lamp', ...options });
  const cue = (rig: Rig, what: Cue = WARM) => rig.command({ action: 'cue', cue: what });

  it('plays the beat by itself, as the recording shows', () => {
    const rig = replay('zigbee2mqtt/light', seen(lamp()), [
      (each) => cue(each),
      (each) => each.clock(),
      (each) => each.clock(),
      (each) => each.clock(),
    ]);
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it.each([
    ['a plug', switches(null), '{"state":"ON"}'],
    [
      'a white lamp',
      [{ features: [{ name: 'state' }, { name: 'brightness' }] }],
      '{"state":"ON","brightness":254,"transition":0}',
    ],
  ])('%s is told only what it has', (_what, exposes, payload) => {
    const rig = seen(lamp(), lampEntry({}, { exposes }));
    expect(cue(rig).sent).toEqual([`${BASE}/bath_lamp/set ${payload}`]);
  });

  it('one of several has its endpoint in each key', () => {
    const two = ['l1', 'l2'].map((endpoint) => ({
      type: 'light',
      features: ['state', 'brightness', 'color_xy'].map((name) => ({ name, endpoint })),
    }));
    const rig = seen(lamp({ endpoint: 'l2' }), lampEntry({}, { exposes: two }));
    expect(cue(rig).sent).toEqual([
      `${BASE}/bath_lamp/set {"state_l2":"ON","brightness_l2":254,"color_l2":{"r":255,"g":120,"b":40},"transition":0}`,
    ]);
    expect(cue(rig.forget(), { name: 'off', sound: null, light: null }).sent).toEqual([
      `${BASE}/bath_lamp/set {"state_l2":"OFF","transition":0}`,
    ]);
  });

  it('nothing is played to a bridge that is not there, and a beat ends with it', () => {
    expect(cue(lamp()).sent).toEqual([]);
    expect(cue(lamp().link(true)).sent).toEqual([]);
    const rig = cue(seen(lamp()));
    tellBridge(rig, 'offline');
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('breathes: comes up and goes as fast as it is told; a plug is on and off', () => {
    const still = { count: 0, onMs: 0, offMs: 0, colour: 'warm' } as const;
    const breath = (rig: Rig): readonly string[] => {
      cue(rig, { name: 'breathe-in', sound: null, light: { ...still, then: 'on', fadeMs: 4_000 } });
      cue(rig, { name: 'breathe-out', sound: null, light: { ...still, then: 'off', fadeMs: 8_000 } });
      return rig.sent;
    };
    const exposes = [{ features: [{ name: 'state' }, { name: 'brightness' }] }];
    expect(breath(seen(lamp(), lampEntry({}, { exposes })))).toEqual([
      `${BASE}/bath_lamp/set {"state":"ON","brightness":254,"transition":4}`,
      `${BASE}/bath_lamp/set {"state":"OFF","transition":8}`,
    ]);
    expect(breath(seen(lamp(), lampEntry({}, { exposes: switches(null) })))).toEqual([
      `${BASE}/bath_lamp/set {"state":"ON"}`,
      `${BASE}/bath_lamp/set {"state":"OFF"}`,
    ]);
  });

  it('a sound is not its business', () => {
    const sound = { count: 1, onMs: 100, offMs: 100 };
    expect(cue(seen(lamp()), { name: 'end', sound, light: null }).sent).toEqual([]);
  });

  it('nothing is sent before the bridge has said what it is, nor after it has gone from the list', () => {
    const rig = there(lamp());
    expect(cue(rig).sent).toEqual([]);
    tellDevices(rig, lampEntry());
    expect(cue(rig).sent).toHaveLength(1);
    // In the middle of a beat.
    tellDevices(rig, entry('other')).forget();
    expect(rig.nextDeadlineMs).toBeNull();
    expect(cue(rig).sent).toEqual([]);
    // A lost link forgets it.
    tellBridge(tellDevices(rig, lampEntry()).link(false).link(true), 'online', true);
    expect(cue(rig).sent).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    [
      'a relay module with a countdown',
      { model_id: 'TS0001' },
      { model: 'TS0001_switch_module', exposes: relayExposes(null) },
      /relay module with `countdown`/,
    ],
    ['a listed valve', {}, { model: 'SWV', exposes: switches(null) }, /made for water/],
    ['a listed valve that is refused', {}, { model: 'GX02', exposes: switches(null) }, /made for water/],
    [
      'a valve that is not listed',
      {},
      { model: 'X9', description: 'Smart water valve', exposes: switches(null) },
      /made for water/,
    ],
    [
      'several outputs and no endpoint',
      {},
      { exposes: switches('l1', 'l2') },
      /several outputs.*`endpoint: l1`/,
    ],
    ['a button', {}, { exposes: [{ name: 'action' }] }, /nothing that can be turned on/],
    ['an unsupported one', { definition: null }, {}, /does not support/],
    ['a disabled one', { disabled: true }, {}, /disabled/],
  ])('%s is told nothing, and why', (_what, more, definition, why) => {
    const rig = tellDevices(there(lamp()), lampEntry(more, definition));
    expect(cue(rig).sent).toEqual([]);
    expect(cue(rig, { name: 'off', sound: null, light: null }).sent).toEqual([]);
    expect(rig.faults).toMatchObject([
      { type: 'refused', message: expect.stringMatching(why) as string },
      { type: 'presence', online: false },
    ]);
  });

  it.each([
    [
      'a Tuya relay without a countdown',
      { model_id: 'TS0001' },
      { model: 'TS0001', exposes: switches(null) },
    ],
    [
      'a relay that is no use for water',
      { model_id: 'ZBMINIR2' },
      { model: 'ZBMINIR2', exposes: switches(null) },
    ],
    [
      'a plug with a countdown of its own',
      { model_id: 'TS011F' },
      { model: 'TS011F_plug_1', exposes: relayExposes(null) },
    ],
  ])('%s may have a lamp behind it', (_what, more, definition) => {
    expect(cue(seen(lamp(), lampEntry(more, definition))).sent).toEqual([
      `${BASE}/bath_lamp/set {"state":"ON"}`,
    ]);
  });
});

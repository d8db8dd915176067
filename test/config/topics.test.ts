// If this fails, a "lamp" opens a valve behind the interlock, or a valve presses the button that begins.
import { afterAll, describe, expect, test } from 'vitest';
import { Folder, configOf, errorsOf, FOOT_BATH } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const TASMOTA = FOOT_BATH;
const WATER: Readonly<Record<string, string>> = {
  tasmota: '{ driver: tasmota, topic: bath-valves, relay: N }',
  shelly: '{ driver: shelly, prefix: bath-valves, switch: N }',
  zigbee2mqtt: '{ driver: zigbee2mqtt, name: bath_valves, endpoint: lN }',
  esphome: '{ driver: esphome, node: bath-valves, valve: vN }',
};

/** A bath with valves of a dialect, and something on topics of one's own. */
function bath(dialect: string, role: string, device: string): string {
  const valve = (n: number): string => (WATER[dialect] ?? '').replace('N', String(n));
  return TASMOTA.replace(/hot: .*/, `hot: ${valve(1)}`)
    .replace(/cold: .*/, `cold: ${valve(2)}`)
    .replace('    scald_guard', `    ${role}: ${device}\n    scald_guard`);
}

const lampOn = (topic: string): string => `{ driver: mqtt, set: ${topic}, payload: { on: ON, off: OFF } }`;
const buttonOn = (topic: string): string => `{ driver: mqtt, state: ${topic}, map: { ON: press } }`;

describe('what speaks where a valve listens', () => {
  test.each([
    ['tasmota', 'cmnd/bath-valves/POWER1'],
    ['tasmota', 'cmnd/bath-valves/TimedPower2'],
    // A group topic, and the fallback topic: any Tasmota may listen there.
    ['tasmota', 'cmnd/tasmotas/POWER1'],
    ['tasmota', 'cmnd/DVES_0A1B2C_fb/Backlog'],
    ['shelly', 'bath-valves/rpc'],
    ['shelly', 'bath-valves/command/switch:0'],
    ['zigbee2mqtt', 'zigbee2mqtt/bath_valves/set'],
    ['zigbee2mqtt', 'zigbee2mqtt/bath_valves/l1/set'],
    ['zigbee2mqtt', 'zigbee2mqtt/all_valves/set'],
    ['zigbee2mqtt', 'zigbee2mqtt/a/b/c/set'],
    ['zigbee2mqtt', 'zigbee2mqtt/bridge/request/device/options'],
    ['esphome', 'bath-valves/lease'],
    ['esphome', 'bath-valves/switch/v1/command'],
  ])('%s: a lamp or a buzzer on %s is refused where it stands', (dialect, topic) => {
    for (const role of ['light', 'buzzer']) {
      expect(errorsOf(folder.load(bath(dialect, role, lampOn(topic))).problems)).toEqual([
        expect.objectContaining({
          code: 'topic_clash',
          path: `stations.foot-bath.${role}.set`,
          line: 11,
          message: expect.stringMatching(
            /foot-bath-hot take commands on .*past the interlock; use the driver/,
          ) as string,
        }),
      ]);
    }
  });

  test.each([
    ['tasmota', 'lamps/cmnd/bath/POWER'],
    ['shelly', 'bath-lamp/rpc'],
    ['zigbee2mqtt', 'zigbee-upstairs/lamp/set'],
    ['esphome', 'bath-lamp/light/lamp/command'],
    ['esphome', 'bath-valves/status'],
  ])('%s: a lamp on %s is left alone', (dialect, topic) => {
    expect(errorsOf(folder.load(bath(dialect, 'light', lampOn(topic))).problems)).toEqual([]);
  });

  test('also at another station, and a named lamp; where a station only cues as well', () => {
    const text = `${TASMOTA.replace(/ {4}scald_guard.*\n/, '')}  other:
    kind: buckets
    light: lamp
devices:
  lamp: ${lampOn('cmnd/bath-valves/POWER1')}
`;
    expect(errorsOf(folder.load(text).problems)).toEqual([
      expect.objectContaining({ code: 'topic_clash', path: 'devices.lamp.set' }),
    ]);
  });
});

describe('what listens where others are spoken to', () => {
  test.each(['cmnd/bath-valves/POWER1', 'cmnd/bath-valves/TimedPower1'])(
    'a button on %s would be pressed by Ebb itself',
    (topic) => {
      expect(errorsOf(folder.load(bath('tasmota', 'button', buttonOn(topic))).problems)).toEqual([
        expect.objectContaining({
          code: 'topic_clash',
          path: 'stations.foot-bath.button.state',
          message: expect.stringContaining('is told on') as string,
        }),
      ]);
    },
  );

  test('a button on the topic of its own station’s lamp would be pressed by the cue', () => {
    const text = bath('tasmota', 'light', lampOn('home/lamp')).replace(
      '    scald_guard',
      `    button: ${buttonOn('home/lamp')}\n    scald_guard`,
    );
    expect(errorsOf(folder.load(text).problems)).toMatchObject([
      { code: 'topic_clash', path: 'stations.foot-bath.button.state' },
    ]);
  });

  test.each([
    ['tasmota', 'stat/bath-valves/POWER1'],
    ['shelly', 'bath-valves/status/switch:0'],
    ['zigbee2mqtt', 'zigbee2mqtt/bath_valves'],
    ['esphome', 'bath-valves/switch/v1/state'],
  ])('%s: a button on %s would be pressed by a valve', (dialect, topic) => {
    expect(errorsOf(folder.load(bath(dialect, 'button', buttonOn(topic))).problems)).toMatchObject([
      { code: 'topic_clash', message: expect.stringContaining('a valve would press this button') as string },
    ]);
  });

  test('a stop device may listen to a valve: it can only stop', () => {
    const text = bath('tasmota', 'stop', '{ driver: mqtt, state: stat/bath-valves/POWER1 }');
    expect(errorsOf(folder.load(text).problems)).toEqual([]);
  });
});

describe('in a config', () => {
  test('every role that topics of one’s own can fill', () => {
    const text = TASMOTA.replace(
      /thermometer: .*/,
      `thermometer: { driver: mqtt, state: home/bath, value: /water/temp, scale: 0.1, every: 1 s }
    button: { driver: mqtt, state: home/button, map: { pressed: press } }
    stop: { driver: mqtt, state: home/stop }
    light: ${lampOn('home/lamp/set')}
    buzzer: ${lampOn('home/buzzer/set')}`,
    );
    const devices = configOf(folder.load(text)).stations[0]?.devices ?? [];
    expect(devices.filter(({ driver }) => driver === 'mqtt').map(({ role }) => role)).toEqual([
      'thermometer',
      'light',
      'buzzer',
      'button',
      'stop',
    ]);
  });

  test('a thermometer that speaks too seldom for people to stand in the water is refused (L20)', () => {
    const at = (every: string): string =>
      TASMOTA.replace(/thermometer: .*/, `thermometer: { driver: mqtt, state: home/bath, every: ${every} }`);
    expect(errorsOf(folder.load(at('2 s')).problems)).toEqual([]);
    // Allowed to the last moment of L20, every session would end at the first reading that is late.
    for (const every of ['2500 ms', '3 s'])
      expect(errorsOf(folder.load(at(every)).problems)).toMatchObject([
        { code: 'envelope', path: 'stations.foot-bath.thermometer' },
      ]);
  });

  test.each([
    ['hot', 'wrong_role', 'cannot know that it closes by itself'],
    ['cold', 'wrong_role', 'cannot know that it closes by itself'],
  ])('a valve as %s is refused with %s', (role, code, text) => {
    const config = TASMOTA.replace(new RegExp(`${role}: .*`), `${role}: ${lampOn('valve/set')}`);
    const [problem] = errorsOf(folder.load(config).problems);
    expect(problem).toMatchObject({ code, path: `stations.foot-bath.${role}` });
    expect(problem?.message).toContain(text);
  });

  test('a deadline that the owner declares is refused as not built', () => {
    const config = TASMOTA.replace(
      /hot: .*/,
      'hot: { driver: mqtt, set: valve/set, payload: { on: ON, off: OFF }, deadline: ceiling }',
    );
    expect(errorsOf(folder.load(config).problems)).toMatchObject([
      { code: 'unsupported', path: 'stations.foot-bath.hot.deadline' },
    ]);
  });
});

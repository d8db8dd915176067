// If this fails, a "lamp" or "buzzer" is a valve under another name and opens it past the interlock and the lease, two
// roles share one relay, or one probe that is read twice passes for two that agree (43 C).
import { afterAll, describe, expect, test } from 'vitest';
import { Folder, errorsOf, FOOT_BATH } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

/** A bath with these devices in its roles, and what is wrong with it. */
function problemsOf(devices: Readonly<Record<string, string>>, more = '') {
  const place = (text: string, [role, device]: [string, string]): string => {
    const line = `    ${role}: ${device}\n`;
    const known = new RegExp(`^ {4}${role}: .*\n`, 'm');
    return known.test(text)
      ? text.replace(known, line)
      : text.replace('    scald_guard', `${line}    scald_guard`);
  };
  const text = Object.entries(devices).reduce(place, FOOT_BATH) + more;
  return errorsOf(folder.load(text).problems).map(({ code, path, line }) => ({ code, path, line }));
}
const at = (code: string, path: string, line: number) => [{ code, path: `stations.foot-bath.${path}`, line }];

const ZIGBEE = {
  hot: '{ driver: zigbee2mqtt, name: bv, endpoint: l1 }',
  cold: '{ driver: zigbee2mqtt, name: bv, endpoint: l2 }',
};
const ESPHOME = {
  hot: '{ driver: esphome, node: en, valve: hot }',
  cold: '{ driver: esphome, node: en, valve: cold }',
};
const SHELLY = {
  hot: '{ driver: shelly, prefix: sh, switch: 0 }',
  cold: '{ driver: shelly, prefix: sh, switch: 1 }',
};

describe('a Zigbee lamp', () => {
  test.each([
    ['without an endpoint', '{ driver: zigbee2mqtt, name: bv }'],
    ['at another relay of the module', '{ driver: zigbee2mqtt, name: bv, endpoint: l3 }'],
    ['with the endpoint in its name', '{ driver: zigbee2mqtt, name: bv/l1 }'],
    ['with the number of the endpoint', '{ driver: zigbee2mqtt, name: bv/1 }'],
    ['with another split of base and name', '{ driver: zigbee2mqtt, base: zigbee2mqtt/bv, name: l1 }'],
  ])('at the module of the valves, %s, is refused', (_how, light) => {
    expect(problemsOf({ ...ZIGBEE, light })).toEqual(at('same_device', 'light.name', 11));
  });

  test('by the IEEE address of the module is refused', () => {
    const light = "{ driver: zigbee2mqtt, name: '0xa4c1380000000001', endpoint: l1 }";
    expect(problemsOf({ ...ZIGBEE, light })).toMatchObject([
      { path: 'stations.foot-bath.light.name', line: 11 },
    ]);
  });

  test('at another station as well, with valves that are named', () => {
    const more = `  other:
    kind: buckets
    light: lamp
devices:
  lamp: { driver: zigbee2mqtt, name: bv }
`;
    expect(problemsOf(ZIGBEE, more)).toEqual([{ code: 'same_device', path: 'devices.lamp.name', line: 16 }]);
  });

  test.each(['bath_lamp', 'bv_lamp', 'bath/left', 'bv/lamp'])('called %s is left alone', (name) => {
    expect(problemsOf({ ...ZIGBEE, light: `{ driver: zigbee2mqtt, name: ${name} }` })).toEqual([]);
  });
});

describe('the parts of one node or box', () => {
  test.each([
    ['buzzer', '{ driver: esphome, node: en, switch: hot }'],
    ['light', '{ driver: esphome, node: en, light: cold }'],
  ])('a %s that is the valve of an ESPHome node is refused', (role, device) => {
    expect(problemsOf({ ...ESPHOME, [role]: device })).toEqual(at('same_device', role, 11));
  });

  test.each([2, 1])('a lamp at the output of a Shelly valve is refused, as generation %d', (gen) => {
    const light = `{ driver: shelly, prefix: sh, switch: 0, gen: ${gen} }`;
    expect(problemsOf({ ...SHELLY, light })).toEqual(at('same_device', 'light', 11));
  });

  test.each([
    ['%prefix%/%topic%', 'tv'],
    ['%prefix%/home/%topic%', 'tv'],
  ])('one Tasmota relay with and without the last slash, FullTopic %s, is refused', (full, topic) => {
    const relay = (fullTopic: string) =>
      `{ driver: tasmota, topic: ${topic}, relay: 1, full_topic: '${fullTopic}' }`;
    expect(problemsOf({ hot: relay(`${full}/`), cold: relay(full) })).toEqual(at('same_device', 'cold', 9));
  });

  test('the other parts of the same box stay free', () => {
    expect(
      problemsOf({
        ...ESPHOME,
        thermometer: '{ driver: esphome, node: en, sensor: water }',
        light: '{ driver: esphome, node: en, light: lamp }',
        buzzer: '{ driver: esphome, node: en, switch: buzzer }',
        button: '{ driver: esphome, node: en, binary_sensor: hot }',
      }),
    ).toEqual([]);
    expect(
      problemsOf({
        ...SHELLY,
        thermometer: '{ driver: shelly, prefix: sh, temperature: 100 }',
        light: '{ driver: shelly, prefix: sh, switch: 2 }',
        button: '{ driver: shelly, prefix: sh, input: 0 }',
      }),
    ).toEqual([]);
    expect(
      problemsOf({
        thermometer: '{ driver: tasmota, topic: bath-valves, sensor: DS18B20 }',
        buzzer: '{ driver: tasmota, topic: bath-valves, buzzer: true }',
        button: '{ driver: tasmota, topic: bath-valves, button: 1 }',
      }),
    ).toEqual([]);
  });
});

test.each<[string, Record<string, string>, string, string]>([
  ['esphome at tasmota', {}, 'light.node', '{ driver: esphome, node: cmnd/bath-valves, light: lamp }'],
  [
    'zigbee2mqtt at tasmota',
    {},
    'light.name',
    '{ driver: zigbee2mqtt, base: cmnd, name: bath-valves/POWER1 }',
  ],
  [
    'shelly at zigbee2mqtt',
    ZIGBEE,
    'light.prefix',
    '{ driver: shelly, prefix: zigbee2mqtt/bv/set, switch: 0 }',
  ],
  [
    'old shelly at tasmota',
    {},
    'light.prefix',
    '{ driver: shelly, gen: 1, prefix: cmnd/tasmotas, switch: 0 }',
  ],
])(
  'a lamp of one dialect that speaks where a valve of another listens is refused: %s',
  (_what, water, path, light) => {
    expect(problemsOf({ ...water, light })).toEqual(at('topic_clash', path, 11));
  },
);

describe('one probe', () => {
  const esphome = '{ driver: esphome, node: bp, sensor: water }';
  const topic = (state: string, more = '') => `{ driver: mqtt, state: '${state}', every: 1 s${more} }`;
  const tasmota = (sensor: string) => `{ driver: tasmota, topic: tp, sensor: ${sensor} }`;
  const shelly = '{ driver: shelly, prefix: sp, temperature: 100 }';

  test.each([
    ['an ESPHome sensor and its topic', esphome, topic('bp/sensor/water/state'), '.state'],
    ['a Shelly probe and its topic', shelly, topic('sp/status/temperature:100', ', value: /tC'), '.state'],
    [
      'a Tasmota probe and its topic',
      tasmota('DS18B20'),
      topic('tele/tp/SENSOR', ', value: /DS18B20/Temperature'),
      '.state',
    ],
    ['one topic with two offsets', topic('home/bath'), topic('home/bath', ', offset: 0.1'), ''],
    ['a bare number and the whole document', topic('home/bath'), topic('home/bath', ", value: ''"), ''],
    ['the only probe and an Id', tasmota('DS18B20'), tasmota('01131B123456'), '.sensor'],
    ['a number and an Id', tasmota('DS18B20-1'), tasmota('01131B123456'), '.sensor'],
    ['an Id in two spellings', tasmota('01131b123456'), tasmota('01131B123456'), ''],
  ])('is no second one: %s', (_what, first, second, option) => {
    expect(problemsOf({ thermometer: `[${first}, ${second}]` })).toMatchObject([
      { code: 'same_device', line: 10, path: `stations.foot-bath.thermometer[1]${option}` },
    ]);
  });

  test.each([
    ['two sensors of a node', esphome, '{ driver: esphome, node: bp, sensor: second }'],
    ['another topic of the node', esphome, topic('bp/sensor/second/state')],
    ['two values of one topic', topic('home/bath', ', value: /a'), topic('home/bath', ', value: /b')],
    ['two Ids', tasmota('01131B123456'), tasmota('01131B123457')],
    ['two probes of a Shelly', shelly, '{ driver: shelly, prefix: sp, temperature: 101 }'],
  ])('two are two: %s', (_what, first, second) => {
    expect(problemsOf({ thermometer: `[${first}, ${second}]` })).toEqual([]);
  });
});

// If this fails, somebody who knows the password of Ebb's broker opens a valve past the interlock, or a device is not
// heard there: its reports are taken for commands.
import { describe, expect, it } from 'vitest';
import { commandTopicsOf, GUARDED_DRIVERS } from '../../devices/command-topics.ts';
import { DRIVERS } from '../../devices/index.ts';
import type { DeviceCommand, Role } from '../../src/model/device.ts';
import { whyRefused } from '../../src/transports/broker-rules.ts';
import { Rig } from './replay.ts';

/** [driver, role, options]: one of each part that can be told something. */
const PARTS: readonly (readonly [driver: string, role: Role, options: Record<string, unknown>])[] = [
  ['tasmota', 'hot', { topic: 'bath-valves', relay: 1 }],
  ['tasmota', 'hot', { topic: 'bath/valves', full_topic: 'home/%topic%/%prefix%/', relay: 1 }],
  ['tasmota', 'hot', { topic: 'valves', full_topic: 'home/%prefix%-%topic%/', relay: 1 }],
  ['tasmota', 'thermometer', { topic: 'bath-valves', sensor: 'DS18B20' }],
  ['tasmota', 'buzzer', { topic: 'bath-valves', buzzer: true }],
  ['esphome', 'hot', { node: 'bath/node', valve: 'hot' }],
  ['esphome', 'mixer', { node: 'bath-node', mixer: 'main' }],
  ['esphome', 'light', { node: 'bath-node', light: 'lamp' }],
  ['esphome', 'buzzer', { node: 'bath-node', switch: 'buzzer' }],
  ['shelly', 'hot', { prefix: 'house/bath-valves', switch: 0 }],
  ['shelly', 'thermometer', { prefix: 'bath-valves', temperature: 100 }],
  ['zigbee2mqtt', 'hot', { name: 'bath/valve' }],
  ['zigbee2mqtt', 'light', { name: 'lamp', base: 'zigbee/upstairs' }],
  ['board', 'hot', { port: '/dev/ttyACM0', valve: 1 }],
  ['board', 'hot', { port: 'mqtt:serial/bath', valve: 1 }],
  ['firmata', 'light', { port: '/dev/ttyACM0', pin: 13 }],
  ['homeassistant', 'light', { url: 'http://ha.local:8123', token: 'abc', entity: 'light.desk' }],
  ['desktop', 'light', { as: 'notification' }],
  ['presence', 'presence', { name: 'laptop' }],
  ['mqtt', 'light', { set: 'a/lamp/do', state: 'a/lamp/is', payload: { on: 'on', off: 'off' } }],
];
const BUILT = PARTS.filter(([driver]) => Object.hasOwn(DRIVERS, driver));

const COMMANDS: readonly DeviceCommand[] = [
  { action: 'open', leaseMs: 10_000, targetC: 38 },
  { action: 'close' },
  { action: 'sample', on: true },
  {
    action: 'cue',
    cue: {
      name: 'warm',
      sound: { count: 1, onMs: 100, offMs: 100 },
      light: { count: 1, onMs: 100, offMs: 100, colour: 'warm', then: 'on' },
    },
  },
];

/** Everything that a driver says to its device: on meeting it, and on each command. */
function said(role: Role, driver: string, options: Record<string, unknown>): Set<string> {
  const rig = new Rig(role, driver, options).link(true);
  for (const command of COMMANDS) rig.command(command);
  return new Set(rig.out.map(({ topic }) => topic));
}

const filtersOf = (role: Role, driver: string, options: unknown): readonly string[] =>
  commandTopicsOf([{ id: 'x', role, driver, options, travelMs: null }]);
const refused = (topic: string, filters: readonly string[]): boolean => whyRefused(topic, filters) !== null;

describe('at a broker of its own', () => {
  it('no dialect is forgotten', () => {
    expect(Object.keys(DRIVERS).filter((name) => !GUARDED_DRIVERS.includes(name))).toEqual([]);
    expect(Object.keys(DRIVERS).filter((name) => !PARTS.some(([driver]) => driver === name))).toEqual([]);
  });

  it.each(BUILT)(
    'what the controller says to a %s device as %s, %j, nobody else may say',
    (driver, role, options) => {
      const filters = filtersOf(role, driver, options);
      expect([...said(role, driver, options)].filter((topic) => !refused(topic, filters))).toEqual([]);
    },
  );

  it.each(BUILT)(
    'a %s device as %s, %j, may say all that the controller listens for',
    (driver, role, options) => {
      const filters = filtersOf(role, driver, options);
      const topics = new Rig(role, driver, options).device.topics;
      expect(topics.length).toBeGreaterThan(0);
      const heard = topics.map((topic) => topic.replaceAll('+', 'x').replace('#', 'x/y'));
      expect(heard.filter((topic) => refused(topic, filters))).toEqual([]);
    },
  );

  it.each([
    [
      'tasmota',
      { topic: 't', relay: 1 },
      ['cmnd/t/Backlog', 'cmnd/tasmotas/POWER1', 'cmnd/DVES_0A1B2C_fb/POWER'],
    ],
    [
      'zigbee2mqtt',
      { name: 'v' },
      ['zigbee2mqtt/all-valves/set', 'zigbee2mqtt/v/l1/set', 'zigbee2mqtt/v/set/state'],
    ],
    ['zigbee2mqtt', { name: 'v' }, ['zigbee2mqtt/bridge/request/device/options']],
    [
      'zigbee2mqtt',
      { name: 'v' },
      [
        'zigbee2mqtt/a/b/c/set',
        'zigbee2mqtt/house/2nd/bath/valves/l1/set/state',
        `zigbee2mqtt${'/a'.repeat(20)}/set`,
      ],
    ],
    ['zigbee2mqtt', { name: `v${'/v'.repeat(40)}` }, [`zigbee2mqtt/v${'/v'.repeat(40)}/l1/set`]],
    ['esphome', { node: 'n', valve: 'hot' }, ['n/switch/hot/command', 'n/lease', 'n/climate/x/mode/command']],
    ['shelly', { prefix: 'p', switch: 0 }, ['p/rpc', 'p/command/switch:0']],
  ])('a %s valve, %j, is not opened by another name of its own: %j', (driver, options, topics) => {
    const filters = filtersOf('hot', driver, options);
    expect(topics.filter((topic) => !refused(topic, filters))).toEqual([]);
  });

  it('other things of the house are left alone', () => {
    const filters = BUILT.flatMap(([driver, role, options]) => filtersOf(role, driver, options));
    for (const topic of ['stat/lamp/POWER', 'n2/light/x/command', 'homeassistant/status', 'garage/rpc'])
      expect(refused(topic, filters)).toBe(false);
  });
});

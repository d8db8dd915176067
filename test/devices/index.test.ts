/**
 * If this fails, a config may bind a part that cannot close by itself to warm water, or a stray message may throw
 * inside the controller or open a valve.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDevice, DRIVERS, findDriver } from '../../devices/index.ts';
import { ROLES, type Role } from '../../src/model/device.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { opens, Rig } from './replay.ts';

const PARTS: Record<string, readonly (readonly [Record<string, unknown>, readonly Role[]])[]> = {
  board: [
    [{ port: '/dev/p', valve: 1 }, ['hot']],
    [{ port: '/dev/p', valve: 2 }, ['cold']],
    [{ port: '/dev/p', valve: 3 }, ['master', 'drain', 'heater']],
    [{ port: '/dev/p', valve: 4 }, ['master', 'drain', 'heater']],
    [{ port: '/dev/p', temperature: 2 }, ['thermometer']],
    [{ port: '/dev/p', light: 1 }, ['light']],
    [{ port: '/dev/p', buzzer: 1, tone: 2_000 }, ['buzzer']],
    [{ port: '/dev/p', button: 1 }, ['button', 'stop']],
  ],
  tasmota: [
    [{ topic: 't', relay: 1 }, ['hot', 'cold', 'master', 'drain', 'heater']],
    [{ topic: 't', sensor: 'DS18B20' }, ['thermometer']],
    [{ topic: 't', switch: 1 }, ['level', 'leak', 'presence', 'busy']],
    [{ topic: 't', button: 1 }, ['button', 'stop']],
    [{ topic: 't', buzzer: true }, ['buzzer']],
  ],
  esphome: [
    [{ node: 'n', valve: 'hot' }, ['hot', 'cold', 'master', 'drain', 'heater']],
    [{ node: 'n', mixer: 'main' }, ['mixer']],
    [{ node: 'n', sensor: 'bath' }, ['thermometer', 'flow', 'level']],
    [{ node: 'n', binary_sensor: 'button' }, ['button', 'stop', 'level', 'leak', 'presence', 'busy']],
    [{ node: 'n', light: 'lamp' }, ['light']],
    [{ node: 'n', switch: 'buzzer' }, ['buzzer']],
  ],
  firmata: [
    [
      { port: '/dev/ttyACM0', pin: 9 },
      ['hot', 'cold', 'master', 'drain', 'heater', 'thermometer', 'light', 'buzzer', 'button', 'stop'].concat(
        ['level', 'leak', 'presence', 'busy'],
      ) as Role[],
    ],
    [{ port: 'COM3', pin: 9, as: 'led' }, ['light']],
    [{ port: '/dev/p', pin: 9, as: 'buzzer', active: 'low' }, ['buzzer']],
    [{ port: '/dev/p', pin: 9, as: 'piezo' }, ['buzzer']],
    [{ port: '/dev/p', pin: 'A1', as: 'button' }, ['button', 'stop', 'level', 'leak', 'presence', 'busy']],
    [
      { port: '/dev/p', pin: 9, as: 'relay' },
      ['hot', 'cold', 'master', 'drain', 'heater', 'light', 'buzzer'],
    ],
    // A board that restarts has its pins low, which is on.
    [{ port: '/dev/p', pin: 9, as: 'relay', active: 'low' }, ['light', 'buzzer']],
    [{ port: '/dev/p', pin: 'A0', sensor: 'LM35' }, ['thermometer']],
    [{ port: '/dev/p', pin: 2, address: '28FF0011223344AA' }, ['thermometer']],
  ],
  desktop: [
    [{ as: 'bell' }, ['buzzer']],
    [{ as: 'notification', message: 'Up!' }, ['light', 'buzzer']],
    [{ as: 'bell', message: 'Up!' }, []],
  ],
  homeassistant: [
    [{ url: 'http://h', token: 't', entity: 'light.a' }, ['light']],
    [{ url: 'http://h', token: 't', entity: 'switch.a' }, ['light', 'buzzer', 'button', 'busy']],
    [{ url: 'http://h', token: 't', entity: 'valve.a' }, []],
  ],
  presence: [[{ name: 'laptop' }, ['presence']]],
  mqtt: [
    [{ state: 's', every: '1 s', value: '/t' }, ['thermometer', 'flow', 'level']],
    [{ state: 's', map: { a: 'wet', b: 'dry' } }, ['leak']],
    [{ state: 's', map: { a: 'present', b: 'absent' } }, ['presence']],
    [{ state: 's', map: { a: 'busy', b: 'free' } }, ['busy']],
    [{ state: 's', every: '1 s', map: { a: 'high', b: 'low' } }, ['level']],
    [{ state: 's', map: { a: 'wet' } }, []],
    [{ state: 's', map: { ON: 'press', hold: 'hold' } }, ['button', 'stop']],
    [{ state: 's' }, ['stop']],
    [{ set: 's/set', state: 's', payload: { on: 'ON', off: 'OFF' } }, ['light', 'buzzer']],
    [{ set: 's', payload: { on: 'ON', off: 'OFF', red: 'R' } }, ['light']],
  ],
  zigbee2mqtt: [
    [
      { name: 'b' },
      [
        'hot',
        'cold',
        'master',
        'drain',
        'heater',
        'thermometer',
        'leak',
        'presence',
        'busy',
        'light',
        'button',
        'stop',
      ],
    ],
    [{ name: 'b', endpoint: 'l1' }, ['hot', 'cold', 'master', 'drain', 'heater', 'light']],
    [{ name: 'b', property: 'temperature' }, ['thermometer', 'leak', 'presence', 'busy']],
    [{ name: 'b', action: 'single' }, ['button', 'stop']],
  ],
  shelly: [
    [{ prefix: 'p', switch: 0 }, ['hot', 'cold', 'master', 'drain', 'heater', 'light', 'buzzer']],
    [{ prefix: 'p', temperature: 100 }, ['thermometer']],
    [{ prefix: 'p', input: 0 }, ['button', 'stop', 'level', 'leak', 'presence', 'busy']],
    [{ prefix: 'p', gen: 1, switch: 0 }, ['light', 'buzzer']],
    [{ prefix: 'p', gen: 1, temperature: 100 }, []],
    [{ prefix: 'p', gen: 1, input: 0 }, ['button', 'stop']],
  ],
};

const failure = (driver: string, role: Role, options: unknown): ConfigError => {
  try {
    createDevice({ id: 'foot-bath-hot', role, driver, options, travelMs: null });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('binding', () => {
  it('lists each driver under its own name', () => {
    expect(Object.keys(DRIVERS).sort()).toEqual(Object.keys(PARTS).sort());
    for (const [name, driver] of Object.entries(DRIVERS)) expect(driver.name).toBe(name);
    expect(findDriver('constructor')).toBeNull();
  });

  it.each(
    Object.entries(PARTS).flatMap(([driver, parts]) => parts.map((part) => [driver, ...part] as const)),
  )('%s %j fills %j and no other role', (driver, options, roles) => {
    for (const role of ROLES) {
      const refused = findDriver(driver)?.refuses(findDriver(driver)?.options.parse(options), role);
      if (roles.includes(role)) {
        expect(refused).toBeNull();
        expect(new Rig(role, driver, options).device).toMatchObject({
          role,
          driver,
          id: `foot-bath-${role}`,
        });
      } else {
        expect(refused).toEqual(expect.any(String));
        expect(failure(driver, role, options).code).toBe('config_invalid');
      }
    }
  });

  it.each([
    ['tasmota', { topic: 't' }, /exactly one part .*none is given/],
    ['tasmota', { topic: 't', relay: 1, button: 1 }, /relay and button are given/],
    ['tasmota', { topic: 't', relay: 33 }, /relay: /],
    ['tasmota', { topic: 't', relay: 1, rellay: 2 }, /rellay/],
    ['tasmota', { topic: 't/+', relay: 1 }, /topic: /],
    ['tasmota', { topic: 't', full_topic: 'cmnd/%topic%/', relay: 1 }, /full_topic: .*%prefix%/],
    ['tasmota', { topic: 't', sensor: 'SHT30' }, /sensor: /],
    ['esphome', { node: '/n', valve: 'hot' }, /node: /],
    ['esphome', { node: 'n', valve: 'Hot valve' }, /valve: /],
    ['esphome', { node: 'n' }, /exactly one part/],
    ['esphome', null, /options: /],
    ['esphome', { node: 'n', switch: 'hot' }, /never opens water; flash the lease script/],
    ['shelly', { prefix: 'p' }, /exactly one part .*none is given/],
    ['shelly', { prefix: 'p', switch: 0, input: 0 }, /switch and input are given/],
    ['shelly', { prefix: 'p/#', switch: 0 }, /prefix: /],
    ['shelly', { prefix: 'p', temperature: 0 }, /temperature: /],
    ['shelly', { prefix: 'p', switch: 0, gen: 3 }, /gen: .*2 for Gen2 and everything newer/],
    ['shelly', { prefix: 'p', switch: 0, gen: 1 }, /timer over HTTP only.*refused for water until proven/],
    ['firmata', { pin: 9 }, /port: /],
    ['firmata', { port: '/dev/tty #1', pin: 9 }, /port: /],
    ['firmata', { port: '/dev/p' }, /pin: /],
    ['firmata', { port: '/dev/p', pin: 128 }, /pin: /],
    ['firmata', { port: '/dev/p', pin: 'A16' }, /pin: /],
    ['firmata', { port: '/dev/p', pin: 9, as: 'lamp' }, /as: /],
    ['firmata', { port: '/dev/p', pin: 'A0', sensor: 'DS18B20' }, /pin: .*over a digital pin/],
    ['firmata', { port: '/dev/p', pin: 4, sensor: 'TMP36' }, /pin: .*A0 to A15/],
    ['firmata', { port: '/dev/p', pin: 'A0', address: '28FF0011223344AA' }, /address: only a DS18B20/],
    ['firmata', { port: '/dev/p', pin: 4, address: '10FF0011223344AA' }, /address: /],
    ['firmata', { port: '/dev/p', pin: 4, as: 'led', sensor: 'DS18B20' }, /sensor: a led is no thermometer/],
    ['firmata', { port: '/dev/p', pin: 4, as: 'led', active: 'low' }, /active: a led has no/],
    ['firmata', { port: '/dev/p', pin: 4, as: 'relay', active: 'low' }, /never a module that is on at low/],
    ['zigbee2mqtt', { name: 'b/#' }, /name: /],
    ['zigbee2mqtt', { name: 'b', base: '/b' }, /base: /],
    ['zigbee2mqtt', { name: 'b', endpoint: 'l1', action: 'on' }, /endpoint and action are given/],
    ['zigbee2mqtt', { name: 'b', action: 'single' }, /named by `endpoint:` or by nothing/],
    ['shelley', {}, /no driver "shelley"; the drivers are .*shelly, tasmota/],
  ])('%s %j is refused, naming the device and the option', (driver, options, text) => {
    const error = failure(driver, 'hot', options);
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain('foot-bath-hot');
    expect(error.message).toMatch(text);
  });

  it.each([
    ['tasmota', { topic: 't', relay: 1 }],
    ['esphome', { node: 'n', valve: 'hot' }],
    ['shelly', { prefix: 'p', switch: 0 }],
  ])('%s: every open is leased for at most 30 s, and travel comes from the config', (driver, options) => {
    const { declaration } = new Rig('hot', driver, options, 900).device;
    expect(declaration).toMatchObject({ deadline: 'per-command', acknowledgesRenewals: true, travelMs: 900 });
    expect(declaration.lease).toMatchObject({ maxMs: 30_000, defaultMs: 10_000 });
    expect(new Rig('hot', driver, options).device.declaration.travelMs).toBe(500);
  });
});

const WORDS = [
  'ON',
  'OFF',
  'Online',
  'Offline',
  'online',
  'offline',
  '',
  'nan',
  'NaN',
  '{',
  '[]',
  'null',
  '{"POWER1":1}',
];
const JSONS = [
  '{"TimedPower":[{"Remaining":9950,"Command":"Power1 0"}]}',
  '{"TimedPower":[{"Remaining":"x","Command":7}]}',
  '{"TimedPower":{}}',
  '{"Command":"Unknown"}',
  '{"PulseTime1":{"Set":0}}',
  '{"PulseTime1":"off"}',
  '{"PowerOnState":5}',
  '{"StatusSNS":{"DS18B20":{"Temperature":[]}}}',
  '{"StatusSNS":[]}',
  '{"DS18B20":{"Temperature":38.1}}',
  '{"Button1":{"Action":{}}}',
  '{"__proto__":{"Action":"SINGLE"}}',
  '{"id":1,"dst":"ebb/rpc/foot-bath-hot/p","result":{"was_on":true}}',
  '{"id":4,"dst":"ebb/rpc/foot-bath-hot/p","result":{"initial_state":"on","auto_on":7}}',
  '{"id":3,"dst":"ebb/rpc/foot-bath-hot/p","result":{"uptime":"long"}}',
  '{"id":2,"dst":"ebb/rpc/foot-bath-button/p","error":{"code":-105,"message":"no"}}',
  '{"method":"NotifyStatus","params":{"switch:0":{"output":true},"input:0":{"state":true}}}',
  '{"method":"NotifyStatus","params":{"temperature:100":{"tC":1e300,"errors":[]}}}',
  '{"method":"NotifyEvent","params":{"events":[{"component":"input:0","event":"btn_down"},null]}}',
  '{"valve":"hot","ms":10000,"boot":"a"}',
  '{"valve":"hot","ms":-1,"boot":"a"}',
  '{"valve":"hot","ms":1e99,"boot":""}',
  '{"state":"ON","countdown":30}',
  '{"state_l1":"OFF","countdown_l1":"x"}',
  '{"action":["single"]}',
  '{"level":"error","message":"to \'b\' failed"}',
  '{"type":"device_announce","data":{"friendly_name":"b"}}',
  '[{"friendly_name":"b","model_id":"TS0001","definition":{"model":"x","exposes":[{"features":[{"name":"state","property":"state"}]},{"name":"countdown","property":"countdown","access":7,"unit":"s"}]}}]',
  '[{"friendly_name":"b","definition":7}]',
  `{"POWER1":"${'N'.repeat(100_000)}"}`,
  '['.repeat(50_000),
];

describe('garbage', () => {
  const every = Object.entries(PARTS).flatMap(([driver, parts]) =>
    parts.flatMap(([options, roles]) => roles.map((role) => [driver, role, options] as const)),
  );

  it.each(every)(
    '%s as a %s: no message throws, opens water, or is a reading that is no number',
    (driver, role, options) => {
      const payload = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...WORDS, ...JSONS));
      const { topics } = new Rig(role, driver, options).device;
      const known = topics.map((topic) => topic.replace('+', 'RESULT'));
      const topic = fc.oneof(fc.string(), fc.constantFrom(...known, 'stat/t/POWER1', 'stat/t/', 'n/lease'));
      const input = fc.oneof(
        { weight: 8, arbitrary: fc.record({ topic, payload, retained: fc.boolean() }) },
        { weight: 1, arbitrary: fc.constantFrom('up', 'down', 'clock' as const) },
      );
      fc.assert(
        fc.property(fc.array(fc.tuple(input, fc.nat(4_000))), (inputs) => {
          const rig = new Rig(role, driver, options);
          for (const [what, laterMs] of inputs) {
            rig.atMs += laterMs;
            if (what === 'clock') rig.feed({ type: 'clock' });
            else if (typeof what === 'string') rig.link(what === 'up');
            else rig.message(what.topic, what.payload, what.retained);
          }
          expect(rig.out.filter(opens)).toEqual([]);
          expect(rig.acks).toEqual([]);
          for (const reading of rig.readings) {
            if (reading.kind !== 'temperature' || reading.valueC === null) continue;
            expect(reading.valueC).toBeGreaterThanOrEqual(0);
            expect(reading.valueC).toBeLessThanOrEqual(70);
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each(every)('%s as a %s: a step leaves the state it was given as it was', (driver, role, options) => {
    const { device } = new Rig(role, driver, options);
    const first = device.step(device.init(0).state, { type: 'link', up: true }, 0).state;
    const kept = JSON.stringify(first);
    device.step(first, { type: 'command', command: { action: 'open', leaseMs: 5_000, targetC: 38 } }, 1);
    device.step(first, { type: 'command', command: { action: 'sample', on: true } }, 1);
    device.step(first, { type: 'link', up: false }, 1);
    expect(JSON.stringify(first)).toBe(kept);
  });
});

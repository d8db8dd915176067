import { Contact } from '../../firmware-sim/contact.ts';
import { buildBoxes } from '../../firmware-sim/boxes/index.ts';
import type { Press } from '../../firmware-sim/gadgets/ports.ts';
import type { Role } from '../../src/model/device.ts';
import type { Act, Scene, Stage } from './scene.ts';
import { createWorld, device } from './support.ts';

/** A thing as a config describes it, long after its power-up. */
function thing(role: Role, options: Record<string, unknown>): () => Stage {
  return () => {
    const world = createWorld();
    let waterC = 38.125;
    const relay = { set: () => undefined };
    const box = buildBoxes(
      {
        clock: world.clock,
        seed: 1,
        connect: world.broker.connect,
        plug: world.plug,
        wiring: {
          relay: () => relay,
          mixer: () => ({ ...relay, setTarget: () => undefined }),
          contact: () => new Contact(),
          probe: () => ({ read: () => waterC }),
          buzzer: () => ({ beep: () => undefined }),
          lamp: () => ({ show: () => undefined }),
          notice: () => ({ beep: () => undefined, notice: () => undefined }),
        },
      },
      [device('thing', role, 'mqtt', options)],
    ).get('thing');
    if (box === undefined) throw new Error('there is no box');
    world.wait(5_000);
    const press = (how: Press): void => {
      box.buttons.get('thing')?.(how);
    };
    const water = (valueC: number): void => {
      waterC = valueC;
    };
    return { ...world, gadget: box.gadget, press, water };
  };
}

const press: Act = (stage) => {
  stage.press({ times: 1 });
};
const water = (valueC: number): Act => {
  return (stage) => {
    stage.water(valueC);
  };
};

const REST = 'the config of a thing says where its value is, and nothing of what else it says';
const OTHERS = 'said by other devices behind the same gateway';

export const MQTT_SCENES: Readonly<Record<string, Scene>> = {
  'mqtt/one-wire': {
    stage: thing('thermometer', { state: 'bath/probe/water', scale: 0.001, every: '1 s' }),
    before: { 1: water(37.875), 2: water(85) },
    cut: true,
  },
  'mqtt/rtl-433': {
    stage: thing('thermometer', {
      state: 'rtl_433/gateway/events',
      value: '/temperature_F',
      unit: 'fahrenheit',
      every: '30 s',
    }),
    before: { 0: water(38), 2: water(37.5) },
    instead: {
      0: { says: '{"temperature_F":100.4}', why: `${REST}; its probe shows sixteenths of a degree` },
      1: { says: null, why: OTHERS },
      2: { says: '{"temperature_F":99.5}', why: REST },
    },
    cut: true,
  },
  'mqtt/rf-button': {
    stage: thing('button', {
      state: 'home/OpenMQTTGateway/433toMQTT',
      value: '/value',
      map: { 1315156: 'press' },
    }),
    before: { 0: press, 3: press },
    instead: {
      0: { says: '{"value":1315156}', why: REST },
      1: { says: null, why: OTHERS },
      2: { says: null, why: OTHERS },
      3: { says: '{"value":1315156}', why: REST },
    },
  },
  'mqtt/wled': {
    stage: thing('light', { set: 'wled/bath/api', payload: { on: '{"on":true}', off: '{"on":false}' } }),
  },
  'mqtt/buzzer': {
    stage: thing('buzzer', {
      set: 'bath/buzzer/set',
      state: 'bath/buzzer',
      payload: { on: 'ON', off: 'OFF' },
    }),
  },
};

import { Zigbee2mqtt, type Paired } from '../../firmware-sim/gadgets/zigbee2mqtt.ts';
import { WirelessButton } from '../../firmware-sim/gadgets/zigbee2mqtt/small.ts';
import type { Act, Scene, Stage } from './scene.ts';
import { createWorld } from './support.ts';

const idle = { set: () => undefined };
const BASE = 'zigbee2mqtt';

/** A bridge with one device, both up and the device asked once, as a driver asks it when they meet. */
function stage(name: string, paired: (waterC: () => number) => Paired, greeted = true): () => Stage {
  return () => {
    const world = createWorld();
    let waterC = 37;
    const gadget = new Zigbee2mqtt({
      clock: world.clock,
      seed: 4,
      connect: world.broker.connect,
      base: BASE,
      paired: new Map([[name, paired(() => waterC)]]),
    });
    world.wait(5_000);
    const device = gadget.device(name);
    const kind = device?.listing.definition?.model ?? '';
    const state = /^TS0002/.test(kind) ? 'state_l1' : 'state';
    if (greeted && /^(TS000\d_|SWV)/.test(kind)) {
      for (let times = 0; times < 3; times += 1) world.say(`${BASE}/${name}/set`, `{"${state}":"OFF"}`);
      for (let times = 0; times < 2; times += 1) world.say(`${BASE}/${name}/get`, `{"${state}":""}`);
      world.say(`${BASE}/${name}/get`, '{"power_on_behavior":""}');
      world.wait(3_000);
    }
    world.heard();
    return {
      ...world,
      gadget: {
        disconnect: () => {
          device?.route(false);
        },
        reconnect: () => {
          device?.route(true);
        },
        reboot: () => {
          gadget.reboot();
        },
      },
      press: (how) => {
        if (device instanceof WirelessButton) device.press(how);
      },
      water: (valueC) => void (waterC = valueC),
      heat: () => {
        device?.powerCycle();
      },
    };
  };
}

const two = (): Paired => ({
  kind: 'relays',
  ports: new Map([
    ['l1', idle],
    ['l2', idle],
  ]),
});
const valves = stage('bath_valves', two);

const restart: Act = ({ gadget }) => {
  gadget.reboot();
};
const powerCut: Act = (on) => {
  on.heat?.();
};
const outOfReach: Act = ({ gadget }) => {
  gadget.disconnect();
};
const press = (times: number): Act => {
  return (on) => {
    on.press({ times });
  };
};
const hold: Act = (on) => {
  on.press({ holdMs: 7_000 });
};
const untilIn =
  (ms: number): Act =>
  (on) => {
    on.wait(ms);
  };

export const ZIGBEE2MQTT_SCENES: Readonly<Record<string, Scene>> = {
  'zigbee2mqtt/greeting': { stage: stage('bath_valves', two, false) },
  'zigbee2mqtt/open-30s': { stage: valves },
  'zigbee2mqtt/renewal': { stage: valves },
  'zigbee2mqtt/close': { stage: valves },
  'zigbee2mqtt/deadline': { stage: valves },
  'zigbee2mqtt/one-relay': {
    stage: stage('bath/hot valve', () => ({ kind: 'relays', ports: new Map([['', idle]]) })),
  },
  // The close reaches the bridge while the first command of the open is in the air.
  'zigbee2mqtt/overtaken': { stage: valves, before: { 1: untilIn(61) } },
  'zigbee2mqtt/bridge-restart': { stage: valves, before: { 5: restart } },
  'zigbee2mqtt/power-cut': { stage: valves, before: { 5: powerCut } },
  'zigbee2mqtt/no-route': { stage: valves, before: { 0: outOfReach }, cut: true },
  'zigbee2mqtt/timed-valve': { stage: stage('garden', () => ({ kind: 'timed-valve', port: idle })) },
  'zigbee2mqtt/button': {
    stage: stage('bath_button', () => ({ kind: 'button' })),
    before: { 0: press(1), 1: press(2), 2: hold },
  },
  'zigbee2mqtt/light': {
    stage: stage('bath_lamp', () => ({ kind: 'lamp', port: { show: () => undefined } })),
  },
  'zigbee2mqtt/sensor': {
    stage: stage('bath_probe', (read) => ({ kind: 'thermometer', port: { read }, property: 'temperature' })),
    before: {
      0: untilIn(10),
      1: (on) => {
        on.water(38.25);
      },
    },
  },
};

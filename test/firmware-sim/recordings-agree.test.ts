/**
 * If these fail, the drivers and the simulated gadgets speak two dialects: a session that is safe in simulation would
 * then say nothing about one on hardware. Each recording that a driver reproduces from its side is played here from
 * the other: the controller's words go to the gadget, and the device's words must be the gadget's own.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Esphome } from '../../firmware-sim/gadgets/esphome.ts';
import type { Press } from '../../firmware-sim/gadgets/ports.ts';
import { Tasmota } from '../../firmware-sim/gadgets/tasmota.ts';
import { recording } from '../devices/replay.ts';
import type { Act, Scene, Stage } from './scene.ts';
import { MQTT_SCENES } from './mqtt-scenes.ts';
import { SHELLY_NOT_MODELLED, SHELLY_SCENES } from './shelly-scenes.ts';
import { createWorld } from './support.ts';
import { ZIGBEE2MQTT_SCENES } from './zigbee2mqtt-scenes.ts';

/** Longer than any deadline in a recording, milliseconds of virtual time. */
const PATIENCE_MS = 60_000;
/** Nothing is in flight after this long. */
const QUIET_MS = 1_000;

/** What a Shelly says of its own clock, uptime and revision. */
const CLOCKS = new Set(['ts', 'timer_started_at', 'unixtime', 'uptime', 'cfg_rev']);

/** What varies from one exchange to the next is set apart: clocks, countdowns, and boot ids, which keep their order. */
function comparable(topic: string, payload: string, boots: string[]): unknown {
  if (!payload.startsWith('{')) return `${topic} ${payload}`;
  const body: unknown = JSON.parse(payload, (key: string, value: unknown) => {
    if (key === 'Time') return 'varies';
    if (CLOCKS.has(key) && typeof value === 'number') return 'varies';
    // The countdown of PulseTime is not one of them: it says whether the timer runs.
    if (key === 'TimedPower' && Array.isArray(value))
      return value.map((each: object) => ({ ...each, Remaining: 'varies' }));
    if (key !== 'boot' || typeof value !== 'string') return value;
    if (!boots.includes(value)) boots.push(value);
    return `boot ${boots.indexOf(value) + 1}`;
  });
  return { topic, body };
}

/** Plays a recording to a gadget. Throws where the gadget says something else. */
function play(name: string, scene: Scene): void {
  const { broker, clock, ...stage } = scene.stage();
  let read = broker.log.length;
  const next = () => {
    for (let said = broker.log[read]; said !== undefined; said = broker.log[read]) {
      read += 1;
      const isOurs = said.from === 'test';
      if (!isOurs && scene.besides?.lines.test(`${said.topic} ${said.payload}`) !== true) return said;
    }
    return null;
  };
  const recorded: string[] = [];
  const said: string[] = [];
  for (const [index, line] of recording(name).entries()) {
    scene.before?.[index]?.({ broker, clock, ...stage });
    if (line.from === 'controller') {
      stage.say(line.topic, line.payload);
      continue;
    }
    if (line.retained === true) {
      expect(`${line.topic} ${broker.retained(line.topic) ?? ''}`).toBe(`${line.topic} ${line.payload}`);
      continue;
    }
    const { says } = scene.instead?.[index] ?? { says: line.payload };
    if (says === null) continue;
    let heard = next();
    clock.runWhile(() => (heard ??= next()) === null, PATIENCE_MS);
    const what = heard === null ? 'silence' : comparable(heard.topic, heard.payload, said);
    expect(what, `line ${index} of ${name}`).toEqual(comparable(line.topic, says, recorded));
  }
  stage.wait(QUIET_MS);
  const rest = next();
  if (scene.cut !== true) expect(rest, `${name}: the gadget says more`).toBeNull();
}

interface BoxOptions {
  readonly relays?: number;
  readonly commissioned?: string;
  readonly waterC?: number;
}

/** A box with two relays, a probe, a button and a buzzer; what an owner sets once is set. */
function tasmota(options: BoxOptions = {}): () => Stage {
  const { relays = 2, commissioned = 'PulseTime1 145; PowerOnState 0; SetOption0 0; TelePeriod 0' } = options;
  return () => {
    const world = createWorld();
    let { waterC = NaN } = options;
    const gadget = new Tasmota({
      clock: world.clock,
      seed: 1,
      connect: world.broker.connect,
      topic: 'bath-valves',
      relays: Array.from({ length: relays }, () => ({ set: () => undefined })),
      probes: [{ id: '01131B123456', port: { read: () => waterC } }],
      buzzer: { beep: () => undefined },
      commissioned: [`Backlog ${commissioned}`],
    });
    world.wait(60_000);
    const press = (how: Press): void => {
      gadget.press(1, how);
    };
    return { ...world, gadget, press, water: (valueC) => void (waterC = valueC) };
  };
}

/** A node with our lease script; `parts` leaves away what a recording does not speak of. */
function esphome(
  parts: { readonly mixer?: true; readonly sensor?: true; readonly light?: true } = {},
): () => Stage {
  return () => {
    const world = createWorld();
    const relay = { set: () => undefined };
    let waterC = 38.25;
    const gadget = new Esphome({
      clock: world.clock,
      seed: 3,
      connect: world.broker.connect,
      node: 'bath-node',
      valves: new Map(parts.mixer ? [] : [['hot', relay]]),
      mixers: new Map(parts.mixer ? [['main', { ...relay, setTarget: () => undefined }]] : []),
      switches: new Map([['buzzer', relay]]),
      sensors: new Map(parts.sensor ? [['bath', { read: () => waterC }]] : []),
      binarySensors: ['button'],
      lights: new Map(parts.light ? [['lamp', { show: () => undefined }]] : []),
    });
    world.wait(5_000);
    const press = (how: Press): void => {
      gadget.press('button', how);
    };
    return { ...world, gadget, press, water: (valueC) => void (waterC = valueC) };
  };
}

const press = (times: number): Act => {
  return (stage) => {
    stage.press({ times });
  };
};
const hold = (holdMs: number): Act => {
  return (stage) => {
    stage.press({ holdMs });
  };
};
/** The probe of a box needs some seconds until it shows another temperature. */
const water = (valueC: number, settleMs = 4_000): Act => {
  return (stage) => {
    stage.water(valueC);
    stage.wait(settleMs);
  };
};
const lose: Act = ({ gadget }) => {
  gadget.disconnect();
};
const find: Act = ({ gadget }) => {
  gadget.reconnect();
};
const restart: Act = ({ gadget }) => {
  gadget.reboot();
};

const FACTORY = { commissioned: 'TelePeriod 0' };
const OTHER_STATES = {
  lines: /^bath-node\/(switch|binary_sensor)\/.* OFF$/,
  why: 'a node that connects reports every part; the recording shows the lease alone',
};

const SCENES: Readonly<Record<string, Scene>> = {
  ...MQTT_SCENES,
  ...SHELLY_SCENES,
  ...ZIGBEE2MQTT_SCENES,

  'tasmota/greeting': { stage: tasmota() },
  'tasmota/commissioning': { stage: tasmota(FACTORY) },
  'tasmota/open-30s': { stage: tasmota() },
  'tasmota/renewal': { stage: tasmota() },
  'tasmota/close': { stage: tasmota() },
  'tasmota/deadline': { stage: tasmota() },
  'tasmota/one-relay': { stage: tasmota({ relays: 1 }) },
  'tasmota/two-relays': {
    stage: tasmota(),
    before: {
      0: ({ say, wait, heard }) => {
        say('cmnd/bath-valves/TimedPower1', '5000');
        wait(800);
        heard();
      },
    },
    besides: { lines: /POWER1/, why: 'the first relay was opened before the recording began' },
  },
  'tasmota/offline': { stage: tasmota(), before: { 0: lose, 1: find }, cut: true },
  'tasmota/reboot': {
    stage: tasmota(),
    before: { 5: restart },
    besides: { lines: /POWER2/, why: 'the recording shows one relay of the box' },
    instead: { 12: { says: null, why: 'not modelled: INFO1 to INFO3, texts about the box and its network' } },
    cut: true,
  },
  'tasmota/button': {
    stage: tasmota(),
    before: { 4: press(1), 5: press(2), 6: press(3), 7: hold(6_000) },
  },
  'tasmota/buzzer': { stage: tasmota() },
  'tasmota/sensor': {
    stage: tasmota({ waterC: 38.1, commissioned: 'TelePeriod 10' }),
    before: { 2: water(38.3) },
    besides: {
      lines: /^tele\/.*\/STATE |38\.1.*"TempUnit":"C"\}$/,
      why: 'telemetry the recording does not show',
    },
  },
  'tasmota/sensor-lost': { stage: tasmota({ waterC: NaN }) },

  'esphome/greeting': { stage: esphome() },
  'esphome/open-10s': { stage: esphome() },
  'esphome/renewal': { stage: esphome() },
  'esphome/close': { stage: esphome() },
  'esphome/deadline': { stage: esphome() },
  'esphome/mixer': {
    stage: esphome({ mixer: true }),
    besides: {
      lines: /\/switch\/main\/state/,
      why: 'the driver of a mixer does not listen to its switch, so the recording does not show it',
    },
  },
  'esphome/offline': { stage: esphome(), before: { 0: lose, 1: find }, besides: OTHER_STATES },
  'esphome/reboot': { stage: esphome(), before: { 3: restart }, besides: OTHER_STATES },
  'esphome/button': {
    stage: esphome(),
    before: { 0: press(1), 2: hold(6_000) },
  },
  'esphome/buzzer': { stage: esphome() },
  'esphome/light': {
    stage: esphome({ light: true }),
    besides: { lines: /\/light\/lamp\/state/, why: 'the driver of a light does not listen to its state' },
  },
  'esphome/sensor': {
    stage: esphome({ sensor: true }),
    before: { 1: water(38.31, 0), 2: water(NaN, 0) },
    // It goes on each second.
    cut: true,
  },
};

/** What a gadget leaves away on purpose. Each is tried, and must still fail: one that is modelled leaves this list. */
const NOT_MODELLED: Readonly<Record<string, Scene & { readonly why: string }>> = {
  ...SHELLY_NOT_MODELLED,
  'tasmota/no-timed-power': {
    stage: tasmota(),
    why: 'a release before TimedPower (9.5): the gadget is a current one, and the driver refuses the old ones',
  },
  'tasmota/setoption4': {
    stage: tasmota({ commissioned: 'SetOption4 1; TelePeriod 0' }),
    why: 'SetOption4 moves replies to topics of their own: the gadget keeps the option and answers at RESULT',
  },
  'tasmota/sensors-fahrenheit': {
    stage: tasmota({ waterC: 38 }),
    why: 'SetOption8: the gadget measures in degrees Celsius only',
  },
  'esphome/refused': {
    stage: esphome(),
    why: 'the cut-off of the node (overtemp): the gadget has no thermometer that its lease script looks at',
  },
};

const files = ['tasmota', 'esphome', 'mqtt', 'shelly', 'zigbee2mqtt'].flatMap((dialect) =>
  readdirSync(new URL(`../recordings/${dialect}`, import.meta.url)).map(
    (file) => `${dialect}/${file.replace(/\.json$/, '')}`,
  ),
);

it('every recording is played here, or named as not modelled', () => {
  expect([...Object.keys(SCENES), ...Object.keys(NOT_MODELLED)].toSorted()).toEqual(files.toSorted());
});

describe('the gadget says what the recording shows', () => {
  it.each(Object.entries(SCENES))('%s', (name, scene) => {
    play(name, scene);
  });
});

describe('not modelled', () => {
  it.each(Object.entries(NOT_MODELLED))('%s', (name, { why, ...scene }) => {
    expect(() => {
      play(name, scene);
    }, why).toThrow();
  });
});

// If these fail, a fault of the catalogue does nothing: campaigns go on and prove that Ebb survives what never happened.
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import type { FaultArgs, FaultFacts, FaultWorld } from '../../firmware-sim/faults/index.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import { hardwareOf } from '../../src/campaign/injectors/hardware.ts';
import { HostClock } from '../../src/campaign/injectors/host-clock.ts';
import { Disk } from '../../src/campaign/injectors/disk.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import { ALL_DRAWN, createWorld, device } from './support.ts';

interface Dialect {
  readonly devices: readonly DeviceSettings[];
  /** Opens hot or cold for half a minute, as this dialect says it. */
  open(side: 'hot' | 'cold'): readonly [string, string];
  /** Asks for the temperature, where it does not come by itself. */
  readonly ask: readonly [string, string] | null;
  /** What the device says when hot opened, when it refuses, and of its thermometer. */
  readonly ack: RegExp;
  readonly nack: RegExp;
  readonly temperature: RegExp;
}

const number = (side: 'hot' | 'cold', first: number): number => (side === 'hot' ? first : first + 1);
const rpc = (method: string, params: unknown): string => JSON.stringify({ id: 1, src: 'me', method, params });

const DIALECTS: Readonly<Record<string, Dialect>> = {
  tasmota: {
    devices: [
      device('bath-hot', 'hot', 'tasmota', { topic: 'bath', relay: 1 }),
      device('bath-cold', 'cold', 'tasmota', { topic: 'bath', relay: 2 }),
      device('bath-probe', 'thermometer', 'tasmota', { topic: 'bath', sensor: 'DS18B20' }),
    ],
    open: (side) => [`cmnd/bath/TimedPower${number(side, 1)}`, '30000'],
    ask: ['cmnd/bath/Status', '10'],
    ack: /^stat\/bath\/POWER1 ON$/,
    nack: /^stat\/bath\/RESULT \{"Command":"Error"\}$/,
    temperature: /"Temperature":(-?[\d.]+)/,
  },
  esphome: {
    devices: [
      device('bath-hot', 'hot', 'esphome', { node: 'bath', valve: 'hot' }),
      device('bath-cold', 'cold', 'esphome', { node: 'bath', valve: 'cold' }),
      device('bath-probe', 'thermometer', 'esphome', { node: 'bath', sensor: 'water' }),
    ],
    open: (side) => ['bath/lease', JSON.stringify({ valve: side, ms: 30_000 })],
    ask: null,
    ack: /^bath\/lease\/state \{"valve":"hot","ms":30000/,
    nack: /^bath\/lease\/state \{"valve":"hot","ms":0/,
    temperature: /^bath\/sensor\/water\/state (-?[\d.]+|nan)$/,
  },
  shelly: {
    devices: [
      device('bath-hot', 'hot', 'shelly', { prefix: 'bath', switch: 0 }),
      device('bath-cold', 'cold', 'shelly', { prefix: 'bath', switch: 1 }),
      device('bath-probe', 'thermometer', 'shelly', { prefix: 'bath', temperature: 100 }),
    ],
    open: (side) => ['bath/rpc', rpc('Switch.Set', { id: number(side, 0), on: true, toggle_after: 30 })],
    ask: ['bath/rpc', rpc('Temperature.GetStatus', { id: 100 })],
    ack: /^me\/rpc .*"was_on":false/,
    nack: /^me\/rpc .*"error":\{"code":-109/,
    temperature: /"tC":(-?[\d.]+|null),"tF"/,
  },
  zigbee2mqtt: {
    devices: [
      device('bath-hot', 'hot', 'zigbee2mqtt', { name: 'valves', endpoint: 'l1' }),
      device('bath-cold', 'cold', 'zigbee2mqtt', { name: 'valves', endpoint: 'l2' }),
      device('bath-probe', 'thermometer', 'zigbee2mqtt', { name: 'probe' }),
    ],
    open: (side) => {
      const end = `l${number(side, 1)}`;
      return ['zigbee2mqtt/valves/set', JSON.stringify({ [`state_${end}`]: 'ON', [`countdown_${end}`]: 30 })];
    },
    ask: null,
    ack: /^zigbee2mqtt\/valves .*"state_l1":"ON"/,
    nack: /^zigbee2mqtt\/bridge\/logging .*Publish 'set' 'state' to 'valves' failed/,
    temperature: /^zigbee2mqtt\/probe .*"temperature":(-?[\d.]+)/,
  },
};

function build(name = 'tasmota') {
  const dialect = DIALECTS[name];
  if (dialect === undefined) throw new Error(`no dialect ${name}`);
  const { devices } = dialect;
  const world = createWorld();
  const rig = createRig({
    clock: world.clock,
    seed: 5,
    connect: world.broker.connect,
    station: { id: 'bath', devices, plumbing: 'two-valves' },
    plant: { ...ALL_DRAWN, hotC: 55, coldC: 12, guardC: 39 },
    person: null,
  });
  const facts: FaultFacts = {
    valves: [
      { device: 'bath-hot', valve: 'hot' },
      { device: 'bath-cold', valve: 'cold' },
    ],
    drains: [],
    heaters: [],
    thermometers: ['bath-probe'],
    senses: { flow: [], leak: [], presence: [], level: [], float: [] },
    ports: [],
    devices: devices.map(({ id }) => id),
    plumbing: 'two-valves',
    clientId: 'ebb',
    setTopic: 'ebb/bath/set',
  };
  const never = (): never => {
    throw new Error('not in this test');
  };
  const faultWorld: FaultWorld = {
    nowMs: () => world.clock.nowMs(),
    at: (atMs, act) => {
      world.clock.at(atMs, 'fault', act);
    },
    random: new Random(3, 'fault details'),
    facts,
    hardware: hardwareOf(rig),
    bus: {
      disturb: never,
      cut: never,
      restartBroker: never,
      takeOver: never,
      publish: (topic, payload, retain) => {
        world.say(topic, payload, retain);
      },
    },
    time: new HostClock(world.clock),
    process: { isAlive: () => true, crash: never, crashAt: never, second: never },
    disk: new Disk(),
    person: { say: never, silent: never, leave: never, faint: never, recover: never },
  };
  const begin = (id: string, args: FaultArgs = {}): (() => void) => {
    const fault = FAULTS.find((one) => one.id === id);
    if (fault === undefined) throw new Error(`no fault ${id}`);
    const mend = fault.begin(faultWorld, { valve: 'hot', device: 'bath-hot', ...args });
    return () => {
      mend?.();
    };
  };
  const open = (side: 'hot' | 'cold' = 'hot'): void => {
    world.say(...dialect.open(side));
  };
  /** What the station hears of the water in so many seconds. */
  const temperatures = (seconds: number): number[] => {
    world.heard();
    for (let each = 0; each < seconds; each += 1) {
      if (dialect.ask !== null) world.say(...dialect.ask);
      world.wait(1_000);
    }
    return world
      .heard()
      .map((line) => dialect.temperature.exec(line)?.[1])
      .filter((text) => text !== undefined)
      .map((text) => Number(text === 'null' ? 'nan' : text));
  };
  const isOpen = (side: 'hot' | 'cold' = 'hot'): boolean => rig.plant.isOpen(side);
  world.wait(12_000);
  world.heard();
  return { ...world, dialect, rig, begin, open, isOpen, temperatures };
}

// --- valves ----------------------------------------------------------------------------------------------------------

describe.each(Object.keys(DIALECTS))('%s', (name) => {
  test('a whole device opens and says so', () => {
    const { dialect, open, isOpen, wait, heard } = build(name);
    open();
    wait(2_000);
    expect(isOpen()).toBe(true);
    expect(heard().some((line) => dialect.ack.test(line))).toBe(true);
  });

  test('no ack: it opens and does not say so, and says so again once mended', () => {
    const { dialect, begin, open, isOpen, wait, heard } = build(name);
    const mend = begin('valve-no-ack');
    open();
    wait(5_000);
    expect(isOpen()).toBe(true);
    expect(heard().some((line) => dialect.ack.test(line))).toBe(false);
    mend();
    wait(40_000);
    heard();
    open();
    wait(2_000);
    expect(heard().some((line) => dialect.ack.test(line))).toBe(true);
  });

  test('late ack: it opens at once and says so later', () => {
    const { dialect, begin, open, isOpen, wait, heard } = build(name);
    begin('valve-late-ack', { byMs: 6_000 });
    open();
    wait(5_000);
    expect(isOpen()).toBe(true);
    expect(heard().some((line) => dialect.ack.test(line))).toBe(false);
    wait(3_000);
    expect(heard().some((line) => dialect.ack.test(line))).toBe(true);
  });

  test('nack: it stays shut and refuses in its own words; the other valve and a mended one open', () => {
    const { dialect, begin, open, isOpen, wait, heard } = build(name);
    const mend = begin('valve-nack');
    open();
    wait(3_000);
    expect(isOpen()).toBe(false);
    expect(heard().some((line) => dialect.nack.test(line))).toBe(true);
    open('cold');
    wait(2_000);
    expect(isOpen('cold')).toBe(true);
    wait(40_000);
    mend();
    open();
    wait(3_000);
    expect(isOpen()).toBe(true);
  });

  test('a stale command opens it, and lies there for whoever connects', () => {
    const { broker, begin, isOpen, wait } = build(name);
    const mend = begin('valve-stale-open');
    wait(3_000);
    expect(isOpen()).toBe(true);
    const [topic = ''] =
      broker.log.findLast(({ from, retain }) => from === 'test' && retain)?.topic.split(' ') ?? [];
    expect(broker.retained(topic)).toBeDefined();
    mend();
    expect(broker.retained(topic)).toBeUndefined();
  });

  test('absent: nothing is heard of the thermometer, and then it is again', () => {
    const { begin, temperatures, open } = build(name);
    open();
    expect(temperatures(30).length).toBeGreaterThan(0);
    const mend = begin('sensor-absent', { device: 'bath-probe' });
    temperatures(1);
    open();
    expect(temperatures(25)).toEqual([]);
    mend();
    open('cold');
    expect(temperatures(30).length).toBeGreaterThan(0);
  });
});

test('stuck open, stuck closed and seized valves do not do what their relays say, until they are free', () => {
  const { begin, open, isOpen, wait } = build();
  const free = begin('valve-stuck-open');
  wait(2_000);
  expect(isOpen()).toBe(true);
  free();
  wait(2_000);
  expect(isOpen()).toBe(false);
  const unblock = begin('valve-stuck-closed');
  open();
  wait(2_000);
  expect(isOpen()).toBe(false);
  unblock();
  wait(2_000);
  expect(isOpen()).toBe(true);
  const loosen = begin('valve-no-motion');
  wait(60_000);
  expect(isOpen()).toBe(true);
  loosen();
  wait(2_000);
  expect(isOpen()).toBe(false);
});

test('a leaking valve runs while it is shut, and a slow one is late', () => {
  const { begin, open, isOpen, wait, rig } = build();
  const before = rig.plant.litres();
  const mend = begin('valve-leaking', { share: 0.25 });
  wait(120_000);
  expect(isOpen()).toBe(false);
  expect(rig.plant.litres() - before).toBeCloseTo(0.5 * rig.drawn.flow_lpm, 1);
  expect(rig.plant.waterC()).toBeGreaterThan(35);
  mend();
  const dry = rig.plant.litres();
  wait(10_000);
  expect(rig.plant.litres()).toBe(dry);
  begin('valve-slow', { times: 20 });
  open();
  wait(2_500);
  expect(isOpen()).toBe(false);
  wait(8_000);
  expect(isOpen()).toBe(true);
});

test('crossed wires: the hot relay opens cold, also when they are crossed while it is on', () => {
  const { begin, open, isOpen, wait } = build();
  open();
  wait(2_000);
  const mend = begin('valve-wrong-one');
  wait(2_000);
  expect([isOpen('hot'), isOpen('cold')]).toEqual([false, true]);
  mend();
  wait(2_000);
  expect([isOpen('hot'), isOpen('cold')]).toEqual([true, false]);
});

test('a device that reboots or loses its network lets its valve fall or forgets its orders', () => {
  const { begin, open, isOpen, wait } = build();
  open();
  wait(2_000);
  begin('valve-reboot');
  wait(1_000);
  expect(isOpen()).toBe(false);
  wait(10_000);
  const back = begin('valve-offline');
  open();
  wait(2_000);
  expect(isOpen()).toBe(false);
  back();
  wait(3_000);
  open();
  wait(2_000);
  expect(isOpen()).toBe(true);
});

// --- thermometers ----------------------------------------------------------------------------------------------------

const PROBE = { device: 'bath-probe' };
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;

test.each([
  ['sensor-stuck', {}, (c: number[]) => new Set(c).size === 1],
  ['sensor-drift', { kPerMin: 60 }, (c: number[]) => mean(c) > 40],
  ['sensor-offset', { byK: 7 }, (c: number[]) => Math.abs(mean(c) - 46) < 1],
  ['sensor-noise', { sigmaK: 4 }, (c: number[]) => Math.max(...c) - Math.min(...c) > 5],
  ['sensor-spike', { byK: 30, share: 0.5 }, (c: number[]) => Math.max(...c) > 65 && Math.min(...c) < 45],
  ['sensor-85', {}, (c: number[]) => c.every((each) => each === 85)],
  ['sensor-wrong-unit', {}, (c: number[]) => Math.abs(mean(c) - 102.2) < 3],
  ['sensor-nan', {}, (c: number[]) => c.length > 0 && c.every((each) => Number.isNaN(each))],
  ['sensor-stale', { byMs: 60_000 }, (c: number[]) => Math.max(...c) < 30],
  ['sensor-pair-disagrees', { byK: 4 }, (c: number[]) => Math.abs(mean(c) - 43) < 1],
] as const)('%s is seen in what the device says, and gone when it is mended', (id, args, shows) => {
  const { begin, temperatures, open, wait } = build('esphome');
  // A stale probe has to have been asked before it can be late.
  const early = id === 'sensor-stale' ? begin(id, { ...PROBE, ...args }) : null;
  for (let each = 0; each < 3; each += 1) {
    open();
    wait(15_000);
  }
  open();
  const mend = early ?? begin(id, { ...PROBE, ...args });
  const wrong = temperatures(12);
  expect(shows(wrong)).toBe(true);
  mend();
  const right = temperatures(8);
  expect(Math.abs(mean(right) - 39)).toBeLessThan(1);
});

// --- supplies --------------------------------------------------------------------------------------------------------

test.each([
  ['supply-hot-lost', 'hot', {}, 12],
  ['supply-guard-42', 'hot', {}, 42.5],
  ['supply-guard-46', 'hot', {}, 46],
  ['supply-guard-60', 'hot', {}, 60],
  ['supply-winter-mains', 'cold', {}, 4],
  ['supply-tank-empty', 'hot', { overMs: 10_000 }, 12],
] as const)(
  '%s comes through the %s valve, and the right water again when it is mended',
  (id, side, args, waterC) => {
    const { begin, open, wait, rig } = build();
    const run = (): number => {
      for (let each = 0; each < 4; each += 1) {
        open(side);
        wait(20_000);
      }
      return rig.plant.waterC();
    };
    const healthyC = run();
    const mend = begin(id, args);
    const brokenC = run();
    expect(Math.abs(brokenC - waterC)).toBeLessThan(0.5);
    mend();
    expect(run()).toBeCloseTo(healthyC, 1);
  },
);

test('a lost supply gives nothing, and a dropped pressure little', () => {
  const { begin, open, wait, rig } = build();
  const flowed = (side: 'hot' | 'cold'): number => {
    const before = rig.plant.litres();
    open(side);
    wait(60_000);
    return rig.plant.litres() - before;
  };
  const whole = flowed('cold');
  const mendCold = begin('supply-cold-lost');
  expect(flowed('cold')).toBe(0);
  mendCold();
  const mend = begin('supply-pressure-drop', { share: 0.2 });
  expect(flowed('hot') / whole).toBeCloseTo(0.2, 1);
  mend();
  expect(flowed('cold')).toBeCloseTo(whole, 1);
});

test('the same fault of the same seed does the same', () => {
  const run = (): readonly unknown[] => {
    const { begin, temperatures, open, broker } = build();
    begin('sensor-noise', { ...PROBE, sigmaK: 2 });
    begin('valve-leaking', { share: 0.1 });
    open();
    temperatures(20);
    return broker.log;
  };
  expect(run()).toEqual(run());
});

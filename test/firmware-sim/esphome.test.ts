// If these fail, a lease that never runs out passes for one that does: the node is the layer that closes the water
// when everything else has died.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Esphome } from '../../firmware-sim/gadgets/esphome.ts';
import { createWorld, recordingSchema } from './support.ts';

const recording = recordingSchema.parse(
  JSON.parse(readFileSync(new URL('recordings/esphome.json', import.meta.url), 'utf8')),
);

/** A node as in foot-bath.yaml, or as in mixer.yaml. */
function bench(parts: { readonly sensors?: true; readonly mixer?: true } = {}) {
  const world = createWorld();
  const open = new Map<string, boolean>();
  const probe = { valueC: 37.95 };
  const mixer = { targetC: NaN };
  const relay = (id: string) => ({ set: (on: boolean) => void open.set(id, on) });
  const node = new Esphome({
    clock: world.clock,
    seed: 3,
    connect: world.broker.connect,
    node: 'bath',
    valves: new Map((parts.mixer ? [] : ['hot', 'cold']).map((id) => [id, relay(id)])),
    mixers: new Map(
      parts.mixer
        ? [['main', { ...relay('main'), setTarget: (targetC: number) => void (mixer.targetC = targetC) }]]
        : [],
    ),
    switches: new Map([['buzzer', relay('buzzer')]]),
    sensors: new Map(parts.sensors ? [['water', { read: () => probe.valueC }]] : []),
    binarySensors: ['button'],
    lights: new Map([['lamp', { show: () => undefined }]]),
  });
  world.wait(100);
  const first = world.heard();
  const lease = (valve: string, ms: number, more: object = {}): void => {
    world.say('bath/lease', JSON.stringify({ valve, ms, ...more }));
  };
  const closed = (...valves: readonly string[]): readonly string[] =>
    valves.map((valve) => `bath/lease/state {"valve":"${valve}","ms":0,"boot":"${node.boot}"}`);
  return { ...world, node, open, probe, mixer, first, lease, closed };
}

test('a recorded exchange with the lease node is reproduced', () => {
  const { say, wait, heard, node } = bench();
  for (const exchange of recording.exchanges) {
    for (const [topic, payload] of exchange.say) say(topic, payload);
    wait(exchange.wait_ms);
    expect(heard(), exchange.name).toEqual(exchange.hear.map((line) => line.replace('BOOT', node.boot)));
  }
});

test('a node that comes up says so and that it is closed, and all its states, retained', () => {
  const { first, broker, closed } = bench();
  expect(first).toEqual([
    'bath/status online',
    ...closed('hot', 'cold'),
    'bath/switch/hot/state OFF',
    'bath/switch/cold/state OFF',
    'bath/switch/buzzer/state OFF',
    'bath/binary_sensor/button/state OFF',
    'bath/light/lamp/state {"color_mode":"rgb","state":"OFF","brightness":255,"color":{"r":255,"g":255,"b":255}}',
  ]);
  expect(broker.log.every(({ topic, retain }) => retain === (topic !== 'bath/lease/state'))).toBe(true);
});

describe('lease', () => {
  test('it runs out by itself, and the node says closed once', () => {
    const { lease, wait, open, heard, closed } = bench();
    lease('hot', 20_000);
    wait(19_990);
    expect(open.get('hot')).toBe(true);
    heard();
    wait(100);
    expect(open.get('hot')).toBe(false);
    expect(heard()).toEqual(['bath/switch/hot/state OFF', ...closed('hot')]);
    wait(60_000);
    expect(heard()).toEqual([]);
  });

  test('each renewal restarts it', () => {
    const { lease, wait, open } = bench();
    for (let each = 0; each < 6; each += 1) {
      lease('hot', 5_000);
      wait(4_000);
    }
    expect(open.get('hot')).toBe(true);
    wait(1_100);
    expect(open.get('hot')).toBe(false);
  });

  test('hot and cold are never open together, and 500 ms lie between them', () => {
    const { lease, wait, open, broker } = bench();
    lease('hot', 20_000);
    wait(1_000);
    lease('cold', 20_000);
    for (let each = 0; each < 100; each += 1) {
      wait(20);
      expect(open.get('hot') === true && open.get('cold') === true).toBe(false);
    }
    const [off] = broker.log
      .filter(({ topic, payload }) => topic === 'bath/switch/hot/state' && payload === 'OFF')
      .slice(-1);
    const [on] = broker.log.filter(
      ({ topic, payload }) => topic === 'bath/switch/cold/state' && payload === 'ON',
    );
    expect((on?.atMs ?? 0) - (off?.atMs ?? 0)).toBe(500);
  });

  test('a close while the other side is still waiting to open opens nothing', () => {
    const { lease, wait, open } = bench();
    lease('hot', 20_000);
    wait(1_000);
    lease('cold', 20_000);
    wait(200);
    lease('cold', 0);
    wait(2_000);
    expect([open.get('hot'), open.get('cold')]).toEqual([false, false]);
  });

  test('a mixer needs a setpoint between 10 and 40, takes it and acknowledges it', () => {
    const { lease, wait, open, heard, mixer, node, closed } = bench({ mixer: true });
    for (const more of [{}, { target_c: 9.9 }, { target_c: 40.1 }, { target_c: '38' }]) {
      lease('main', 20_000, more);
      wait(200);
      expect(open.get('main')).toBe(false);
      expect(heard()).toEqual(closed('main'));
    }
    lease('main', 20_000, { target_c: 38.46 });
    wait(200);
    expect(open.get('main')).toBe(true);
    expect(mixer.targetC).toBe(38.46);
    expect(heard()).toEqual([
      'bath/switch/main/state ON',
      `bath/lease/state {"valve":"main","ms":20000,"boot":"${node.boot}","target_c":38.5}`,
    ]);
  });

  test('a renewal with a setpoint out of range closes a mixer', () => {
    const { lease, wait, open, heard, closed } = bench({ mixer: true });
    lease('main', 20_000, { target_c: 38 });
    wait(200);
    heard();
    lease('main', 20_000, { target_c: 41 });
    wait(200);
    expect(open.get('main')).toBe(false);
    expect(heard()).toEqual(['bath/switch/main/state OFF', ...closed('main')]);
  });

  test('a closed mixer goes back to cold and names no setpoint', () => {
    const { lease, wait, heard, mixer, closed } = bench({ mixer: true });
    lease('main', 1_000, { target_c: 38 });
    wait(200);
    heard();
    wait(1_000);
    expect(mixer.targetC).toBe(10);
    expect(heard()).toEqual(['bath/switch/main/state OFF', ...closed('main')]);
  });

  test('acknowledgements are not retained', () => {
    const { lease, wait, broker } = bench();
    lease('hot', 1_000);
    wait(200);
    expect(broker.retained('bath/lease/state')).toBeUndefined();
  });
});

describe('what else closes', () => {
  test('the ceiling of 45 s, what a hand has opened at the switch', () => {
    const { say, wait, open, heard, closed } = bench();
    say('bath/switch/hot/command', 'ON');
    wait(44_900);
    expect(open.get('hot')).toBe(true);
    heard();
    wait(200);
    expect(open.get('hot')).toBe(false);
    expect(heard()).toEqual(['bath/switch/hot/state OFF', ...closed('hot')]);
  });

  test('each lease starts the ceiling anew', () => {
    const { lease, wait, open } = bench();
    for (let each = 0; each < 10; each += 1) {
      lease('hot', 10_000);
      wait(9_000);
      expect(open.get('hot')).toBe(true);
    }
  });

  test('the broker going away closes everything at once', () => {
    const { lease, wait, open, broker, heard, closed } = bench();
    lease('hot', 30_000);
    wait(200);
    broker.drop('bath');
    wait(1);
    expect(open.get('hot')).toBe(false);
    expect(broker.retained('bath/status')).toBe('offline');
    heard();
    broker.restore('bath');
    wait(100);
    expect(heard().slice(0, 3)).toEqual(['bath/status online', ...closed('hot', 'cold')]);
    expect(broker.retained('bath/status')).toBe('online');
    expect(broker.retained('bath/switch/hot/state')).toBe('OFF');
  });

  test('a silent network closes when the node misses its ping', () => {
    const { lease, wait, open, node, broker } = bench();
    lease('hot', 30_000);
    wait(200);
    node.disconnect();
    wait(9_000);
    expect(open.get('hot')).toBe(true);
    wait(1_100);
    expect(open.get('hot')).toBe(false);
    wait(5_000);
    expect(broker.retained('bath/status')).toBe('offline');
  });

  test('a reboot closes and is told by a new boot id', () => {
    const { lease, wait, open, node, heard, closed } = bench();
    const before = node.boot;
    expect(before).toMatch(/^[0-9a-f]{8}$/);
    lease('hot', 30_000);
    wait(200);
    node.reboot();
    expect(open.get('hot')).toBe(false);
    heard();
    wait(5_000);
    expect(node.boot).not.toBe(before);
    expect(heard().slice(0, 4)).toEqual([
      'bath/status offline',
      'bath/status online',
      ...closed('hot', 'cold'),
    ]);
    lease('hot', 1_000);
    wait(200);
    expect(heard().at(-1)).toBe(`bath/lease/state {"valve":"hot","ms":1000,"boot":"${node.boot}"}`);
  });
});

describe('sensors', () => {
  test('a temperature comes each second with two decimals, retained', () => {
    const { wait, broker } = bench({ sensors: true });
    wait(10_000);
    const samples = broker.log.filter(({ topic }) => topic === 'bath/sensor/water/state');
    expect(samples.length).toBeGreaterThanOrEqual(10);
    expect(new Set(samples.map(({ payload }) => payload))).toEqual(new Set(['37.94']));
    expect(broker.retained('bath/sensor/water/state')).toBe('37.94');
  });

  test('a broken probe says nan', () => {
    const { wait, broker, probe } = bench({ sensors: true });
    probe.valueC = NaN;
    wait(1_500);
    expect(broker.retained('bath/sensor/water/state')).toBe('nan');
  });

  test('a button goes on and off again', () => {
    const { wait, node, heard } = bench();
    node.press('button', { times: 1 });
    wait(500);
    expect(heard()).toEqual(['bath/binary_sensor/button/state ON', 'bath/binary_sensor/button/state OFF']);
    node.press('button', { holdMs: 5_000 });
    wait(4_900);
    expect(heard()).toEqual(['bath/binary_sensor/button/state ON']);
  });
});

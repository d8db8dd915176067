// If this fails, Home Assistant shows something else than the bath does: a closed valve that is open, water that nobody
// measures, a fault that is not there; or it shows nothing, for it drops what it cannot read.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Random } from '../../src/random/random.ts';
import { HomeAssistant } from '../../src/integrations/homeassistant/index.ts';
import { DEFAULT_PROTOCOLS } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import type { StateObject } from '../../src/model/state.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';
import { violations } from './ha-checker.ts';
import { attributes, available, entity, misread, pressed, readDevice, rendered } from './home-assistant.ts';
import type { HaDevice } from './home-assistant.ts';
import { render } from './jinja.ts';

interface Wire {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

const BATHS = ['foot-bath', 'foot-bath-mixer'] as const;

/** A simulated bath whose station Home Assistant is told of, and everything said on its broker. */
function bath(
  name: (typeof BATHS)[number],
  more: { readonly mqtt?: boolean; readonly retained?: readonly string[] } = {},
) {
  const config = exampleConfig(name);
  const simulation = new Simulation(config, 5);
  const { world } = simulation;
  const wire: Wire[] = [];
  world.broker.tap(({ topic, payload, retain }) => wire.push({ topic, payload, retain }));
  const ha = world.broker.connect({ clientId: 'ha' });
  simulation.run(100);
  for (const topic of more.retained ?? []) ha.publish({ topic, payload: 'start', qos: 1, retain: true });
  simulation.run(100);
  const stations = config.stations.map((settings) => ({
    settings: more.mqtt === true ? { ...settings, prepareFrom: ['mqtt' as const] } : settings,
    protocols: ['contrast-foot-bath', 'warm-soak'],
  }));
  new HomeAssistant({
    bus: world.broker.connect({ clientId: 'view' }),
    controller: world.controller,
    stations,
    desks: [],
    site: config.site,
    version: '1.2.3',
    simulated: true,
    defaultProtocols: DEFAULT_PROTOCOLS,
    clock: world.clock,
    random: new Random(1, 'jitter'),
    log: silentLog,
  });
  simulation.run(5_000);
  const discovery = wire.filter(({ topic }) => topic.startsWith('homeassistant/device/'));
  const told = discovery.at(-1);
  if (told === undefined) throw new Error('Home Assistant was told nothing');
  return { simulation, wire, discovery, device: readDevice(told.payload), ha, station: simulation.station };
}

/** What each entity makes of a state, by its name. */
function shown(device: HaDevice, state: StateObject): Record<string, string> {
  const topic = 'ebb/foot-bath/state';
  const entries = Object.entries(device.components)
    .filter(([, { state_topic: from }]) => from === topic)
    .map(([key, component]) => [key, rendered(component, JSON.stringify(state))] as const);
  return Object.fromEntries(entries);
}

describe('what Home Assistant is told', () => {
  it.each(BATHS)('breaks no rule of device discovery (%s)', (name) => {
    for (const mqtt of [false, true]) {
      const { discovery } = bath(name, { mqtt });
      expect(discovery.length).toBeGreaterThan(0);
      expect(violations(discovery)).toEqual([]);
    }
  });

  it('has the entities that the station has, and none that opens a valve', () => {
    const { device } = bath('foot-bath');
    expect(Object.keys(device.components).sort()).toEqual(
      ['phase', 'water', 'ends', 'step', 'message', 'valve_hot', 'valve_cold', 'ready', 'problem', 'event']
        .concat(['stop', 'pause'])
        .sort(),
    );
    expect(device.device.name).toContain('SIMULATED');
    for (const [key, component] of Object.entries(device.components)) {
      expect(component.unique_id).toBe(`ebb_home_foot-bath_${key}`);
      expect(component.qos).toBe(1);
      if (key !== 'stop' && key !== 'pause') expect(component.command_topic).toBeUndefined();
    }
    expect(
      Object.keys(bath('foot-bath-mixer').device.components).filter((key) => key.startsWith('valve')),
    ).toEqual(['valve_mixer']);
  });

  it('offers a start and the choice of a protocol only where MQTT may prepare', () => {
    const { device } = bath('foot-bath', { mqtt: true });
    expect(entity(device, 'protocol').options).toEqual(['contrast-foot-bath', 'warm-soak']);
    expect(entity(device, 'start').command_topic).toBe('ebb/foot-bath/select/start');
    expect(bath('foot-bath').device.components['start']).toBeUndefined();
  });

  it('counts as there only while the controller is online', () => {
    const { device } = bath('foot-bath');
    expect(['online', 'stopping', 'offline', ''].map((status) => available(device, status))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('what Home Assistant shows', () => {
  const idle: StateObject = {
    state: 'idle',
    phase: 'idle',
    operation: null,
    ready_until: null,
    exposed: false,
    session: null,
    protocol: null,
    person: null,
    step: null,
    water_c: 21.5,
    valves: { hot: 'closed', cold: 'closed' },
    fault: null,
    locked: null,
    prompt: null,
    next: null,
    message: null,
    simulated: true,
  };
  const at = '2026-01-01T00:00:00.000Z';
  const later = '2026-01-01T00:03:00.000Z';
  const step = {
    index: 1,
    count: 6,
    kind: 'cold' as const,
    cycle: 1,
    cycles: 3,
    target_c: 15,
    started_at: at,
    ends_at: later,
  };
  const nothing = { phase: 'idle', water: 'None', ends: 'None', step: 'None', message: 'None' };
  const closed = { valve_hot: 'closed', valve_cold: 'closed', ready: 'OFF', problem: 'OFF' };
  const cold = { ...idle, state: 'running' as const, phase: 'cold' as const, step };

  it.each([
    ['at rest: no water that nobody measures', idle, { ...nothing, ...closed }],
    [
      'in a step',
      { ...cold, valves: { hot: 'closed', cold: 'open' } },
      { phase: 'cold', water: '21.5', ends: later, step: 'cold, cycle 1 of 3', valve_cold: 'open' },
    ],
    [
      'before the first reading',
      { ...cold, water_c: null, step: { ...step, started_at: null, ends_at: null } },
      { water: 'None', ends: 'None', step: 'cold, cycle 1 of 3' },
    ],
    [
      'ready water, and until when',
      { ...cold, state: 'starting', phase: 'ready', ready_until: later, step: null },
      { ready: 'ON', ends: later },
    ],
    [
      'a valve of which nobody knows: unknown, never closed',
      { ...idle, valves: { hot: 'unknown', cold: 'failed' } },
      { valve_hot: 'None', valve_cold: 'None' },
    ],
    [
      'a valve that the state does not have',
      { ...idle, valves: {} },
      { valve_hot: 'None', valve_cold: 'None' },
    ],
    [
      'a fault',
      { ...idle, phase: 'fault', fault: { code: 'too_warm', detector: 'T2', latched: true } },
      { problem: 'ON', phase: 'fault' },
    ],
    ['an aborted session', { ...idle, state: 'aborted', phase: 'fault' }, { problem: 'ON', water: 'None' }],
    ['a message that is too long', { ...idle, message: 'x'.repeat(300) }, { message: 'x'.repeat(255) }],
  ] as const)('%s', (_what, state, expected) => {
    expect(shown(bath('foot-bath').device, state)).toMatchObject(expected);
  });

  it('names the fault in the attributes, and forgets it with the fault', () => {
    const problem = entity(bath('foot-bath').device, 'problem');
    const fault = { code: 'too_warm', detector: 'T2', latched: true };
    expect(attributes(problem, JSON.stringify({ ...idle, fault }))).toEqual(fault);
    expect(attributes(problem, JSON.stringify(idle))).toEqual({});
  });

  it.each(BATHS)('can read everything that a session tells (%s)', (name) => {
    const { simulation, device, wire } = bath(name);
    simulation.start();
    simulation.finish();
    // And one that is stopped, with the water on.
    simulation.run(10_000);
    simulation.start();
    simulation.untilPhase('preparing');
    simulation.run(20_000);
    simulation.say('stop');
    simulation.untilPhase('stopped');
    simulation.run(1_000);
    const phases = new Set<string>();
    let read = 0;
    for (const component of Object.values(device.components)) {
      for (const { topic, payload } of wire) {
        if (topic !== component.state_topic) continue;
        expect(misread(component, rendered(component, payload))).toBeNull();
        if (component === device.components['phase']) phases.add(rendered(component, payload));
        read += 1;
      }
    }
    expect([...phases]).toEqual(
      expect.arrayContaining(['idle', 'preparing', 'ready', 'warm', 'cold', 'changing', 'done', 'stopped']),
    );
    expect(read).toBeGreaterThan(1_000);
    expect(wire.some(({ topic }) => topic === `ebb/${simulation.station}/event`)).toBe(true);
  });
});

describe('what Home Assistant says', () => {
  const errors = (wire: readonly Wire[]): string[] =>
    wire.filter(({ topic }) => topic === 'ebb/foot-bath/error').map(({ payload }) => payload);

  it('starts the protocol that was chosen, which is shown and kept for whoever comes later', () => {
    const { simulation, device, wire, ha } = bath('foot-bath', { mqtt: true });
    const select = entity(device, 'protocol');
    const topic = select.state_topic ?? '';
    expect(simulation.world.broker.retained(topic)).toBe('contrast-foot-bath');
    ha.publish(pressed(select, 'warm-soak'));
    simulation.run(1_000);
    expect(simulation.world.broker.retained(topic)).toBe('warm-soak');
    ha.publish(pressed(entity(device, 'start')));
    simulation.run(1_000);
    expect(simulation.state).toMatchObject({ protocol: 'warm-soak', phase: 'preparing' });
    expect(errors(wire)).toEqual([]);
    // A start prepares; contact begins only with a press at the station.
    expect(simulation.state.exposed).toBe(false);
  });

  it('gets the reason of each refusal', async () => {
    const { simulation, device, wire, ha } = bath('foot-bath', { mqtt: true });
    const start = entity(device, 'start');
    const say = async (message: ReturnType<typeof pressed>): Promise<string> => {
      ha.publish(message);
      simulation.run(1_000);
      // The controller answers within its call, and whoever asked hears of it after that.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      simulation.run(1_000);
      return errors(wire).at(-1) ?? '';
    };
    expect(await say(pressed(entity(device, 'protocol'), 'cold-plunge'))).toContain('unknown_protocol');
    expect(await say({ ...pressed(start), payload: 'go' })).toContain('bad_command');
    await say(pressed(start));
    expect(await say(pressed(start))).toContain('busy');
    expect(simulation.state.protocol).toBe('contrast-foot-bath');
  });

  it('is left out where it presses without end', () => {
    const { simulation, device, wire, ha } = bath('foot-bath', { mqtt: true });
    for (let press = 0; press < 1_000; press += 1)
      ha.publish({ ...pressed(entity(device, 'start')), payload: 'x' });
    simulation.run(1_000);
    expect(errors(wire).length).toBeGreaterThan(0);
    expect(errors(wire).length).toBeLessThan(20);
    expect(simulation.state.state).toBe('idle');
  });

  it('starts nothing because of a press that somebody has had retained', () => {
    const retained = ['ebb/foot-bath/select/start', 'ebb/foot-bath/select/protocol/set'];
    const { simulation, wire } = bath('foot-bath', { mqtt: true, retained });
    simulation.run(5_000);
    expect(simulation.state.state).toBe('idle');
    expect(errors(wire).map((error) => z.object({ code: z.string() }).parse(JSON.parse(error)).code)).toEqual(
      ['retained', 'retained'],
    );
  });

  it('starts nothing where MQTT may not prepare, whatever it publishes', () => {
    const { simulation, ha } = bath('foot-bath');
    ha.publish({ topic: 'ebb/foot-bath/select/start', payload: 'start', qos: 1 });
    simulation.run(5_000);
    expect(simulation.state.state).toBe('idle');
  });
});

describe('when Home Assistant is told', () => {
  const CONFIG = 'homeassistant/device/ebb_home_foot-bath/config';
  /** Which of the two topics were said since, in order. */
  const said = (wire: readonly Wire[], from: number): string[] =>
    wire
      .slice(from)
      .filter(({ topic }) => topic === CONFIG || topic === 'ebb/foot-bath/state')
      .map(({ topic }) => (topic === CONFIG ? 'config' : 'state'));

  it('is told again after the link was lost, and not while it is', () => {
    const { simulation, wire } = bath('foot-bath');
    const from = wire.length;
    simulation.world.broker.drop('view');
    simulation.run(30_000);
    expect(said(wire, from)).toEqual([]);
    simulation.world.broker.restore('view');
    simulation.run(5_000);
    expect(said(wire, from)).toEqual(['config', 'state']);
  });

  it('is told at each birth, also one that comes while the states of the one before are due', () => {
    const { simulation, wire, ha } = bath('foot-bath');
    const born = (payload: string): void => {
      ha.publish({ topic: 'homeassistant/status', payload, qos: 0 });
    };
    let from = wire.length;
    born('offline');
    simulation.run(10_000);
    expect(said(wire, from)).toEqual([]);
    born('online');
    born('online');
    simulation.until(() => said(wire, from).length > 0);
    born('online');
    simulation.run(10_000);
    expect(said(wire, from).filter((what) => what === 'config')).toHaveLength(2);
    expect(said(wire, from).at(-1)).toBe('state');
    from = wire.length;
    simulation.run(60_000);
    expect(said(wire, from)).toEqual([]);
  });

  it('takes back what an earlier run offered and this one does not', () => {
    const { simulation, wire } = bath('foot-bath');
    const from = wire.length;
    const old = { components: { phase: { platform: 'sensor' }, start: { platform: 'button' } } };
    const hand = simulation.world.broker.connect({ clientId: 'hand' });
    simulation.run(100);
    hand.publish({ topic: CONFIG, payload: JSON.stringify(old), qos: 1, retain: true });
    simulation.run(100);
    // The broker tells it as retained to whoever connects now.
    simulation.world.broker.drop('view');
    simulation.run(100);
    simulation.world.broker.restore('view');
    simulation.run(10_000);
    const [first, second] = wire
      .slice(from)
      .filter(({ topic, payload }) => topic === CONFIG && payload !== JSON.stringify(old));
    expect(Object.keys(readDevice(first?.payload ?? '').components)).toContain('start');
    expect(Object.keys(readDevice(second?.payload ?? '').components)).not.toContain('start');
  });

  it.each(['', 'x', '[]', '{"components":{"a":{}}}', '{"components":{"a":{"platform":"no such!"}}}'])(
    'writes over what somebody else has left there (%s)',
    (payload) => {
      const { simulation, wire, ha } = bath('foot-bath');
      ha.publish({ topic: CONFIG, payload, qos: 1, retain: true });
      simulation.run(100);
      simulation.world.broker.drop('view');
      simulation.run(100);
      simulation.world.broker.restore('view');
      simulation.run(10_000);
      const kept = simulation.world.broker.retained(CONFIG) ?? '';
      expect(violations([{ topic: CONFIG, payload: kept, retain: true }])).toEqual([]);
      expect(wire.filter(({ topic, payload: text }) => topic === CONFIG && text === kept)).toHaveLength(2);
    },
  );
});

describe('the reader of templates', () => {
  it.each([
    ["{{ a if b else 'None' }}", { a: 1.5, b: 'x' }, '1.5'],
    ["{{ a if b else 'None' }}", { a: 1.5, b: {} }, 'None'],
    ["{{ (a.b if a else none) or c or 'None' }}", { a: null, c: null }, 'None'],
    ["{{ a not in ['x', 'y'] and b is not none }}", { a: 'z', b: null }, 'False'],
    ["{{ a.b ~ ' of ' ~ a.c }}!", { a: { b: 1, c: 2 } }, '1 of 2!'],
    ["{{ (a or 'None')[:2] }}", { a: 'abc' }, 'ab'],
    ['{{ (a or {}) | tojson }}', { a: { b: true } }, '{"b":true}'],
  ] as const)('reads %s', (template, scope, expected) => {
    expect(render(template, scope)).toBe(expected);
  });

  it.each(['{% if a %}', '{{ a.b.c }}', '{{ a | upper }}', '{{ a b }}', '{{ d }}'])(
    'does not guess at %s',
    (text) => {
      expect(() => render(text, { a: {}, b: 1 })).toThrow();
    },
  );
});

/**
 * If these fail, a bath with Zigbee valves is not safe or not usable: sessions trip without a cause, a relay stays open
 * longer than its countdown when Ebb, the bridge or the mesh dies, or a valve that cannot do it is opened all the same.
 */
import { describe, expect, test } from 'vitest';
import { controllerOnBus } from '../../src/main.ts';
import { Random } from '../../src/random/random.ts';
import { Zigbee2mqtt } from '../../firmware-sim/gadgets/zigbee2mqtt.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const EXAMPLE = 'foot-bath-zigbee2mqtt';
const SET = 'zigbee2mqtt/bath_valves/set';
/** The longest countdown, the way to the relay and through the mesh, and the travel of the valve. */
const CLOSED_WITHIN_MS = 30_000 + 400 + 450;

interface Sent {
  readonly atMs: number;
  readonly payload: string;
}

function tapped(seed: number) {
  const config = exampleConfig(EXAMPLE);
  const sim = new Simulation(config, seed);
  const { clientId } = controllerOnBus({ config });
  const sent: Sent[] = [];
  const retained: string[] = [];
  sim.world.broker.tap((message) => {
    if (message.clientId !== clientId || !message.topic.startsWith('zigbee2mqtt/')) return;
    if (message.retain) retained.push(message.topic);
    if (message.topic === SET) sent.push({ atMs: message.sentAtMs, payload: message.payload });
  });
  const bridge = sim.world.rig.gadgetOf('foot-bath-hot');
  if (!(bridge instanceof Zigbee2mqtt)) throw new Error('the valves of the example are not at a bridge');
  return { sim, sent, retained, bridge, clientId };
}

/** By the truth of the plant: how often hot and cold were open at once, and the longest opening so far. */
function openings(sim: Simulation) {
  const nowMs = sim.world.clock.nowMs();
  const all = sim.world.rig.plant.openings().map((each) => ({ ...each, endMs: each.closedAtMs ?? nowMs }));
  const both = all.filter((one) =>
    all.some((two) => two.valve !== one.valve && two.openedAtMs < one.endMs && one.openedAtMs < two.endMs),
  );
  return { count: all.length, both: both.length };
}

const trips = (sim: Simulation): string[] =>
  sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'trip' ? [String(news.detail['code'])] : [],
  );

test('seeds 1 to 20 complete; each open has its countdown and each renewal comes at a third; never both valves', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { sim, sent, retained } = tapped(seed);
    sim.start();
    expect(sim.finish(), `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
    expect(trips(sim), `seed ${seed}`).toEqual([]);
    expect(openings(sim), `seed ${seed}`).toMatchObject({ both: 0 });
    expect(openings(sim).count).toBeGreaterThanOrEqual(8);
    expect(sim.dry).toBe(true);
    expect(retained).toEqual([]);
    const opens = sent.filter(({ payload }) => payload.includes('"ON"'));
    for (const { payload } of opens)
      expect(payload).toMatch(/^\{"(state_l[12])":"ON","countdown_l[12]":(2[789]|30)\}$/);
    for (const { payload } of sent.filter(({ payload: each }) => !each.includes('"ON"')))
      expect(payload).toMatch(/^\{"state_l[12]":"OFF"\}$/);
    for (const [index, { atMs, payload }] of opens.entries()) {
      const next = opens[index + 1];
      const closed = sent.find((each) => each.atMs >= atMs && each.payload.includes('"OFF"'));
      if (next === undefined || closed === undefined || closed.atMs < next.atMs) continue;
      expect(next.atMs - atMs, `${payload} was renewed`).toBeGreaterThan(9_900);
      expect(next.atMs - atMs, `${payload} was renewed`).toBeLessThan(10_200);
    }
  }
});

describe('cut off at any moment', () => {
  const moments = new Random(7, 'zigbee');
  const points = Array.from({ length: 24 }, (_, index) => ({
    seed: index + 1,
    atMs: Math.round(moments.between(5_000, 690_000)),
  }));

  test('a dead controller: every opening ends within its countdown', () => {
    let open = 0;
    for (const { seed, atMs } of points) {
      const { sim, clientId } = tapped(seed);
      sim.start();
      sim.run(atMs);
      sim.world.broker.drop(clientId);
      sim.run(50);
      if (!sim.dry) open += 1;
      sim.run(CLOSED_WITHIN_MS);
      expect(sim.dry, `seed ${seed}, ${atMs} ms`).toBe(true);
    }
    expect(open).toBeGreaterThan(5);
  });

  test.each(['disconnect', 'reboot'] as const)('a bridge that is gone (%s): closed, aborted, told', (how) => {
    for (const seed of [1, 2, 3, 4]) {
      const { sim, bridge } = tapped(seed);
      sim.start();
      sim.untilPhase('warm', 2);
      sim.run(5_000 + seed * 9_000);
      bridge[how]();
      sim.run(CLOSED_WITHIN_MS);
      expect(sim.dry, `seed ${seed}`).toBe(true);
      expect(sim.result).toMatchObject({ outcome: 'aborted' });
    }
  });

  test('a mesh without a route: given up, and closed by the relay itself', () => {
    const { sim, bridge } = tapped(3);
    sim.start();
    sim.untilPhase('warm', 2);
    sim.run(5_000);
    bridge.device('bath_valves')?.route(false);
    sim.run(CLOSED_WITHIN_MS);
    expect(sim.dry).toBe(true);
    expect(sim.result).toMatchObject({ outcome: 'aborted' });
    bridge.device('bath_valves')?.route(true);
    sim.run(60_000);
    expect(sim.dry).toBe(true);
  });

  test('a STOP at any moment around an open leaves nothing that turns itself on', () => {
    let overtaken = 0;
    for (let step = 0; step < 40; step += 1) {
      const { sim, sent } = tapped(2);
      let stopped = false;
      sim.world.broker.tap(({ topic, payload }) => {
        // The echo of a countdown that reached the relay after the close.
        if (stopped && topic === 'zigbee2mqtt/bath_valves' && /"countdown_l1":[1-9]/.test(payload))
          overtaken += 1;
      });
      sim.start();
      sim.until(() => sent.some(({ payload }) => payload.includes('"ON"')));
      sim.run(step * 10);
      sim.say('stop');
      stopped = true;
      sim.run(5_000);
      const before = openings(sim).count;
      sim.run(60_000);
      expect(sim.dry, `${step * 10} ms`).toBe(true);
      expect(openings(sim).count, `${step * 10} ms`).toBe(before);
    }
    expect(overtaken).toBeGreaterThan(0);
  });

  test('a bridge that dies within an open and comes back: closed first, whatever was left without a countdown', () => {
    let stranded = 0;
    for (let step = 0; step < 30; step += 1) {
      const { sim, sent, bridge } = tapped(2);
      sim.start();
      sim.until(() => sent.some(({ payload }) => payload.includes('"ON"')));
      sim.run(step * 10);
      bridge.reboot();
      sim.run(3_000);
      if (!sim.dry) stranded += 1;
      // Its start takes 8 s at the most, and the first close may come before it listens.
      sim.run(9_000);
      expect(sim.dry, `${step * 10} ms`).toBe(true);
    }
    expect(stranded).toBeGreaterThan(0);
  });

  test('a controller that is ended within an open leaves nothing that turns itself on', () => {
    for (let step = 0; step < 30; step += 1) {
      const { sim, sent } = tapped(2);
      sim.start();
      sim.until(() => sent.some(({ payload }) => payload.includes('"ON"')));
      sim.run(step * 10);
      void sim.world.controller.close();
      sim.run(5_000);
      const before = openings(sim).count;
      sim.run(60_000);
      expect(sim.dry, `${step * 10} ms`).toBe(true);
      expect(openings(sim).count, `${step * 10} ms`).toBe(before);
    }
  });

  test('a power cut of the relay module ends the session, and nothing opens by itself', () => {
    const { sim, bridge } = tapped(5);
    sim.start();
    sim.untilPhase('warm', 2);
    bridge.device('bath_valves')?.powerCycle();
    sim.run(10_000);
    expect(sim.result).toMatchObject({ outcome: 'aborted' });
    expect(sim.dry).toBe(true);
  });
});

describe('what cannot do it is not opened', () => {
  const named = (model: string, more: Readonly<Record<string, unknown>> = {}) => ({
    friendly_name: 'bath_valves',
    interview_state: 'SUCCESSFUL',
    definition: {
      model,
      exposes: ['l1', 'l2'].map((endpoint) => ({
        type: 'switch',
        features: [{ name: 'state', property: `state_${endpoint}`, endpoint, access: 7 }],
      })),
    },
    ...more,
  });

  test.each([
    ['a motorised ball valve', named('SWV'), /SWV.*10 s to move.*solenoid/],
    ['a relay without a timer', named('ZBMINI'), /no timer known to close it/],
    ['a disabled one', named('TS0002_limited', { disabled: true }), /disabled/],
    ['a stranger', { ...named('x'), friendly_name: 'other' }, /no device "bath_valves"/],
  ])('%s: start says why', async (_what, device, words) => {
    const { sim, sent } = tapped(1);
    const bus = sim.world.broker.connect({ clientId: 'another-bridge' });
    sim.run(100);
    bus.publish({
      topic: 'zigbee2mqtt/bridge/devices',
      payload: JSON.stringify([device]),
      qos: 1,
      retain: true,
    });
    sim.run(5_000);
    const asked = sim.world.controller.command(
      sim.station,
      { command: 'start', protocol: 'contrast-foot-bath' },
      'cli',
    );
    const error = await asked;
    expect(error).toMatchObject({ code: 'not_ready' });
    expect(error?.message).toMatch(words);
    sim.run(60_000);
    expect(sent.filter(({ payload }) => payload.includes('"ON"'))).toEqual([]);
  });
});

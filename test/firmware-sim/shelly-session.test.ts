/**
 * If these fail, a bath on two Shelly boxes is not safe: hot and cold open together, an open without a timer in the
 * device, a valve that stays open when the controller, the network or the power is gone.
 */
import { describe, expect, test } from 'vitest';
import { Shelly } from '../../firmware-sim/gadgets/shelly.ts';
import { loadConfig } from '../../src/config/index.ts';
import { controllerOnBus } from '../../src/main.ts';
import { packageRoot } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { Simulation } from '../support/simulate.ts';

/** The lease, the way to the device, and the travel of the valve. */
const CLOSED_WITHIN_MS = 10_000 + 200 + 500;

const { config, problems } = loadConfig(`${packageRoot()}/examples/foot-bath-shelly.yaml`, { env: {} });

function simulate(seed: number) {
  if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  const sim = new Simulation(config, seed);
  const wire: { atMs: number; topic: string; payload: string; retain: boolean }[] = [];
  const ours = controllerOnBus({ config }).clientId;
  sim.world.broker.tap(({ atMs, clientId, topic, payload, retain }) => {
    if (clientId === ours && topic.endsWith('/rpc')) wire.push({ atMs, topic, payload, retain });
  });
  const valves = sim.world.rig.gadgetOf('foot-bath-hot');
  if (!(valves instanceof Shelly)) throw new Error('the valves are no Shelly');
  return { sim, wire, valves, ours };
}

const openings = (sim: Simulation, valve: string) =>
  sim.world.rig.plant.openings().filter((opening) => opening.valve === valve);

/** The longest time that hot and cold were open at once, milliseconds. */
function together(sim: Simulation): number {
  return Math.max(
    0,
    ...openings(sim, 'hot').flatMap((hot) =>
      openings(sim, 'cold').map(
        (cold) =>
          Math.min(hot.closedAtMs ?? Infinity, cold.closedAtMs ?? Infinity) -
          Math.max(hot.openedAtMs, cold.openedAtMs),
      ),
    ),
  );
}

test('the example is valid, and warns of nothing but the button', () => {
  expect(problems.map(({ code }) => code)).toEqual(['not_asked']);
});

test('seeds 1 to 20 all complete, and hot and cold are never both open', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { sim } = simulate(seed);
    sim.start();
    expect(sim.finish(), `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
    expect(together(sim), `seed ${seed}`).toBe(0);
    expect(sim.dry).toBe(true);
    expect(openings(sim, 'cold').length).toBeGreaterThanOrEqual(3);
  }
});

test('on the wire every open has its timer and is renewed in time, no close has one, and nothing is retained', () => {
  const { sim, wire } = simulate(3);
  sim.start();
  sim.finish();
  const sets = wire
    .filter(({ topic, payload }) => topic === 'bath-valves/rpc' && payload.includes('"Switch.Set"'))
    .map(({ atMs, payload }) => ({
      atMs,
      params: (JSON.parse(payload) as { params: { id: number; on: boolean; toggle_after?: number } }).params,
    }));
  for (const { params } of sets) expect(params.toggle_after).toBe(params.on ? 10 : undefined);
  for (const id of [0, 1]) {
    const mine = sets.filter(({ params }) => params.id === id);
    for (const [index, { atMs, params }] of mine.entries()) {
      const next = mine[index + 1];
      if (params.on && next !== undefined) expect(next.atMs - atMs).toBeLessThanOrEqual(3_400);
    }
  }
  expect(wire.some(({ retain }) => retain)).toBe(false);
});

describe('cut off in the middle of it', () => {
  const random = new Random(7, 'shelly');
  const moments = Array.from({ length: 20 }, (_, index) => ({
    seed: index + 1,
    atMs: Math.round(random.between(50, 690_000)),
  }));

  test('the controller dies: every valve closes by its own timer', () => {
    let worstMs = 0;
    for (const { seed, atMs } of moments) {
      const { sim, ours } = simulate(seed);
      sim.start();
      sim.run(atMs);
      const wasOpen = !sim.dry;
      sim.world.broker.drop(ours);
      const diedMs = sim.world.clock.nowMs();
      sim.until(() => sim.dry, CLOSED_WITHIN_MS + 1_000);
      const afterMs = sim.world.clock.nowMs() - diedMs;
      expect(afterMs, `seed ${seed} at ${atMs}`).toBeLessThanOrEqual(CLOSED_WITHIN_MS);
      if (wasOpen) worstMs = Math.max(worstMs, afterMs);
      const opened = sim.world.rig.plant.openings().length;
      sim.run(120_000);
      expect(sim.world.rig.plant.openings().length).toBe(opened);
    }
    expect(worstMs).toBeGreaterThan(5_000);
  });

  test('the box loses its network: closed by its timer, ended, and found again', () => {
    const { sim } = simulate(4);
    sim.start();
    sim.untilPhase('warm', 1);
    sim.run(20_000);
    sim.world.rig.faults.disconnect('foot-bath-hot');
    const lostMs = sim.world.clock.nowMs();
    sim.until(() => sim.dry, CLOSED_WITHIN_MS);
    expect(sim.world.clock.nowMs() - lostMs).toBeLessThanOrEqual(CLOSED_WITHIN_MS);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted' });
    sim.world.rig.faults.reconnect('foot-bath-hot');
    sim.run(20_000);
    expect(sim.state.valves).toMatchObject({ hot: 'closed', cold: 'closed' });
  });

  test('the box loses its power: closed at once, and closed when it is back', () => {
    const { sim } = simulate(5);
    sim.start();
    sim.untilPhase('warm', 2);
    sim.run(20_000);
    sim.world.rig.faults.reboot('foot-bath-hot');
    sim.run(600);
    expect(sim.dry).toBe(true);
    const opened = sim.world.rig.plant.openings().length;
    expect(sim.finish()).toMatchObject({ outcome: 'aborted' });
    sim.run(60_000);
    expect(sim.world.rig.plant.openings().length).toBe(opened);
    expect(sim.state.valves).toMatchObject({ hot: 'closed', cold: 'closed' });
  });

  test('the box overheats: the session ends, and a start is refused in its words until it has cooled', async () => {
    const { sim, valves } = simulate(6);
    sim.start();
    sim.untilPhase('warm', 1);
    sim.run(20_000);
    valves.fail(0, ['overtemp']);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'device_refused' });
    sim.run(20_000);
    sim.say('clear');
    const start = () => sim.world.controller.command(sim.station, { command: 'start' }, 'cli');
    expect(await start()).toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(/overtemp/) as string,
    });
    expect(sim.dry).toBe(true);
    valves.fail(0, []);
    sim.run(20_000);
    expect(sim.state.valves).toMatchObject({ hot: 'closed', cold: 'closed' });
    expect(await start()).toBeNull();
  });

  test('STOP at the button of the box itself closes within a quarter of a second on the wire', () => {
    const { sim, wire } = simulate(8);
    sim.start();
    sim.untilPhase('warm', 1);
    sim.run(20_000);
    const pressedMs = sim.world.clock.nowMs();
    sim.world.rig.press();
    expect(sim.finish()).toMatchObject({ outcome: 'stopped' });
    const closed = wire.find(
      ({ atMs, payload }) => atMs > pressedMs && payload.includes('"on":false') && payload.includes('hot'),
    );
    expect((closed?.atMs ?? Infinity) - pressedMs).toBeLessThanOrEqual(250);
  });
});

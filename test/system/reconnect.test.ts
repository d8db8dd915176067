/**
 * If these fail, a controller that comes back from a lost link opens water on what it believed before: on a valve that
 * may have been left open by somebody else, or on a temperature from before the cut.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleConfig, Simulation } from '../support/simulate.ts';

const CONTROLLER = 'ebb-home';
const config = exampleConfig('foot-bath');

interface Wire {
  readonly atMs: number;
  readonly topic: string;
  readonly payload: string;
}

/** What passes the broker, of devices and of the controller. */
function wireOf(sim: Simulation): Wire[] {
  const wire: Wire[] = [];
  sim.world.broker.tap(({ atMs, topic, payload }) => {
    wire.push({ atMs, topic, payload });
  });
  return wire;
}

const isOpen = ({ topic, payload }: Wire): boolean =>
  /^cmnd\/[^/]+\/(POWER\d|TimedPower\d|Backlog)/i.test(topic) &&
  !/^(OFF|0)?$/i.test(payload) &&
  /\d{3,}|ON/.test(payload);
const saysClosed =
  (relay: number) =>
  ({ topic, payload }: Wire): boolean =>
    /^(stat|tele)\//.test(topic) &&
    (new RegExp(`"POWER${relay}":"OFF"`).test(payload) ||
      (topic.endsWith(`/POWER${relay}`) && payload === 'OFF'));
const saysWarmth = ({ topic, payload }: Wire): boolean =>
  (topic.includes('/sensor/') || /"Temperature":/.test(payload)) && /\d/.test(payload);

/** Cuts the link, brings it back, and presses for water at once and again until it comes. */
function comesBack(sim: Simulation, wire: Wire[], outageMs: number): void {
  const { broker, clock } = sim.world;
  const cutMs = clock.nowMs();
  broker.drop(CONTROLLER);
  sim.run(outageMs);
  expect(wire.filter(({ atMs }) => atMs > cutMs + 10).filter(isOpen)).toEqual([]);
  const upMs = clock.nowMs();
  broker.restore(CONTROLLER);
  const since = (): Wire[] => wire.filter(({ atMs }) => atMs >= upMs);
  for (let tries = 0; tries < 1_200 && !since().some(isOpen); tries += 1) {
    sim.say('clear');
    sim.start();
    sim.run(50);
  }
  const open = since().find(isOpen);
  expect(open, `after a cut at ${cutMs} for ${outageMs} ms nothing ever opened again`).toBeDefined();
  const before = since().filter(({ atMs }) => atMs < (open?.atMs ?? 0));
  const told = [saysClosed(1), saysClosed(2), saysWarmth].map((says) => before.some(says));
  expect(told, `opened at ${open?.atMs ?? 0} after a link up at ${upMs}`).toEqual([true, true, true]);
}

test('at rest: a start in the moment of coming back waits until every valve and the thermometer has spoken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 1, max: 6_000 }), (atMs, outageMs) => {
      const sim = new Simulation(config, 5);
      const wire = wireOf(sim);
      sim.run(atMs);
      comesBack(sim, wire, outageMs);
    }),
    { numRuns: 40, seed: 11 },
  );
});

test('a thermometer that fell silent in the cut: what it said before opens nothing', () => {
  for (const atMs of [0, 300, 700, 1_100]) {
    const sim = new Simulation(config, 5);
    const wire = wireOf(sim);
    sim.run(atMs);
    // The broker goes on believing in it, and says that it is online.
    sim.world.broker.drop('bath-probe', { brokerAfterMs: 600_000 });
    sim.world.broker.drop(CONTROLLER);
    sim.run(50);
    sim.world.broker.restore(CONTROLLER);
    for (let tries = 0; tries < 200; tries += 1) {
      sim.start();
      sim.run(50);
    }
    expect(wire.filter(isOpen)).toEqual([]);
  }
});

test('in a session: the cut ends it, and the next one waits likewise', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 1, max: 20_000 }),
      (atMs, outageMs) => {
        const sim = new Simulation(config, 5);
        const wire = wireOf(sim);
        sim.start();
        sim.run(atMs);
        const running = sim.state.state === 'running';
        comesBack(sim, wire, outageMs);
        if (running) expect(sim.result?.outcome).toBe('aborted');
      },
    ),
    { numRuns: 40, seed: 12 },
  );
});

test('taken over by another client of the same id: one abort, and nothing opens any more', () => {
  const sim = new Simulation(config, 5);
  const wire = wireOf(sim);
  sim.start();
  sim.untilPhase('warm');
  const atMs = sim.world.clock.nowMs();
  sim.world.broker.connect({ clientId: CONTROLLER });
  sim.run(60_000);
  expect(sim.result).toMatchObject({ outcome: 'aborted' });
  expect(sim.dry).toBe(true);
  expect(wire.filter((message) => message.atMs > atMs + 10).filter(isOpen)).toEqual([]);
  expect(sim.told.filter(({ news }) => news.type === 'event' && news.event === 'taken_over')).toHaveLength(1);
  sim.say('clear');
  sim.start();
  sim.run(10_000);
  expect(sim.state.state).toBe('idle');
});

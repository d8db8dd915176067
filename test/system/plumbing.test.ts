/**
 * If these fail, water runs where nobody wants it and the master stays open, or a healthy meter, float or mat ends a
 * session. Real drivers and simulated boxes in every dialect, on one stream; what counts is the plant.
 */
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { Config } from '../../src/config/index.ts';
import { Simulation } from '../support/simulate.ts';

const { config: loaded, problems } = loadConfig(
  new URL('../fixtures/plumbed.yaml', import.meta.url).pathname,
  { env: {} },
);

function plumbed(answers: boolean | null = null): Config {
  if (loaded === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { ...loaded, simPerson: { ...loaded.simPerson, answers } };
}

const trips = (sim: Simulation): string[] =>
  sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'trip'
      ? [`${String(news.detail['detector'])} ${String(news.detail['code'])}`]
      : [],
  );
const isOpen = (sim: Simulation): readonly string[] =>
  (['hot', 'cold', 'master'] as const).filter((valve) => sim.world.rig.plant.isOpen(valve));

/** Runs until nothing is open, and says how long that took. */
function shutAfterMs(sim: Simulation): number {
  const fromMs = sim.world.clock.nowMs();
  sim.until(() => isOpen(sim).length === 0, 60_000);
  return sim.world.clock.nowMs() - fromMs;
}

function warm(seed = 3): Simulation {
  const sim = new Simulation(plumbed(), seed);
  sim.start();
  sim.untilPhase('warm');
  sim.run(20_000);
  return sim;
}

test('the config says what a level on a stream is for, and that T13 is asked', () => {
  expect(problems.map(({ code }) => code)).toEqual(['level_of_stream']);
});

describe('a healthy station', () => {
  test.each([1, 2, 3])('completes, seed %i', (seed) => {
    const sim = new Simulation(plumbed(), seed);
    sim.start();
    expect([sim.finish().outcome, trips(sim)]).toEqual(['complete', []]);
    sim.run(60_000);
    expect([isOpen(sim), trips(sim)]).toEqual([[], []]);
  });

  test('the master is open whenever a side is, and shown', () => {
    const sim = warm();
    expect(sim.state.valves).toEqual({ hot: 'open', cold: 'closed', master: 'open' });
    for (let second = 0; second < 300 && sim.result === null; second += 1) {
      sim.run(1_000);
      const open = isOpen(sim);
      if (open.includes('hot') || open.includes('cold')) expect(open).toContain('master');
    }
  });

  test('whoever stands on the mat is not asked', () => {
    const sim = new Simulation(plumbed(false), 4);
    sim.start();
    expect(sim.finish().outcome).toBe('complete');
  });
});

describe('water where none should be', () => {
  test.each(['foot-bath-leak', 'foot-bath-leak-2', 'foot-bath-leak-3'])(
    '%s wet: everything closes',
    (leak) => {
      const sim = warm();
      sim.world.rig.contacts.get(leak)?.set(true);
      // The way over the air and the bus, the detector's 0.5 s, the travel of the valves.
      expect(shutAfterMs(sim)).toBeLessThanOrEqual(2_500);
      expect([trips(sim)[0], sim.finish().reason]).toEqual(['T7 leak', 'leak']);
      expect(sim.state.message).toContain(`${leak} is wet`);
    },
  );

  test('a leak while nobody bathes is a fault that bars the next session until it is dry and cleared', () => {
    const sim = new Simulation(plumbed(), 3);
    sim.run(60_000);
    sim.world.rig.contacts.get('foot-bath-leak')?.set(true);
    sim.run(2_000);
    expect(sim.state).toMatchObject({ phase: 'fault', fault: { detector: 'T7', code: 'leak' } });
    sim.say('clear');
    sim.start();
    sim.run(30_000);
    expect([isOpen(sim), sim.world.rig.plant.openings()]).toEqual([[], []]);
  });

  test('a tray that does not drain: everything closes', () => {
    const sim = warm();
    sim.world.rig.contacts.get('foot-bath-level')?.set(true);
    expect(shutAfterMs(sim)).toBeLessThanOrEqual(2_000);
    expect(trips(sim)[0]).toBe('T7 overfull');
  });

  test('a meter that sees water at rest: told to close, master too, within 6 s', () => {
    const sim = new Simulation(plumbed(), 3);
    sim.run(60_000);
    const fromMs = sim.world.clock.nowMs();
    sim.world.rig.faults.probe('foot-bath-flow', () => 4);
    sim.until(() => trips(sim).length > 0, 60_000);
    expect(sim.world.clock.nowMs() - fromMs).toBeLessThanOrEqual(6_000);
    const closed = sim.told
      .filter(({ atMs, news }) => atMs >= fromMs && news.type === 'command' && news.action === 'close')
      .map(({ news }) => (news.type === 'command' ? news.device : ''));
    expect([trips(sim)[0], closed]).toEqual([
      'T7 flow_while_closed',
      ['foot-bath-hot', 'foot-bath-cold', 'foot-bath-master'],
    ]);
  });

  test('a hot valve that does not shut is shut out by the master', () => {
    const sim = warm();
    sim.world.rig.faults.jam('hot', true);
    sim.say('stop');
    sim.until(() => !sim.world.rig.plant.flows(), 5_000);
    sim.run(60_000);
    expect([sim.world.rig.plant.isOpen('hot'), sim.world.rig.plant.flows()]).toEqual([true, false]);
  });
});

test('no water with a valve open: after 5 s', () => {
  const sim = warm();
  sim.world.rig.faults.probe('foot-bath-flow', () => 0);
  expect(shutAfterMs(sim)).toBeLessThanOrEqual(5_000 + 2_000 + 600);
  expect(trips(sim)[0]).toBe('T7 no_flow');
});

test('a flow meter that falls silent ends nothing, and is told', () => {
  const sim = new Simulation(plumbed(), 3);
  sim.run(10_000);
  sim.world.rig.faults.probe('foot-bath-flow', () => Number.NaN);
  sim.run(20_000);
  expect(sim.state.message).toContain('The flow meter is silent');
  sim.start();
  expect(sim.finish().outcome).toBe('complete');
});

test('nobody on the mat for 10 s: a pause, and the end', () => {
  const sim = warm();
  const fromMs = sim.world.clock.nowMs();
  sim.world.rig.contacts.get('foot-bath-presence')?.set(false);
  expect(shutAfterMs(sim)).toBeLessThanOrEqual(10_000 + 1_500);
  expect(sim.world.clock.nowMs() - fromMs).toBeGreaterThan(10_000);
  expect(trips(sim)).toEqual(['T13 nobody_there']);
  expect(sim.finish()).toMatchObject({ outcome: 'stopped', reason: 'nobody_there' });
});

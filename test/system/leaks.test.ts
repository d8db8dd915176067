/**
 * If these fail, hot water runs where nobody expects it: a valve that does not shut though its relay says so, a scald
 * guard that fails while another detector is first to close, a press on water that is not steady any more.
 */
import { describe, expect, test } from 'vitest';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const PIPE = { deadTimeMs: 1_000, lagMs: 1_500, guardC: 38.5, coldC: 13 };

const trips = (sim: Simulation): string[] =>
  sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'trip' ? [String(news.detail['code'])] : [],
  );

describe('a hot valve that does not shut', () => {
  test.each([13, 10.8])('before the session: the proof test ends it (cold supply %s C)', (coldC) => {
    const sim = new Simulation(exampleConfig('foot-bath', { ...PIPE, coldC }), 5);
    sim.world.rig.faults.jam('hot', true);
    sim.start();
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', contact_s: 0 });
    expect(trips(sim)).not.toEqual([]);
  });

  test('from the second cold step on: that step is given up', () => {
    const sim = new Simulation(exampleConfig('foot-bath', PIPE), 5);
    sim.start('contrast-foot-bath', { cold: '60 s' });
    sim.untilPhase('warm', 2);
    sim.run(60_000);
    sim.world.rig.faults.jam('hot', true);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'out_of_band' });
  });

  test('after the last step: it is told though the session is over', () => {
    const sim = new Simulation(exampleConfig('foot-bath', PIPE), 5);
    sim.start();
    sim.untilPhase('cold', 3);
    sim.run(25_000);
    sim.world.rig.faults.jam('hot', true);
    sim.finish();
    sim.run(60_000);
    expect(trips(sim)).toEqual(['unexpected_rise']);
    expect(sim.state.fault).not.toBeNull();
  });

  test('its healthy sister raises no alarm when a session is stopped in a warm-up', () => {
    const sim = new Simulation(exampleConfig('foot-bath', { ...PIPE, lagMs: 4_000 }), 5);
    sim.start();
    sim.untilPhase('warm', 2);
    sim.run(4_000);
    sim.say('stop');
    sim.run(120_000);
    expect(trips(sim)).toEqual([]);
  });
});

test('a guard that fails to 60 C is latched, whichever detector closes first', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const sim = new Simulation(exampleConfig('foot-bath'), seed);
    sim.start();
    sim.untilPhase('warm');
    sim.run(30_000);
    sim.world.rig.plant.set({ hotC: 60, guardC: 60 });
    sim.finish();
    sim.run(20_000);
    const hot = sim.told.filter(
      ({ news }) => news.type === 'reading' && typeof news.value === 'number' && news.value >= 43,
    );
    if (hot.length >= 2) expect(sim.state.fault, `seed ${seed}`).toMatchObject({ latched: true });
  }
});

test('a press in ready counts only while the water is steady', () => {
  const config = exampleConfig('foot-bath', { deadTimeMs: 500, lagMs: 1_000, hotC: 55, guardC: 39.9 });
  const sim = new Simulation({ ...config, simPerson: { presses: false, answers: true } }, 4);
  sim.start();
  sim.untilPhase('ready');
  sim.run(2_000);
  sim.world.rig.plant.set({ guardC: 36.4 });
  sim.run(4_500);
  expect(sim.state.phase).toBe('preparing');
  sim.say('begin');
  expect(sim.state.exposed).toBe(false);
  sim.until(() => sim.state.exposed);
});

test('a session machine that goes deaf in a change keeps nobody in cold water for longer than L4', () => {
  const sim = new Simulation(exampleConfig('foot-bath', PIPE), 6);
  sim.start('contrast-foot-bath', { cold: '60 s' });
  sim.until(() => sim.state.phase === 'changing');
  const core = sim.world.controller.station(sim.station)?.core;
  if (core === undefined) throw new Error('no such station');
  core.machine = { step: (snapshot) => ({ snapshot, wants: [] }) };
  sim.run(120_000);
  const cold = sim.world.rig.plant
    .openings()
    .filter(({ valve }) => valve === 'cold')
    .at(-1);
  const openMs = (cold?.closedAtMs ?? Infinity) - (cold?.openedAtMs ?? 0);
  expect(openMs).toBeLessThanOrEqual(61_000 + 700);
});

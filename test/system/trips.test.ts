/**
 * If these fail, a machine that hangs can scald: each trip must reach the valves past a session machine that ignores
 * every event. Faults are made in the plant and on the bus; what counts is the true position of the valves.
 */
import { describe, expect, test } from 'vitest';
import type { PlantSettings } from '../../src/model/station.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

/** A session in the given step, its machine replaced by one that ignores everything from here on. */
function deafIn(phase: 'warm' | 'cold', plant: Partial<PlantSettings> = {}): Simulation {
  const sim = new Simulation(exampleConfig('foot-bath', { deadTimeMs: 1_000, lagMs: 1_500, ...plant }), 11);
  sim.start();
  sim.untilPhase(phase);
  sim.run(25_000);
  deafen(sim);
  return sim;
}

function deafen(sim: Simulation): void {
  const core = sim.world.controller.station(sim.station)?.core;
  if (core === undefined) throw new Error('no such station');
  core.machine = { step: (snapshot) => ({ snapshot, wants: [] }) };
}

function trips(sim: Simulation): string[] {
  return sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'trip' ? [String(news.detail['detector'])] : [],
  );
}

/** Runs until every valve of the plant is truly shut, then long enough to see that none comes back. */
function expectShut(sim: Simulation, withinMs: number, detector: RegExp): void {
  const fromMs = sim.world.clock.nowMs();
  sim.until(() => sim.dry, withinMs + 1_000);
  const tookMs = sim.world.clock.nowMs() - fromMs;
  expect(tookMs).toBeLessThanOrEqual(withinMs);
  const opened = sim.world.rig.plant.openings().length;
  sim.run(90_000);
  expect(trips(sim)[0]).toMatch(detector);
  expect(sim.world.rig.plant.openings()).toHaveLength(opened);
}

/** The valve's own travel, and the way there over the bus. */
const ON_TOP_MS = 600;

describe('past a session machine that ignores everything', () => {
  test('T1 or T3: a scald guard that fails to 60 C', () => {
    const sim = deafIn('warm');
    sim.world.rig.plant.set({ hotC: 60, guardC: 60 });
    expectShut(sim, 6_000 + ON_TOP_MS, /^T[13]$/);
  });

  test('T2: water a little too warm for too long', () => {
    const sim = deafIn('warm');
    sim.world.rig.plant.set({ hotC: 42.4, guardC: 42.4 });
    expectShut(sim, 14_000 + ON_TOP_MS, /^T2$/);
    expect(sim.state.fault).toMatchObject({ latched: true, detector: 'T2' });
  });

  test('T4: cold water of 3 C', () => {
    const sim = deafIn('cold', { lagMs: 1_000 });
    // The step has 5 s left when the machine goes deaf; the interlock would end it by itself, T4 must be first.
    sim.world.rig.plant.set({ coldC: 3 });
    expectShut(sim, 6_000 + ON_TOP_MS, /^T(4|11)$/);
  });

  test('T5: a thermometer that falls silent', () => {
    const sim = deafIn('warm');
    sim.world.rig.faults.disconnect('foot-bath-thermometer');
    expectShut(sim, 3_600 + ON_TOP_MS, /^T5$/);
  });

  test('T5: a thermometer that answers with no temperature', () => {
    const sim = deafIn('warm');
    sim.world.rig.faults.probe('foot-bath-thermometer', () => Number.NaN);
    expectShut(sim, 4_600 + ON_TOP_MS, /^T5$/);
  });

  test('T6: valves that cannot be reached close by their own lease', () => {
    const sim = deafIn('warm');
    sim.world.rig.faults.disconnect('foot-bath-hot');
    expectShut(sim, 10_000 + ON_TOP_MS, /^T6$/);
  });

  test('T6: a valve board that restarts', () => {
    const sim = deafIn('warm');
    sim.world.rig.faults.reboot('foot-bath-hot');
    expectShut(sim, ON_TOP_MS, /^T[68]$/);
  });

  test('T9: hot water that runs out', () => {
    const sim = deafIn('warm');
    sim.world.rig.plant.set({ hotC: 25 });
    expectShut(sim, 30_000 + ON_TOP_MS, /^T9$/);
  });

  test('T11, and the end of the want: a step that nobody ends', () => {
    const sim = deafIn('warm');
    expectShut(sim, 157_000 + ON_TOP_MS, /^T\d+$/);
  });

  test('T13: nobody answers', () => {
    const config = exampleConfig('foot-bath', { deadTimeMs: 1_000, lagMs: 1_500 });
    const [bath] = config.stations;
    if (bath === undefined) throw new Error('no station');
    const withoutButton = { ...bath, devices: bath.devices.filter(({ role }) => role !== 'button') };
    const sim = new Simulation(
      { ...config, stations: [withoutButton], simPerson: { presses: true, answers: false } },
      11,
    );
    sim.start();
    sim.until(() => sim.state.prompt !== null);
    deafen(sim);
    expectShut(sim, 30_500 + ON_TOP_MS, /^T13$/);
  });

  test('T10: a stop, at once', () => {
    const sim = deafIn('warm');
    sim.say('stop');
    const fromMs = sim.world.clock.nowMs();
    sim.until(() => sim.dry, 5_000);
    expect(sim.world.clock.nowMs() - fromMs).toBeLessThanOrEqual(ON_TOP_MS);
    const opened = sim.world.rig.plant.openings().length;
    sim.run(60_000);
    expect(sim.world.rig.plant.openings()).toHaveLength(opened);
  });
});

describe('a basin, past a session machine that ignores everything', () => {
  /** Feet in a warm basin, its machine deaf from here on. */
  function deafInBasin(): Simulation {
    const sim = new Simulation(exampleConfig('foot-bath-basin'), 11);
    sim.start('warm-soak');
    sim.untilPhase('warm');
    sim.run(25_000);
    deafen(sim);
    return sim;
  }
  const basinsOf = (sim: Simulation) => sim.world.controller.station(sim.station)?.core.water.basins;
  const plantOf = (sim: Simulation) => sim.world.rig.plant;

  test('T1 lets the water out, it is known to be out, and nothing else is blamed for that', () => {
    const sim = deafInBasin();
    expect(plantOf(sim).isDrainOpen('basin')).toBe(false);
    expect(plantOf(sim).litres('basin')).toBeGreaterThan(5);
    sim.world.rig.faults.probe('foot-bath-thermometer', () => 44);
    sim.until(() => trips(sim).includes('T1'), 5_000);
    sim.until(() => plantOf(sim).isDrainOpen('basin'), 1_000);
    sim.run(60_000);
    expect(plantOf(sim).litres('basin')).toBeLessThan(0.5);
    expect(plantOf(sim).isDrainOpen('basin')).toBe(true);
    expect(sim.dry).toBe(true);
    expect(basinsOf(sim)?.areEmpty).toBe(true);
    // A watch that was not told would take it for a leak, and send people to look at the drain.
    expect(trips(sim).filter((detector) => detector === 'T7')).toEqual([]);
  });

  test('a thermometer that falls silent only holds: its water stays in', () => {
    const sim = deafInBasin();
    const before = plantOf(sim).litres('basin');
    sim.world.rig.faults.probe('foot-bath-thermometer', () => Number.NaN);
    sim.until(() => trips(sim).length > 0, 20_000);
    expect(trips(sim)).toEqual(['T5']);
    sim.run(10_000);
    expect(plantOf(sim).isDrainOpen('basin')).toBe(false);
    expect(plantOf(sim).litres('basin')).toBeCloseTo(before, 1);
  });
});

describe('a fault that was latched before a restart', () => {
  const opened = (latched: boolean): number => {
    const sim = new Simulation(exampleConfig('foot-bath-mixer'), 11);
    sim.run(10_000);
    const core = sim.world.controller.station(sim.station)?.core;
    if (core === undefined) throw new Error('no such station');
    const atMs = sim.world.clock.nowMs();
    const fault = { code: 'too_hot', detector: 'T1', latched: true, message: 'too hot' };
    if (latched) core.water.stationEvent({ type: 'restored', fault, atMs });
    core.water.judge({ type: 'release' }, atMs);
    const water = { side: 'warm', targetC: 38, untilMs: atMs + 60_000 } as const;
    core.water.judge({ type: 'want', water }, atMs);
    sim.run(20_000);
    return sim.world.rig.plant.openings().length;
  };

  test('holds the interlock by itself, also past a gate that lets a session in', () => {
    expect(opened(false)).toBeGreaterThan(0);
    expect(opened(true)).toBe(0);
  });
});

/**
 * If these fail, the main job is lost: a whole contrast foot bath on simulated hardware, driven through the real
 * drivers, the interlock and the watch, judged by the true water at the feet and not by what the controller believes.
 */
import { describe, expect, test } from 'vitest';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const PLUMBINGS = ['foot-bath', 'foot-bath-mixer'] as const;

/** True water at the feet during each step, from 12 s into it, four times a second. */
function trueMeans(sim: Simulation): { kind: string; meanC: number }[] {
  const samples: { key: string; kind: string; valueC: number }[] = [];
  let sinceMs = 0;
  let key = '';
  const look = (): void => {
    const { phase, step } = sim.state;
    const atMs = sim.world.clock.nowMs();
    const now = phase === 'warm' || phase === 'cold' ? `${step?.index ?? 0}` : '';
    if (now !== key) sinceMs = atMs;
    key = now;
    if (key !== '' && atMs - sinceMs >= 12_000)
      samples.push({ key, kind: phase, valueC: sim.world.rig.plant.waterC() });
    if (sim.result === null) sim.world.clock.at(atMs + 250, 'look', look);
  };
  look();
  sim.finish();
  return [...Map.groupBy(samples, (sample) => sample.key).values()].map((group) => ({
    kind: group[0]?.kind ?? '',
    meanC: group.reduce((sum, { valueC }) => sum + valueC, 0) / group.length,
  }));
}

describe.each(PLUMBINGS)('a contrast foot bath on %s', (name) => {
  test('keeps to its plan and ends cold, closed and recorded', () => {
    const sim = new Simulation(exampleConfig(name), 1);
    sim.start();
    const means = trueMeans(sim);
    const { result } = sim;
    expect(result).toMatchObject({ outcome: 'complete', reason: 'completed', simulated: true });
    const steps = result?.steps ?? [];
    expect(steps.map(({ kind }) => kind)).toEqual(['warm', 'cold', 'warm', 'cold', 'warm', 'cold']);
    for (const step of steps) {
      expect(Math.abs(step.actual_s - step.planned_s)).toBeLessThanOrEqual(0.05);
      expect(step.planned_s).toBeGreaterThanOrEqual(step.kind === 'warm' ? 180 : 15);
      expect(step.planned_s).toBeLessThanOrEqual(step.kind === 'warm' ? 240 : 60);
    }
    expect(means).toHaveLength(6);
    for (const { kind, meanC } of means) {
      expect(meanC).toBeGreaterThanOrEqual(kind === 'warm' ? 36.7 : 10);
      expect(meanC).toBeLessThanOrEqual(kind === 'warm' ? 40 : 15.6);
    }
    expect(sim.dry).toBe(true);
    expect(sim.state).toMatchObject({ state: 'complete', phase: 'done', exposed: false });
  });

  test('is in band within 12 s of each change on the reference plant', () => {
    const sim = new Simulation(exampleConfig(name, { deadTimeMs: 2_000, lagMs: 2_000 }), 1);
    sim.start();
    const { steps, outcome } = sim.finish();
    expect(outcome).toBe('complete');
    for (const step of steps) expect(step.in_band_s).toBeGreaterThanOrEqual(step.actual_s - 12);
  });

  test('seeds 1 to 50 all complete, each in its own world', () => {
    const worlds = new Set<string>();
    for (let seed = 1; seed <= 50; seed += 1) {
      const sim = new Simulation(exampleConfig(name), seed);
      sim.start();
      const result = sim.finish();
      expect(result, `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
      worlds.add(JSON.stringify(sim.world.rig.drawn));
    }
    expect(worlds.size).toBe(50);
  });

  test('the same seed tells the same, to the last byte', () => {
    const [one, two] = [1, 2].map(() => {
      const sim = new Simulation(exampleConfig(name), 7);
      sim.start();
      sim.finish();
      return JSON.stringify(sim.told);
    });
    expect(one).toBe(two);
  });

  test.each([
    { what: 'cold supply of 6 C', plant: { coldC: 6 }, reason: 'cold_supply_too_cold', says: /6\.\d C/ },
    { what: 'hot supply of 35 C', plant: { hotC: 35 }, reason: 'never_in_band', says: /3[45]\.\d C/ },
  ])('a $what is refused before anybody gets wet', ({ plant, reason, says }) => {
    const sim = new Simulation(exampleConfig(name, plant), 1);
    sim.start();
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'aborted', reason, contact_s: 0 });
    expect(sim.state.message).toMatch(says);
    expect(sim.world.rig.person?.intervals()).toEqual([]);
    expect(sim.dry).toBe(true);
  });

  test('tap water of 20 C is no fault, and people are told', () => {
    const sim = new Simulation(exampleConfig(name, { coldC: 20 }), 1);
    sim.start();
    expect(sim.finish()).toMatchObject({ outcome: 'complete' });
    expect(sim.state.message).toContain('tap water is 20 C today');
  });
});

test('hot water of 35 C is given up at the end of the purge allowance, not before', () => {
  const sim = new Simulation(exampleConfig('foot-bath', { hotC: 35 }), 1);
  sim.start();
  const startedMs = sim.world.clock.nowMs();
  sim.until(() => sim.state.phase === 'fault');
  const trip = sim.told.find(({ news }) => news.type === 'event' && news.event === 'trip');
  expect(trip?.news).toMatchObject({ detail: { detector: 'T9' } });
  expect((trip?.atMs ?? 0) - startedMs).toBeGreaterThan(179_000);
  expect((trip?.atMs ?? 0) - startedMs).toBeLessThan(181_500);
});

test('a scald guard that lets 50 C through ends the proof test, latched, with the figure', () => {
  const sim = new Simulation(exampleConfig('foot-bath', { guardC: 50 }), 1);
  sim.start();
  expect(sim.finish()).toMatchObject({ outcome: 'aborted', contact_s: 0 });
  expect(sim.state.fault).toMatchObject({ latched: true });
  expect(sim.state.message).toMatch(/4\d\.\d C|50\.\d C/);
  expect(sim.dry).toBe(true);
});

test('a warm soak runs on the stream as well', () => {
  const sim = new Simulation(exampleConfig('foot-bath'), 3);
  sim.start('warm-soak');
  const { outcome, steps } = sim.finish();
  expect(outcome).toBe('complete');
  expect(steps.map(({ kind, planned_s }) => ({ kind, planned_s }))).toEqual([
    { kind: 'warm', planned_s: 600 },
  ]);
});

test('with everything that a stream can have, seeds 1 to 10 complete too', () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const sim = new Simulation(exampleConfig('foot-bath-full'), seed);
    sim.start();
    expect(sim.finish(), `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
    expect(sim.dry).toBe(true);
  }
});

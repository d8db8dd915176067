/**
 * If these fail, people stand in basins that run over, scald, were never let out or are not what the protocol says:
 * whole sessions in one basin and in two, judged by the true water, the true levels and the true valves.
 */
import { describe, expect, test } from 'vitest';
import { Simulation, exampleConfig } from '../support/simulate.ts';
import { BRIM_L, ONE, TWO, allComplete, plantOf, started } from './basins-suite.ts';

describe.each([ONE, TWO])('$protocol on $example', (kind) => {
  test('seeds 1 to 8 all complete, drained and closed, within the brim', () => {
    allComplete(kind, 1, 8);
  });

  test('keeps to its plan, holds its band, and the person is where the cue sent them', () => {
    const sim = started(kind, { hotC: 55, guardC: 39, coldC: 13, flowLpm: 6 });
    sim.finish();
    sim.run(6_000);
    const { steps } = sim.result ?? { steps: [] };
    for (const step of steps) {
      expect(Math.abs(step.actual_s - step.planned_s)).toBeLessThanOrEqual(0.05);
      expect(step.in_band_s).toBeGreaterThan(0.95 * step.actual_s);
      const [least, most] = step.kind === 'warm' ? [36.5, 39.5] : [10, 17];
      expect(step.water_c?.min).toBeGreaterThan(least);
      expect(step.water_c?.max).toBeLessThan(most);
    }
    const feet = sim.world.rig.person?.intervals() ?? [];
    const places = steps.map(({ kind: side }) => (kind === ONE ? null : side));
    expect(feet.map(({ bucket }) => bucket)).toEqual(places);
    expect(feet.at(-1)?.outAtMs).not.toBeNull();
    if (kind === TWO) expect(steps.at(-1)?.kind).toBe('cold');
  });

  test('the same seed tells the same, to the last byte', () => {
    const [one, two] = [1, 2].map(() => {
      const sim = started(kind, {}, 7);
      sim.finish();
      return JSON.stringify(sim.told);
    });
    expect(one).toBe(two);
  });

  test('stop in contact closes at once, sends the person out and lets the water out', () => {
    const sim = started(kind);
    sim.untilPhase('warm');
    sim.run(30_000);
    const opened = plantOf(sim).openings().length;
    sim.say('stop');
    sim.run(1_000);
    expect(sim.dry).toBe(true);
    expect(sim.state).toMatchObject({ state: 'stopping', exposed: false, operation: 'drain' });
    expect(sim.finish()).toMatchObject({ outcome: 'stopped', reason: 'stopped_by_person' });
    for (const vessel of kind.drains) expect(plantOf(sim).litres(vessel)).toBeLessThan(0.5);
    expect(plantOf(sim).openings()).toHaveLength(opened);
  });

  test('a pause keeps the water; it is put into its band again and goes on', () => {
    const sim = started(kind);
    sim.untilPhase('warm');
    sim.run(20_000);
    sim.say('pause');
    sim.run(15_000);
    expect(sim.state).toMatchObject({ state: 'held', exposed: false });
    for (const vessel of kind.drains) expect(plantOf(sim).litres(vessel)).toBeGreaterThan(5);
    sim.say('resume');
    expect(sim.finish()).toMatchObject({ outcome: 'complete' });
  });

  test('a scald guard that lets 46 C through is found while nobody is in, latched', () => {
    const sim = started(kind, { guardC: 46, hotC: 60 });
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', contact_s: 0 });
    expect(sim.state.fault).toMatchObject({ latched: true });
    expect(sim.world.rig.person?.intervals()).toEqual([]);
    sim.run(180_000);
    expect(sim.dry).toBe(true);
    for (const vessel of kind.drains) expect(plantOf(sim).litres(vessel)).toBeLessThan(0.5);
  });

  test('a drain that is stuck open lets no basin fill, and says so', () => {
    const sim = started(kind);
    plantOf(sim).jamDrain(kind.drains[0], true);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'basin_not_filling', contact_s: 0 });
    expect(sim.dry).toBe(true);
    expect(sim.state.message).toContain('drain');
  });

  test('a drain that is stuck shut at the end is told, and bars the next session', () => {
    const sim = started(kind);
    sim.untilPhase('warm');
    plantOf(sim).jamDrain(kind.drains[0], false);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'basin_not_draining' });
    sim.say('clear');
    sim.start(kind.protocol);
    const again = sim.finish();
    expect(again).toMatchObject({ outcome: 'aborted', contact_s: 0 });
  });

  test('a basin that loses water while it is held is left, and the session ends', () => {
    const sim = started(kind);
    sim.untilPhase('warm');
    sim.run(10_000);
    plantOf(sim).jamDrain(kind.drains[0], true);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'basin_leaks' });
    expect(sim.state.exposed).toBe(false);
    expect(sim.dry).toBe(true);
  });

  test('a tap that is shut is told within seconds and not waited for', () => {
    const sim = started(kind, { flowLpm: 0.01 });
    const fromMs = sim.world.clock.nowMs();
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'basin_not_filling', contact_s: 0 });
    expect(sim.world.clock.nowMs() - fromMs).toBeLessThan(60_000);
  });

  test('a thermometer that falls silent in contact holds, and ends the session if it stays so', () => {
    const sim = started(kind);
    sim.untilPhase('warm');
    sim.run(10_000);
    const id = kind === ONE ? 'foot-bath-thermometer' : 'foot-bath-warm-thermometer';
    sim.world.rig.faults.probe(id, () => NaN);
    sim.untilPhase('paused');
    expect(sim.state.exposed).toBe(false);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'stale_reading' });
  });
});

test('a level that falls silent while water runs in closes the supply within 2 s of its last word', () => {
  const sim = started(ONE);
  sim.until(() => plantOf(sim).isOpen('hot') && plantOf(sim).litres('basin') > 3);
  sim.world.rig.faults.probe('foot-bath-level', () => NaN);
  sim.run(3_600);
  expect(plantOf(sim).isOpen('hot')).toBe(false);
  const litres = plantOf(sim).litres('basin');
  sim.run(20_000);
  expect(plantOf(sim).litres('basin')).toBeCloseTo(litres, 1);
  expect(sim.finish()).toMatchObject({ outcome: 'aborted', contact_s: 0 });
});

test('a level that stands still while water runs in does not let the basin run over', () => {
  const sim = started(ONE);
  sim.until(() => plantOf(sim).litres('basin') > 7);
  const stuckL = plantOf(sim).litres('basin');
  sim.world.rig.faults.probe('foot-bath-level', () => stuckL);
  expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'basin_not_filling' });
  expect(plantOf(sim).spilled()).toBe(0);
  expect(plantOf(sim).litres('basin')).toBeLessThan(BRIM_L);
});

test('a hot valve that leaks into a basin ends the session before anybody is burned', () => {
  const sim = started(ONE);
  sim.untilPhase('warm');
  sim.run(20_000);
  plantOf(sim).set({ guardC: 46, hotC: 60 });
  plantOf(sim).jam('hot', true);
  const result = sim.finish();
  expect(result.outcome).toBe('aborted');
  sim.run(8_000);
  expect(sim.world.rig.person?.feetIn).toBe(false);
  expect(sim.world.rig.person?.contact().maxC).toBeLessThan(43);
});

test('cold water of 6 C is refused in the cold basin before anybody gets wet', () => {
  const sim = started(TWO, { coldC: 6 });
  expect(sim.finish()).toMatchObject({ outcome: 'aborted', contact_s: 0 });
  expect(sim.state.message).toMatch(/[67]\.\d C/);
});

test('nobody comes: the basins hold their water for a while, and are let out then', () => {
  const config = exampleConfig(TWO.example);
  const sim = new Simulation({ ...config, simPerson: { presses: false, answers: false } }, 1);
  sim.start(TWO.protocol);
  expect(sim.finish()).toMatchObject({ outcome: 'stopped', reason: 'nobody_came', contact_s: 0 });
  expect(plantOf(sim).litres('warm')).toBeLessThan(0.5);
});

test('a contrast in one basin is refused with the reason, and no valve moves', async () => {
  const sim = new Simulation(exampleConfig('foot-bath-basin'), 1);
  const error = await sim.world.controller.command(
    sim.station,
    { command: 'start', protocol: 'contrast-foot-bath' },
    'cli',
  );
  expect(error).toMatchObject({ code: 'envelope' });
  expect(error?.message).toContain('one basin cannot change its water in time');
  expect(plantOf(sim).openings()).toEqual([]);
});

test('at a move between basins the button starts the clock; in the step it is STOP', () => {
  const sim = started(TWO);
  sim.untilPhase('changing');
  expect(sim.state.message).toContain('Feet into the cold basin now');
  sim.run(1_000);
  sim.world.rig.press();
  sim.run(400);
  expect(sim.state).toMatchObject({ phase: 'cold', exposed: true });
  sim.run(5_000);
  sim.world.rig.press();
  sim.run(400);
  expect(sim.state).toMatchObject({ state: 'stopping', exposed: false });
});

describe('a basin with a heater', () => {
  /** How often its relay went on, and how long water ran in once somebody was in. */
  function held(sim: Simulation): { readonly ons: number; readonly topped: number } {
    let [ons, was, topped] = [0, false, 0];
    const look = (): void => {
      const plant = plantOf(sim);
      const on = plant.isHeating('basin');
      if (on && !was) ons += 1;
      was = on;
      if (sim.state.exposed && plant.flows()) topped += 250;
      if (sim.result === null) sim.world.clock.at(sim.world.clock.nowMs() + 250, 'look', look);
    };
    look();
    expect(sim.finish()).toMatchObject({ outcome: 'complete' });
    return { ons, topped };
  }

  test('holds its band by heat, with a relay that does not chatter, and needs hardly any water', () => {
    const heated = started(ONE);
    const { ons, topped } = held(heated);
    expect(ons).toBeGreaterThan(0);
    expect(ons).toBeLessThan(20);
    expect(plantOf(heated).isHeating('basin')).toBe(false);
    const cold = started(ONE);
    plantOf(cold).jamHeater('basin', false);
    expect(topped).toBeLessThan(held(cold).topped / 2);
  });

  test('one that stays on is found: contact ends before the water is out of its limit, and people are told', () => {
    const sim = started(ONE);
    sim.untilPhase('warm');
    sim.run(30_000);
    plantOf(sim).jamHeater('basin', true);
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'aborted' });
    expect(sim.state.exposed).toBe(false);
    expect(sim.world.rig.person?.contact().dose ?? 1).toBeLessThan(0.3);
    expect(plantOf(sim).isDrainOpen('basin')).toBe(true);
  });
});

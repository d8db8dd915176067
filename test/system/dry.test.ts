/**
 * If these fail, a dry run lets somebody in, counts for somebody, or leaves water running: the whole session on
 * simulated hardware, judged by the true valves and by every state that was told.
 */
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../machines/gate.ts';
import { pastOf } from '../../src/controller/index.ts';
import { openSessions, readOpenSessions } from '../../src/journal/index.ts';
import type { SetCommand, Source } from '../../src/model/command.ts';
import type { StateObject } from '../../src/model/state.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const PLUMBINGS = ['foot-bath', 'foot-bath-mixer', 'shower'] as const;
const DRY: SetCommand = { command: 'start', dry: true };

async function ask(sim: Simulation, command: SetCommand, source: Source = 'cli') {
  return sim.world.controller.command(sim.station, command, source);
}
async function dryRun(name: (typeof PLUMBINGS)[number], seed = 1, plant = {}): Promise<Simulation> {
  const sim = new Simulation(exampleConfig(name, plant), seed);
  expect(await ask(sim, DRY)).toBeNull();
  return sim;
}
const states = (sim: Simulation): StateObject[] =>
  sim.told.flatMap(({ news }) => (news.type === 'state' ? [news.state] : []));
const records = (sim: Simulation, types: string[]) => sim.world.history.records({ types, limit: 10_000 });

describe.each(PLUMBINGS)('a dry run on %s', (name) => {
  test('runs every step over nobody, and ends with everything closed', async () => {
    const sim = await dryRun(name);
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'complete', dry: true, contact_s: 0, dose: 0, person: null });
    expect(result.steps.map(({ kind }) => kind)).toEqual(['warm', 'cold', 'warm', 'cold', 'warm', 'cold']);
    for (const step of result.steps) {
      expect(Math.abs(step.actual_s - step.planned_s)).toBeLessThanOrEqual(0.05);
      expect(step.in_band_s).toBeGreaterThan(0);
    }
    // The water truly ran: the proof test and six steps.
    expect(sim.world.rig.plant.litres()).toBeGreaterThan(20);
    expect(sim.dry).toBe(true);
    const told = states(sim);
    expect(told.filter(({ phase }) => phase === 'warm' || phase === 'cold').length).toBeGreaterThan(6);
    expect(told.filter(({ exposed }) => exposed)).toEqual([]);
    expect(told.filter(({ phase }) => phase === 'ready')).toEqual([]);
    for (const state of told.filter(({ session }) => session !== null)) expect(state.dry).toBe(true);
    for (const { phase, message } of told)
      if (phase === 'warm' || phase === 'cold') expect(message).toMatch(/^Dry run: stay out of the water\./);
    expect(records(sim, ['exposed'])).toEqual([]);
    expect(records(sim, ['begin'])).toEqual([]);
    sim.run(10_000);
    expect(sim.world.rig.person?.intervals()).toEqual([]);
  });

  test('counts for nobody', async () => {
    const sim = await dryRun(name);
    sim.finish();
    const [start] = records(sim, ['start']);
    expect(start?.body).toMatchObject({ person: null, dry: true });
    for (const person of ['guest', 'nobody', '']) {
      const entries: readonly LedgerEntry[] = pastOf(sim.world.history, person, {
        atMs: 0,
        wallMs: 0,
      }).ledger;
      expect(entries).toEqual([]);
    }
    expect(openSessions(readOpenSessions(sim.world.history))).toEqual([]);
  });

  test('a press, wherever it falls, lets nobody in: at the button it is STOP', async () => {
    for (const phase of ['preparing', 'warm', 'changing', 'cold'] as const) {
      const sim = await dryRun(name);
      sim.untilPhase(phase);
      sim.run(700);
      expect(await ask(sim, { command: 'begin' })).toMatchObject({ code: 'bad_state' });
      sim.world.rig.press();
      sim.run(10_000);
      expect(sim.result, phase).toMatchObject({ outcome: 'stopped', reason: 'stopped_by_person', dry: true });
      expect(sim.dry).toBe(true);
      expect(states(sim).filter(({ exposed }) => exposed)).toEqual([]);
      expect(await ask(sim, { command: 'continue' })).toMatchObject({ code: 'bad_state' });
    }
  });

  test.each(['mqtt', 'button', 'page', 'http'] as const)('STOP from %s closes everything', async (source) => {
    const sim = await dryRun(name);
    sim.untilPhase('cold');
    sim.run(3_000);
    const atMs = sim.world.clock.nowMs();
    await ask(sim, { command: 'stop' }, source);
    sim.until(() => sim.dry);
    // The wire of the simulated network and the travel of the valves.
    expect(sim.world.clock.nowMs() - atMs).toBeLessThanOrEqual(1_000);
    expect(sim.finish()).toMatchObject({ outcome: 'stopped', contact_s: 0 });
  });
});

test('the detectors of contact end it: a guard that fails in a warm step', async () => {
  const sim = await dryRun('foot-bath');
  sim.untilPhase('warm', 2);
  sim.run(40_000);
  sim.world.rig.plant.set({ guardC: 50 });
  const result = sim.finish();
  // Of contact: outside of a step a rise is no fault.
  expect(result).toMatchObject({ outcome: 'aborted', reason: 'rising_too_fast', dry: true, contact_s: 0 });
  sim.run(2_000);
  expect(sim.dry).toBe(true);
});

test('a pause closes, and a resume lets it go on by itself', async () => {
  const sim = await dryRun('foot-bath');
  sim.untilPhase('warm', 2);
  await ask(sim, { command: 'pause' }, 'mqtt');
  sim.untilPhase('paused');
  sim.until(() => sim.dry);
  sim.until(() => sim.state.state === 'held');
  expect(await ask(sim, { command: 'resume' })).toBeNull();
  expect(sim.finish()).toMatchObject({ outcome: 'complete', contact_s: 0 });
  expect(states(sim).filter(({ exposed }) => exposed)).toEqual([]);
});

describe('refused', () => {
  test.each([
    ['for a person', { ...DRY, person: 'guest' }, 'cli', 'bad_command'],
    ['from a source that may not prepare', DRY, 'schedule', 'not_local'],
  ] as const)('%s', async (_, command, source, code) => {
    const sim = new Simulation(exampleConfig('foot-bath'), 1);
    expect(await ask(sim, command, source)).toMatchObject({ code });
    expect(sim.state.state).toBe('idle');
  });

  test('where there is no water to run', async () => {
    const sim = new Simulation(exampleConfig('buckets'), 1);
    expect(await ask(sim, DRY)).toMatchObject({ code: 'unsupported' });
    expect(sim.state.state).toBe('idle');
  });
});

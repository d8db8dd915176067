/**
 * If these fail, a restart forgives a scald: the water of a bath that was latched for it opens for whoever comes next,
 * with nobody having looked at it.
 */
import { describe, expect, test } from 'vitest';
import { MemoryJournal } from '../../src/journal/index.ts';
import { controllerOf, controllerOnBus } from '../../src/main.ts';
import type { SetCommand } from '../../src/model/command.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const { protocols } = loadLibrary([]);
const PROBE = 'foot-bath-thermometer';

/** A bath whose controller is gone, and another that finds what it had recorded; the water is well again by then. */
function restarted({ tripped, cleared = false }: { tripped: boolean; cleared?: boolean }) {
  const config = exampleConfig('foot-bath', { deadTimeMs: 1_000, lagMs: 1_500 });
  const sim = new Simulation(config, 11);
  const { broker, clock, journal, rig } = sim.world;
  sim.run(10_000);
  if (tripped) {
    sim.start();
    sim.untilPhase('warm');
    sim.run(10_000);
    rig.faults.probe(PROBE, () => 44);
    sim.until(() => sim.state.fault?.latched === true, 10_000);
    rig.faults.probe(PROBE, null);
    sim.until(() => sim.dry);
    sim.run(20_000);
    if (cleared) {
      sim.say('clear');
      expect(sim.state.fault).toBeNull();
    }
  }
  const records = journal.history.records({ limit: 10_000 });
  broker.drop(controllerOnBus({ config }).clientId);
  sim.run(30_000);
  const next = new MemoryJournal({ clock, random: new Random(11, 'second'), records });
  const controller = controllerOf({ config, protocols, log: silentLog }, config.stations, {
    clock,
    bus: broker.connect(controllerOnBus({ config })),
    journal: next,
    history: next.history,
    simulated: true,
    newId: () => 'next',
    boot: 'second',
  });
  const core = controller.station(sim.station)?.core;
  if (core === undefined) throw new Error('no such station');
  sim.run(10_000);
  const before = rig.plant.openings().length;
  return {
    sim,
    state: () => controller.state(sim.station),
    ask: (command: SetCommand) => controller.command(sim.station, command, 'cli'),
    opened: () => rig.plant.openings().length - before,
    /** Warm water, asked of the interlock past everything that could refuse it. */
    wantWarm: () => {
      const atMs = clock.nowMs();
      core.water.judge({ type: 'release' }, atMs);
      const water = { side: 'warm', targetC: 38, untilMs: atMs + 60_000 } as const;
      core.water.judge({ type: 'want', water }, atMs);
      sim.run(10_000);
    },
  };
}

const START = { command: 'start', protocol: 'contrast-foot-bath', with: {} } as const;

describe('a controller that is started again', () => {
  test('after a latched trip is latched for the same, takes no start, and its interlock opens nothing', async () => {
    const { state, ask, wantWarm, opened, sim } = restarted({ tripped: true });
    expect(state()?.fault).toMatchObject({ code: 'over_temperature', detector: 'T1', latched: true });
    expect(await ask(START)).not.toBeNull();
    wantWarm();
    sim.run(30_000);
    expect(opened()).toBe(0);
    expect(state()?.fault).toMatchObject({ latched: true });
  });

  test('lets people in again once somebody has cleared it there', async () => {
    const { state, ask, opened, sim } = restarted({ tripped: true });
    expect(await ask({ command: 'clear' })).toBeNull();
    expect(state()?.fault).toBeNull();
    expect(await ask(START)).toBeNull();
    sim.run(30_000);
    expect(opened()).toBeGreaterThan(0);
  });

  test('opens what it is asked for where nothing was latched, or it had been cleared', () => {
    for (const past of [{ tripped: false }, { tripped: true, cleared: true }]) {
      const { state, wantWarm, opened } = restarted(past);
      expect(state()?.fault).toBeNull();
      wantWarm();
      expect(opened()).toBeGreaterThan(0);
    }
  });
});

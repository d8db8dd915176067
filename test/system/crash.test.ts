/**
 * If these fail, a crash is dangerous: whatever the moment, the valves must close by their own lease, a new controller
 * must close first and open nothing by itself, and the session must end once, as aborted, with its contact counted.
 */
import { describe, expect, test } from 'vitest';
import { controllerOf, controllerOnBus } from '../../src/main.ts';
import { MemoryJournal, openSessions, readOpenSessions, sessionResults } from '../../src/journal/index.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const { protocols } = loadLibrary([]);
/** The lease, the way to the device and its own granularity, and the travel of the valve. */
const CLOSED_WITHIN_MS = 10_000 + 200 + 450;

/** A session cut off at a moment: the process is gone, its connection dies, and what it had not yet journalled is lost. */
function crash(name: 'foot-bath' | 'foot-bath-mixer', seed: number, atMs: number) {
  const config = exampleConfig(name);
  const sim = new Simulation(config, seed);
  const { clock, broker, journal, rig } = sim.world;
  sim.start();
  sim.run(atMs);
  const exposedMs = exposedSoFar(sim);
  const { state } = sim.state;
  // What was acknowledged is there, and everything older than the 5 s that readings may wait; the rest by chance.
  const kept = journal.crash().at(-1)?.seq ?? 0;
  const left = journal.history
    .records({ limit: 10_000 })
    .filter((record) => record.seq <= kept || record.atMs <= clock.nowMs() - 5_000);
  broker.drop(controllerOnBus({ config }).clientId);
  const diedMs = clock.nowMs();
  sim.until(() => sim.dry, CLOSED_WITHIN_MS + 1_000);
  const closedAfterMs = clock.nowMs() - diedMs;

  const restarted = new MemoryJournal({ clock, random: new Random(seed, 'second'), records: left });
  const wire: string[] = [];
  broker.tap(({ clientId, topic, payload }) => {
    if (clientId === controllerOnBus({ config }).clientId) wire.push(`${topic} ${payload}`);
  });
  const opened = rig.plant.openings().length;
  controllerOf({ config, protocols, log: silentLog }, config.stations, {
    clock,
    bus: broker.connect(controllerOnBus({ config })),
    journal: restarted,
    history: restarted.history,
    simulated: true,
    newId: () => 'never',
    boot: 'second',
  });
  sim.run(60_000);
  return { state, exposedMs, closedAfterMs, left, restarted, wire, opened, plant: rig.plant };
}

function exposedSoFar(sim: Simulation): number {
  let [sum, sinceMs] = [0, null as number | null];
  for (const { atMs, news } of sim.told) {
    if (news.type !== 'state') continue;
    if (news.state.exposed) sinceMs ??= atMs;
    else if (sinceMs !== null) [sum, sinceMs] = [sum + atMs - sinceMs, null];
  }
  return sinceMs === null ? sum : sum + sim.world.clock.nowMs() - sinceMs;
}

describe.each(['foot-bath', 'foot-bath-mixer'] as const)('a crash on %s', (name) => {
  const moments = new Random(5, name);
  const points = Array.from({ length: 24 }, (_, index) => ({
    seed: index + 1,
    atMs: Math.round(moments.between(50, 690_000)),
  }));

  test('closes by the lease, closes first at the restart, and is recorded once', () => {
    let worstMs = 0;
    for (const { seed, atMs } of points) {
      const at = `seed ${seed}, ${atMs} ms`;
      const { exposedMs, closedAfterMs, left, restarted, wire, opened, plant } = crash(name, seed, atMs);
      worstMs = Math.max(worstMs, closedAfterMs);
      expect(closedAfterMs, at).toBeLessThanOrEqual(CLOSED_WITHIN_MS);
      expect(plant.openings().length, `${at}: opened by itself`).toBe(opened);
      // Nothing but closes, questions and settings reaches a valve after the restart.
      expect(
        wire.filter((line) => /TimedPower1? \d|TimedPower2 \d|"ms":[1-9]/.test(line)),
        at,
      ).toEqual([]);
      const firstToValve = wire.find((line) => /POWER[12] |\/lease /.test(line));
      expect(firstToValve, at).toMatch(/POWER[12] OFF|"ms":0/);
      const all = restarted.history.records({ limit: 10_000 });
      expect(openSessions(readOpenSessions(restarted.history)), at).toEqual([]);
      const started = left.filter(({ type }) => type === 'start').length;
      const results = sessionResults(all);
      expect(results, at).toHaveLength(started);
      if (left.some(({ type }) => type === 'end') || started === 0) continue;
      expect(results[0], at).toMatchObject({ outcome: 'aborted', reason: 'controller_restarted' });
      // Contact is counted up to the last thing that reached the disk, so at most the seconds since are missing.
      expect((results[0]?.contact_s ?? 0) * 1_000, at).toBeGreaterThanOrEqual(exposedMs - 7_000);
    }
    expect(worstMs).toBeGreaterThan(0);
  });
});

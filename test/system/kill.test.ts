/**
 * If these fail, a dead controller leaves warm water running: a real process is killed with -9 in a warm step, the
 * device must close by its own lease, and the restart must close first, record the abort and open nothing.
 */
import { afterEach, expect, test } from 'vitest';
import type { BusMessage } from '../../src/model/bus.ts';
import { openBathroom } from '../support/house.ts';
import { cleanUp, runEbb } from '../support/process.ts';
import { resultsOf } from '../support/results.ts';

const SPEED = 5;
const LEASE_MS = 10_000;

afterEach(cleanUp);

const DIALECTS = {
  tasmota: {
    plumbing: 'valves',
    told: ({ topic }: BusMessage) => /^cmnd\/bath-valves\//.test(topic),
    opens: ({ topic, payload }: BusMessage) => /TimedPower\d$/.test(topic) && Number(payload) > 0,
    closes: ({ topic, payload }: BusMessage) => /\/POWER\d$/i.test(topic) && payload === 'OFF',
  },
  esphome: {
    plumbing: 'mixer',
    told: ({ topic }: BusMessage) => topic === 'bath-mixer/lease',
    opens: ({ payload }: BusMessage) => !payload.includes('"ms":0'),
    closes: ({ payload }: BusMessage) => payload.includes('"ms":0'),
  },
} as const;

test.each(['tasmota', 'esphome'] as const)(
  'kill -9 in a warm step, valves on %s',
  { timeout: 90_000 },
  async (name) => {
    const dialect = DIALECTS[name];
    const bathroom = await openBathroom(SPEED, dialect.plumbing);
    const run = runEbb(['run', 'contrast-foot-bath', '--speed', String(SPEED), '--json'], bathroom.folder);
    await run.waitFor(/"phase":"warm"/);
    // Some way into the step, so that there is contact to count and a renewal behind us.
    for (let renewals = 0; renewals < 3; renewals += 1)
      await bathroom.sees((message) => dialect.told(message) && dialect.opens(message), bathroom.seen.length);
    const killedMs = bathroom.clock.nowMs();
    const from = bathroom.seen.length;
    run.kill('SIGKILL');
    await run.exit;
    const { plant } = bathroom.rig;
    await expect
      .poll(() => plant.openings().every(({ closedAtMs }) => closedAtMs !== null), {
        timeout: 20_000,
        interval: 20,
      })
      .toBe(true);
    const closedAfterMs =
      Math.max(...plant.openings().map(({ closedAtMs }) => closedAtMs ?? Infinity)) - killedMs;
    console.info(
      `${name}: the true valve closed by its own lease ${Math.round(closedAfterMs)} ms after kill -9 (lease ${LEASE_MS} ms)`,
    );
    // The way to the device and the travel of the valve come on top.
    expect(closedAfterMs).toBeLessThanOrEqual(LEASE_MS + 1_000);
    // A question may have been on its way as the controller died; a valve is told nothing any more.
    const moves = (message: BusMessage): boolean =>
      dialect.told(message) && (dialect.opens(message) || dialect.closes(message));
    expect(bathroom.seen.slice(from).filter(moves)).toEqual([]);

    const again = bathroom.seen.length;
    const serve = runEbb(['serve', '--speed', String(SPEED)], bathroom.folder);
    await serve.waitFor(/ebb serves/);
    const first = await bathroom.sees(moves, again);
    expect(dialect.closes(first), `${first.topic} ${first.payload}`).toBe(true);
    await bathroom.sees(
      ({ topic, payload }) => topic === 'ebb/foot-bath/state' && payload.includes('"state":"idle"'),
      again,
    );
    await expect
      .poll(() => resultsOf(bathroom.config.journalPath), { timeout: 10_000, interval: 50 })
      .toHaveLength(1);
    serve.kill('SIGTERM');
    expect(await serve.exit).toBe(0);
    expect(
      bathroom.seen.slice(again).filter((message) => dialect.told(message) && dialect.opens(message)),
    ).toEqual([]);
    const [result] = resultsOf(bathroom.config.journalPath);
    expect(result).toMatchObject({ outcome: 'aborted', reason: 'controller_restarted' });
    expect(result?.contact_s).toBeGreaterThan(0);
    await bathroom.close();
  },
);

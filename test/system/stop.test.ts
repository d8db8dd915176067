/**
 * If these fail, STOP is not what people think it is: from its arrival to the close on the wire within 250 ms, from the
 * command line and from Ctrl-C, and also while the journal's disk stands still (safety: T10).
 */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import { controlPath, startControl } from '../../src/transports/control.ts';
import { connectControl } from '../../src/transports/control-client.ts';
import { isOff, isOn, openBathroom, openHouse, runHot } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp, runEbb } from '../support/process.ts';

const real = new SystemClock();
/** The journal's disk runs in real time: at a higher speed a busy one would count as stalled. */
const SPEED = 4;
/** Two processes share one simulated time here: fast enough, and slow enough not to take a busy host for a dead sensor. */
const SPEED_APART = 5;
const BOUND_MS = 250;
const houses: House[] = [];

afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.close()));
  await cleanUp();
});

async function house(): Promise<House> {
  const opened = await openHouse(SPEED);
  houses.push(opened);
  return opened;
}

/** Real milliseconds from giving the stop to its close being seen beside the broker. */
async function stopped(at: House, stop: () => Promise<unknown>): Promise<number> {
  const from = at.seen.length;
  const sentMs = real.nowMs();
  const done = stop();
  const { realMs } = await at.sees(isOff, from);
  await done;
  return realMs - sentMs;
}

test('20 stops from the command line over the control socket', { timeout: 60_000 }, async () => {
  const at = await house();
  const { controller, clock } = at.running;
  const path = controlPath(at.config.journalPath);
  const control = await startControl({
    path,
    onCommand: (station, command) => controller.command(station, command, 'cli'),
    states: () => ({}),
    devices: () => [],
    subscribe: () => () => undefined,
    time: () => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs(), speed: SPEED }),
  });
  const client = await connectControl(control.path);
  const took: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    await runHot(at);
    took.push(await stopped(at, () => client.command(at.station, { command: 'stop' })));
  }
  client.close();
  await control.close();
  expect(Math.max(...took)).toBeLessThanOrEqual(BOUND_MS);
});

test('stops while the disk of the journal stands still, and opens nothing without it', async () => {
  const at = await house();
  await runHot(at);
  const lock = new DatabaseSync(at.config.journalPath);
  lock.exec('BEGIN IMMEDIATE');
  try {
    expect(
      await stopped(at, () => at.running.controller.command(at.station, { command: 'stop' }, 'cli')),
    ).toBeLessThanOrEqual(BOUND_MS);
    await at.sees(
      ({ topic, payload }) => topic === 'ebb/foot-bath/state' && payload.includes('"state":"stopped"'),
    );
    const from = at.seen.length;
    const error = await at.running.controller.command(at.station, { command: 'start' }, 'cli');
    expect(error).toBeNull();
    await at.sees(
      ({ topic, payload }) => topic === 'ebb/foot-bath/state' && payload.includes('journal did not record'),
      from,
    );
    expect(at.seen.slice(from).filter(({ topic }) => /TimedPower\d$/.test(topic))).toEqual([]);
  } finally {
    lock.exec('ROLLBACK');
    lock.close();
  }
});

test('20 times Ctrl-C, each in a process of its own', async () => {
  const took = await Promise.all([1, 2, 3, 4].map(() => ctrlC(5)));
  expect(took.flat()).toHaveLength(20);
  expect(Math.max(...took.flat())).toBeLessThanOrEqual(BOUND_MS);
}, 120_000);

/** `ebb run` in a process of its own, beside a broker and simulated hardware of this one. */
async function ctrlC(rounds: number): Promise<number[]> {
  const bathroom = await openBathroom(SPEED_APART);
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = bathroom.seen.length;
    const ebb = runEbb(
      ['run', 'contrast-foot-bath', '--speed', String(SPEED_APART), '--json'],
      bathroom.folder,
    );
    await bathroom.sees(isOn, from, 20_000);
    const here = bathroom.seen.length;
    const sentMs = real.nowMs();
    ebb.kill('SIGINT');
    took.push((await bathroom.sees(isOff, here)).realMs - sentMs);
    expect(await ebb.exit, ebb.out()).toBe(3);
  }
  await bathroom.close();
  return took;
}

import { DatabaseSync } from 'node:sqlite';
import { SystemClock } from '../src/clock/system.ts';
import { controlPath, startControl } from '../src/transports/control.ts';
import { connectControl } from '../src/transports/control-client.ts';
import { isOff, openHouse, runHot } from '../test/support/house.ts';
import type { House } from '../test/support/house.ts';
import { cleanUp } from '../test/support/process.ts';
import { echo } from './echo.ts';
import { latencies } from './latency.ts';

/**
 * How long STOP takes (T10: 250 ms): from the command to its close being seen beside the broker, with warm water
 * running, a journal on disk and a socket broker. The floor is a message that a bare MQTT client sends itself.
 */

/** The journal's disk runs in real time: at a higher speed a busy one would count as stalled. */
const SPEED = 4;
const STOPS = 200;
const STOPS_LOCKED = 50;
/** Getting warm water to run takes most of a round; what does not fit is left out, and the table says so. */
const BUDGET_MS = 56_000;

const real = new SystemClock();

/** By `ebb stop`: over the control socket. */
export async function stopSocket(): Promise<void> {
  const house = await openHouse(SPEED);
  const { controller, clock } = house.running;
  const control = await startControl({
    path: controlPath(house.config.journalPath),
    onCommand: (station, command) => controller.command(station, command, 'cli'),
    states: () => ({}),
    devices: () => [],
    subscribe: () => () => undefined,
    time: () => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs(), speed: SPEED }),
  });
  const client = await connectControl(control.path);
  const floor = await echo(house.url, STOPS);
  const took = await rounds(house, STOPS, () =>
    stopped(house, () => client.command(house.station, { command: 'stop' })),
  );
  client.close();
  await control.close();
  await house.close();
  await cleanUp();
  latencies('stop: over the control socket to the close on the wire', floor, took, STOPS);
}

/** The same while another connection holds the write lock of the journal. */
export async function stopLocked(): Promise<void> {
  const house = await openHouse(SPEED);
  const floor = await echo(house.url, STOPS);
  const lock = new DatabaseSync(house.config.journalPath);
  lock.exec('PRAGMA busy_timeout = 5000');
  const took = await rounds(house, STOPS_LOCKED, async () => {
    lock.exec('BEGIN IMMEDIATE');
    try {
      return await stopped(house, () =>
        house.running.controller.command(house.station, { command: 'stop' }, 'cli'),
      );
    } finally {
      lock.exec('ROLLBACK');
    }
  });
  lock.close();
  await house.close();
  await cleanUp();
  latencies('stop-locked: to the close on the wire while the journal is locked', floor, took, STOPS_LOCKED);
}

async function rounds(house: House, count: number, round: () => Promise<number>): Promise<number[]> {
  const untilMs = real.nowMs() + BUDGET_MS;
  const took: number[] = [];
  while (took.length < count && real.nowMs() < untilMs) {
    await runHot(house);
    took.push(await round());
  }
  return took;
}

/** Real milliseconds from giving the stop to its close being seen beside the broker. */
async function stopped(house: House, stop: () => Promise<unknown>): Promise<number> {
  const from = house.seen.length;
  const sentMs = real.nowMs();
  const done = stop();
  const { realMs } = await house.sees(isOff, from);
  await done;
  return realMs - sentMs;
}

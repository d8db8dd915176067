import { SystemClock } from '../src/clock/system.ts';
import { isOff, isOn, openBathroom } from '../test/support/house.ts';
import { cleanUp, runEbb } from '../test/support/process.ts';
import { echo } from './echo.ts';
import { latencies } from './latency.ts';

/** Ctrl-C: from SIGINT to a real `ebb run` with warm water running, to the close on the wire. */

/** Two processes share one simulated time here; faster, a busy host would pass for a dead sensor. */
const SPEED = 5;
const STOPS = 200;
/** A process of its own for each: few of them fit. */
const BUDGET_MS = 52_000;
const ECHOES = 200;

const real = new SystemClock();

export async function stopSignal(): Promise<void> {
  const bathroom = await openBathroom(SPEED);
  const floor = await echo(bathroom.url, ECHOES);
  const untilMs = real.nowMs() + BUDGET_MS;
  const took: number[] = [];
  while (took.length < STOPS && real.nowMs() < untilMs) {
    const from = bathroom.seen.length;
    const ebb = runEbb(['run', 'contrast-foot-bath', '--speed', String(SPEED), '--json'], bathroom.folder);
    await bathroom.sees(isOn, from, 20_000);
    const here = bathroom.seen.length;
    const sentMs = real.nowMs();
    ebb.kill('SIGINT');
    took.push((await bathroom.sees(isOff, here)).realMs - sentMs);
    await ebb.exit;
  }
  await bathroom.close();
  await cleanUp();
  latencies('stop-signal: SIGINT of `ebb run` to the close on the wire', floor, took, STOPS);
}

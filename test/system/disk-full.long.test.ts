/**
 * If these fail, a disk that is full leaves water running, opens water that nobody can account for, or takes STOP with
 * it. The journal of a real process lies on a file system of 2 MB that is filled up in a warm step. To make one needs
 * root and Linux; elsewhere they are skipped, and say so.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openBathroom } from '../support/house.ts';
import { cleanUp, runEbb } from '../support/process.ts';
import { resultsOf } from '../support/results.ts';

const SPEED = 5;
const mounted: string[] = [];

afterEach(async () => {
  // Lazily: what still has files open there is ended next.
  for (const folder of mounted.splice(0)) spawnSync('umount', ['-l', folder]);
  await cleanUp();
});

/** A small file system at `folder`; false where that is not allowed. */
function smallDisk(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  if (status === 0) mounted.push(folder);
  return status === 0;
}

/** Writes until nothing more fits. Returns the file, to be removed again. */
function fill(folder: string): string {
  const path = join(folder, 'ballast');
  const file = openSync(path, 'w');
  try {
    for (let size = 65_536; size >= 1; size /= 2) {
      const block = Buffer.alloc(size);
      try {
        while (writeSync(file, block) === size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
  return path;
}

async function fullInWarm(context: { skip(why: string): never }) {
  const bathroom = await openBathroom(SPEED, 'valves');
  const disk = join(bathroom.config.journalPath, '..');
  if (!smallDisk(disk)) {
    await bathroom.close();
    context.skip('a file system of its own needs root on Linux');
  }
  const run = runEbb(['run', 'contrast-foot-bath', '--speed', String(SPEED), '--json'], bathroom.folder);
  await run.waitFor(/"phase":"warm"/);
  const atMs = bathroom.clock.nowMs();
  const ballast = fill(disk);
  const { plant } = bathroom.rig;
  const dry = () => plant.openings().every(({ closedAtMs }) => closedAtMs !== null);
  return { bathroom, run, atMs, ballast, plant, dry };
}

test(
  'a disk that fills up in a warm step: no water opens after it, and the rest of the session is given up',
  { timeout: 240_000 },
  async (context) => {
    const { bathroom, run, atMs, ballast, plant, dry } = await fullInWarm(context);
    const code = await run.exit;
    await expect.poll(dry, { timeout: 20_000 }).toBe(true);
    expect(plant.openings().filter(({ openedAtMs }) => openedAtMs > atMs)).toEqual([]);
    expect(code, run.err()).toBe(4);
    expect(run.out()).toMatch(/journal/);

    // With room again the session has one end, and a controller serves.
    rmSync(ballast);
    const serve = runEbb(['serve', '--speed', String(SPEED)], bathroom.folder);
    await serve.waitFor(/ebb serves/);
    await expect
      .poll(() => resultsOf(bathroom.config.journalPath), { timeout: 30_000, interval: 100 })
      .toMatchObject([{ outcome: 'aborted' }]);
    serve.kill('SIGTERM');
    expect(await serve.exit).toBe(0);
    await bathroom.close();
  },
);

test('STOP on a full disk closes as fast as ever', { timeout: 120_000 }, async (context) => {
  const { bathroom, run, plant, dry } = await fullInWarm(context);
  const stoppedMs = bathroom.clock.nowMs();
  run.kill('SIGINT');
  await expect.poll(dry, { timeout: 10_000, interval: 5 }).toBe(true);
  const shutMs = Math.max(...plant.openings().map(({ closedAtMs }) => closedAtMs ?? Infinity));
  console.info(
    `STOP on a full disk: shut after ${Math.round((shutMs - stoppedMs) / SPEED)} ms of the real clock`,
  );
  // 250 ms and the valve's travel; both of the real clock here, which is the longer.
  expect((shutMs - stoppedMs) / SPEED).toBeLessThanOrEqual(250 + 500);
  await run.exit;
  await bathroom.close();
});

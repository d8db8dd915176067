/**
 * If these fail, a session does not come through on the valve board as it is built, or a controller that is dead leaves
 * its water on: the committed firmware in the emulated chip moves both valves, over a tty of the kernel and serialport.
 */
import { afterEach, expect, it } from 'vitest';
import { openBoardBath } from '../support/board-home.ts';
import { cleanUp, runEbb } from '../support/process.ts';
import { completeOn } from './board-session-suite.ts';

afterEach(cleanUp);

/** Two processes that have to keep step: far below what the emulator can. */
const SPEED = 2;
const LEASE_MS = 2_000;

it('a contrast is completed', { timeout: 150_000 }, () =>
  completeOn('short-contrast', { cycles: 1, speed: 3, limitMs: 120_000 }),
);

it('kill -9 in a warm step: both outputs are low within the lease', { timeout: 120_000 }, async () => {
  const bath = await openBoardBath(SPEED);
  try {
    const run = runEbb(
      ['run', 'short-contrast', '--with', 'warm=60s', '--speed', String(SPEED), '--json'],
      bath.folder,
    );
    await Promise.race([
      run.waitFor(/"phase":"warm"/),
      run.exit.then((code) => {
        throw new Error(`ended with ${code ?? 'a signal'}: ${run.out().slice(-800)} ${run.err()}`);
      }),
    ]);
    expect(bath.high('v1')).toBe(true);
    run.kill('SIGKILL');
    await run.exit;
    await bath.sees(({ topic, payload }) => topic === 'ebb/status' && payload === 'offline');
    const asked = bath.heard.get('OPEN') ?? NaN;
    await expect.poll(() => bath.high('v1'), { timeout: 10_000, interval: 5 }).toBe(false);
    const low = bath.edges.findLast(({ pin, high }) => pin === 'v1' && !high)?.atMs ?? NaN;
    console.info(`hot low ${(low - asked).toFixed(1)} ms after the last OPEN (lease ${LEASE_MS} ms)`);
    expect(low - asked).toBeLessThanOrEqual(LEASE_MS + 10);
    expect(bath.high('v2')).toBe(false);
  } finally {
    await bath.close();
  }
});

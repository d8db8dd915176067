// Without these: the first thing anybody tries, `npm start`, could fail, end by itself, or not end when asked.
import { readdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { cleanUp, newFolder, runEbb } from '../support/process.ts';

afterEach(cleanUp);

it('completes a session, keeps serving, and ends on SIGTERM; a second one beside it works too', async () => {
  const folder = newFolder();
  const [first, second] = [1, 2].map(() => runEbb(['serve', '--demo', '--speed', '60'], folder));
  if (first === undefined || second === undefined) throw new Error('unreachable');
  for (const demo of [first, second]) {
    await demo.waitFor(/Still serving/);
    expect(demo.out()).toContain('Complete.');
    expect(demo.out()).toContain('SIMULATED');
    expect(demo.out()).toContain('npx ebb init');
    demo.kill('SIGTERM');
    expect(await demo.exit, demo.err()).toBe(0);
  }
  // Nothing of the user's is written.
  expect(readdirSync(folder)).toEqual([]);
}, 60_000);

it('closes the water and ends when it is interrupted in the middle', async () => {
  const demo = runEbb(['serve', '--demo', '--speed', '20'], newFolder());
  await demo.waitFor(/ ready ·/);
  demo.kill('SIGINT');
  expect(await demo.exit, demo.err()).toBe(0);
  expect(demo.out()).toMatch(/Stopped|stopped/);
  expect(demo.out()).toMatch(/hot closed · cold closed · Ended early/);
});

it('a session in scaled time stops with exit 3', async () => {
  const run = runEbb(['run', 'contrast-foot-bath', '--sim', '--speed', '50', '--seed', '2'], newFolder());
  await run.waitFor(/ warm ·/);
  run.kill('SIGTERM');
  expect(await run.exit, run.err()).toBe(3);
});

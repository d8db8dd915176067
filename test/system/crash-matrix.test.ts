/**
 * If these fail, there is a moment at which a crash leaves warm water running, opens a valve by itself, or forgets what
 * was done. Two points of each kind by seed; the whole matrix is in crash-matrix.long.test.ts.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { freshSeed, Random } from '../../src/random/random.ts';
import { CrashHouse } from '../support/crash-house.ts';
import { cleanUp } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { killAt } from './crash-matrix-suite.ts';

const SPEED = 5;
/** A script has more records than this: a point of a seed is always there. */
const POINTS = 34;
const seed = freshSeed();

afterAll(cleanUp);

describeWith(['mosquitto'], `killed with -9 after a record (seed ${seed})`, () => {
  describe.concurrent.each(['controller', 'broker'] as const)('%s', (victim) => {
    it(
      'closes by the lease, ends once, loses nothing, resumes nothing',
      { timeout: 400_000 },
      async ({ onTestFinished }) => {
        const random = new Random(seed, victim);
        const house = await CrashHouse.open('tasmota', SPEED);
        onTestFinished(() => house.close());
        await house.serveWithPage();
        for (const script of ['whole', 'troubled'] as const) {
          const n = random.int(1, POINTS);
          expect(await killAt(house, victim, script, n), `${script} has no record ${n}`).not.toBeNull();
        }
      },
    );
  });
});

/**
 * If this fails, there is a moment at which a crash leaves warm water running, opens a valve by itself, or forgets what
 * was done: a controller, its broker, or a controller that is just restarting is killed after each record of the
 * journal. EBB_RESTART_DOC=1 writes docs/restart.md from what was measured.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/protocols/index.ts';
import { CrashHouse } from '../support/crash-house.ts';
import type { Point, Victim } from '../support/crash-point.ts';
import { SCRIPTS, type ScriptName } from '../support/crash-script.ts';
import { DIALECTS } from '../support/dialects.ts';
import { cleanUp } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { restartDoc } from '../support/restart-doc.ts';
import { killAt } from './crash-matrix-suite.ts';

const SPEED = 5;
const NAME = 'tasmota';
/** A script has about forty records, many of them written together; a restart has four. */
const LEAST: Readonly<Record<Victim, number>> = { controller: 15, broker: 15, 'restarting controller': 2 };
/** Each has a bathroom of its own. */
const CHAINS: readonly (readonly [Victim, ScriptName])[] = [
  ['controller', 'whole'],
  ['controller', 'troubled'],
  ['broker', 'whole'],
  ['broker', 'troubled'],
  ['restarting controller', 'whole'],
];

const measured: Point[] = [];

afterAll(cleanUp);

/** Every moment of a script at which the journal grew, from its first record to its last. */
async function everyPoint(house: CrashHouse, victim: Victim, script: ScriptName): Promise<Point[]> {
  const points: Point[] = [];
  for (let n = 1; ;) {
    const point = await killAt(house, victim, script, n);
    if (point === null) return points;
    points.push(point);
    n = point.n + 1;
  }
}

describeWith(['mosquitto'], `killed with -9 after each record at ${SPEED}x`, () => {
  describe.concurrent.each(CHAINS)('%s, %s', (victim, script) => {
    it('closes by the lease, ends once, loses nothing, resumes nothing', async ({ onTestFinished }) => {
      const house = await CrashHouse.open(NAME, SPEED);
      onTestFinished(() => house.close());
      await house.serveWithPage();
      const points = await everyPoint(house, victim, script);
      measured.push(...points);
      console.info(`${victim}, ${script}: ${points.length} kill points`);
      expect(points.length).toBeGreaterThanOrEqual(LEAST[victim]);
    });
  });

  it('every record of the scripts was a last one', () => {
    const types = new Set(measured.map(({ after }) => after.split(' ')[0]));
    for (const type of ['start', 'open', 'close', 'proved', 'step', 'end', 'continue', 'clear', 'refused'])
      expect(types, type).toContain(type);
    expect(new Set(CHAINS.map(([, script]) => script))).toEqual(new Set(Object.keys(SCRIPTS)));
    if (process.env['EBB_RESTART_DOC'] !== '1') return;
    const text = restartDoc({ speed: SPEED, leaseMs: DIALECTS[NAME].leaseMs, points: measured });
    writeFileSync(join(packageRoot(), 'docs', 'restart.md'), text);
  });
});

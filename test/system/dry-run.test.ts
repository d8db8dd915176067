/**
 * If this fails, `ebb run --dry` lets somebody in on a real broker, or leaves the water running when it is stopped: the
 * command as a process of its own, its hardware beside it.
 */
import { afterAll, expect, test } from 'vitest';
import { cleanUp, runEbb } from '../support/process.ts';
import { isOff, isOn, openBathroom } from '../support/house.ts';
import { stateObjectSchema } from '../../src/model/state.ts';

afterAll(cleanUp);
const SPEED = 6;

test('ebb run --dry runs a step over nobody, and Ctrl-C closes the water first', async () => {
  const bathroom = await openBathroom(SPEED);
  try {
    const ebb = runEbb(
      ['run', 'contrast-foot-bath', '--dry', '--speed', String(SPEED), '--json'],
      bathroom.folder,
    );
    await bathroom.sees(isOn, 0, 60_000);
    await ebb.waitFor(/"phase":"warm"/);
    expect(bathroom.rig.plant.flows()).toBe(true);
    const from = bathroom.seen.length;
    ebb.kill('SIGINT');
    await bathroom.sees(isOff, from);
    expect(await ebb.exit, ebb.err()).toBe(3);
    expect(ebb.out()).not.toContain('"exposed":true');
    expect(ebb.out()).toContain('Dry run: stay out of the water.');
    expect(JSON.parse(ebb.out().trim().split('\n').at(-1) ?? '')).toMatchObject({
      ...{ type: 'result', outcome: 'stopped', dry: true, contact_s: 0, person: null },
    });
    // What others saw of it over MQTT: the promised object, and nobody permitted in any of them.
    const states = bathroom.seen.flatMap(({ topic, payload }) =>
      topic === 'ebb/foot-bath/state' && payload !== '' ? [stateObjectSchema.parse(JSON.parse(payload))] : [],
    );
    expect(states.some(({ phase, dry }) => phase === 'warm' && dry === true)).toBe(true);
    expect(states.filter(({ exposed }) => exposed)).toEqual([]);
    expect(bathroom.rig.person?.intervals()).toEqual([]);
  } finally {
    await bathroom.close();
  }
}, 120_000);

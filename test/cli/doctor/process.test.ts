/**
 * If these fail, `ebb doctor` opens valves that nobody allowed it to, or beside a controller; or a valve that stays
 * open passes in a script. Real processes on a real broker, the hardware simulated in one of them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBroker } from '../../../src/transports/broker.ts';
import { openTap } from '../../support/house.ts';
import { cleanUp, freePort, runEbb, runRig, writeHome } from '../../support/process.ts';
import { describeWith } from '../../support/programs.ts';
import { runInTerminal } from '../../support/terminal.ts';

const SPEED = 5;
const answerSchema = z.object({
  ok: z.boolean(),
  simulated: z.literal(true),
  findings: z.array(
    z.object({
      check: z.string(),
      device: z.string().nullable(),
      verdict: z.enum(['ok', 'warn', 'fail']),
      message: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
});

/** One broker and one rig for all: each takes seconds to come up. */
async function bathroom() {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const home = writeHome(`url: "${broker.url}"`);
  const { seen, tap, sees } = openTap(broker.url);
  const rig = runRig(home.file, { speed: SPEED, seed: 3 });
  await rig.waitFor(/^up/m);
  const close = async (): Promise<void> => {
    await cleanUp();
    await tap.close();
    await broker.close();
  };
  /** The opens that were sent since a place in what was seen. */
  const opens = (from: number) =>
    seen
      .slice(from)
      .filter(({ topic, payload }) => topic.startsWith('cmnd/bath-valves/TimedPower') && payload !== '')
      .map(({ topic, payload }) => `${topic.slice(-1)} ${payload}`);
  return { ...home, seen, tap, sees, opens, close };
}
let bath: Awaited<ReturnType<typeof bathroom>>;
beforeAll(async () => {
  bath = await bathroom();
}, 60_000);
afterAll(async () => {
  await bath.close();
});

const HOT = 'stat/bath-valves/POWER1';

describe('ebb doctor', () => {
  it('opens nothing where nobody can be asked; with --yes it proves every valve, at the speed of the rig', async () => {
    const { folder, opens, seen } = bath;
    const from = seen.length;
    const nobody = runEbb(['doctor'], folder);
    expect(await nobody.exit).toBe(2);
    expect(nobody.err()).toContain('--yes');
    expect(opens(from)).toEqual([]);
    const ebb = runEbb(['doctor', '--yes', '--json'], folder);
    expect(await ebb.exit, ebb.err() + ebb.out()).toBe(0);
    const { ok, findings } = answerSchema.parse(JSON.parse(ebb.out()));
    expect(ok).toBe(true);
    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set(['broker', 'devices', 'ceiling', 'lease', 'thermometer', 'clock', 'disk']),
    );
    const leases = findings.filter(({ check }) => check === 'lease');
    expect(leases.map(({ device, verdict }) => [device, verdict])).toEqual([
      ['foot-bath-hot', 'ok'],
      ['foot-bath-cold', 'ok'],
    ]);
    expect(opens(from)).toEqual(['1 3000', '2 3000']);
  });

  it('exits with 4 where a valve is kept open past its lease, and closes it', async () => {
    const { folder, seen, tap } = bath;
    // A program of the house makes the lease longer.
    let presses = true;
    tap.onMessage(({ topic, payload }) => {
      if (!presses || topic !== HOT || payload !== 'ON') return;
      presses = false;
      tap.publish({ topic: 'cmnd/bath-valves/TimedPower1', payload: '20000', qos: 0 });
    });
    const ebb = runEbb(['doctor', '--yes'], folder);
    expect(await ebb.exit, ebb.err() + ebb.out()).toBe(4);
    expect(ebb.out()).toMatch(/fail {2}lease foot-bath-hot: stayed open/);
    expect(ebb.out()).toContain('SIMULATED');
    expect(seen.findLast(({ topic }) => topic === HOT)?.payload).toBe('OFF');
  });

  it('leaves the devices of a controller alone, here and elsewhere', async () => {
    const { folder, opens, seen, tap } = bath;
    const from = seen.length;
    const serve = runEbb(['serve', '--speed', String(SPEED)], folder);
    await serve.waitFor(/ebb serves/);
    const ebb = runEbb(['doctor', '--yes'], folder);
    expect(await ebb.exit).toBe(2);
    expect(ebb.err()).toContain('controller_running');
    serve.kill('SIGTERM');
    await serve.exit;
    tap.publish({ topic: 'ebb/status', payload: 'online', qos: 1, retain: true });
    const far = runEbb(['doctor', '--yes'], folder);
    expect(await far.exit).toBe(2);
    expect(far.err()).toContain('a controller is online');
    tap.publish({ topic: 'ebb/status', payload: 'offline', qos: 1, retain: true });
    expect(opens(from)).toEqual([]);
  });

  it.each([
    ['it is interrupted', 'the doctor was interrupted'],
    ['the button at the bath is pressed', 'foot-bath-button was pressed'],
  ])('closes the valve where %s, and says that it was stopped there', async (_, why) => {
    const { folder, sees, seen, opens, tap } = bath;
    const before = seen.length;
    const ebb = runEbb(['doctor', '--yes'], folder);
    await sees(({ topic, payload }) => topic === HOT && payload === 'ON', before, 20_000);
    const from = seen.length;
    if (why.includes('pressed'))
      tap.publish({ topic: 'bath-probe/binary_sensor/button/state', payload: 'ON', qos: 0 });
    else ebb.kill('SIGINT');
    expect(await ebb.exit).toBe(3);
    expect(ebb.out()).toContain(`warn  lease foot-bath-hot: stopped here, so not tested to its end: ${why}`);
    expect(ebb.out()).toMatch(/ 1 to look at, 0 failed/);
    expect(ebb.err()).toContain(`stopped: ${why}; every valve was told to close`);
    await sees(({ topic, payload }) => topic === HOT && payload === 'OFF', from);
    expect(opens(from)).toEqual([]);
  });

  it('exits with 5 where no broker answers', async () => {
    const { folder } = writeHome(`url: "mqtt://127.0.0.1:${await freePort()}"`);
    const ebb = runEbb(['doctor', '--yes'], folder);
    expect(await ebb.exit).toBe(5);
  });
});

describeWith(['script'], 'ebb doctor in a terminal', () => {
  it('asks first: no is no, and yes is yes; no controller starts meanwhile', async () => {
    const { file, folder, opens, seen } = bath;
    const from = seen.length;
    const no = runInTerminal(['doctor', '--config', file]);
    await no.reads(/nobody in the water/, 20_000);
    const serve = runEbb(['serve', '--speed', String(SPEED)], folder);
    expect(await serve.exit).toBe(2);
    expect(serve.err()).toContain('controller_running');
    no.press('n\n');
    expect(await no.exit).toBe(2);
    expect(opens(from)).toEqual([]);
    const yes = runInTerminal(['doctor', '--config', file]);
    await yes.reads(/nobody in the water/, 20_000);
    yes.press('y\n');
    expect(await yes.exit).toBe(0);
    expect(yes.out()).toMatch(/ok {4}lease foot-bath-hot: closed by itself/);
    expect(opens(from)).toHaveLength(2);
  });

  it('Ctrl-C at the question is an answer, too: nothing is opened, and it ends in good order', async () => {
    const { file, opens, seen } = bath;
    const from = seen.length;
    const ebb = runInTerminal(['doctor', '--config', file]);
    await ebb.reads(/nobody in the water/, 20_000);
    ebb.press('\x03');
    expect(await ebb.exit).toBe(3);
    expect(ebb.out()).toContain('stopped; nothing was opened');
    expect(opens(from)).toEqual([]);
  });
});

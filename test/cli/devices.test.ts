/**
 * If these fail, a person cannot see what is wrong with their devices, asking moves a valve of somebody's session, or
 * simulated devices fight real ones: `ebb devices` and `ebb devices simulate` as real processes on a real broker.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { deviceReportSchema } from '../../src/model/inventory.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { framed } from '../firmware-sim/boards/talk.ts';
import { openTap } from '../support/house.ts';
import { cleanUp, runEbb, runRig, writeHome } from '../support/process.ts';

const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  await cleanUp();
  for (const one of close.splice(0).reverse()) await one();
});

const answerSchema = z.object({ devices: z.array(deviceReportSchema), by: z.string() });

async function home() {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  close.push(() => broker.close());
  const made = writeHome(`url: "${broker.url}"`);
  const { seen, tap, sees } = openTap(broker.url);
  close.push(() => tap.close());
  return { ...made, seen, sees, tap, url: broker.url };
}

describe('ebb devices', () => {
  it('meets the devices itself where no controller runs: closes, reads, opens nothing', async () => {
    const { folder, file, seen } = await home();
    const rig = runRig(file, { speed: 1, seed: 3 });
    await rig.waitFor(/^up/m);
    const ebb = runEbb(['devices', '--json'], folder);
    expect(await ebb.exit, ebb.err()).toBe(0);
    const { devices, by } = answerSchema.parse(JSON.parse(ebb.out()));
    expect(by).toBe('this command');
    const of = Object.fromEntries(devices.map((device) => [device.id, device]));
    expect(of['foot-bath-hot']).toMatchObject({
      link: 'up',
      valve: 'closed',
      deadline: 'per-command',
      lease_s: 10,
    });
    expect(of['foot-bath-cold']).toMatchObject({ link: 'up', valve: 'closed' });
    expect(of['foot-bath-thermometer']?.reading?.value).toBeGreaterThan(15);
    expect(seen.some(({ topic }) => topic.includes('TimedPower1'))).toBe(false);
  });

  it('asks the running controller, which keeps its devices', async () => {
    const { folder, file, seen } = await home();
    const rig = runRig(file, { speed: 1, seed: 3 });
    await rig.waitFor(/^up/m);
    const serve = runEbb(['serve'], folder);
    await serve.waitFor(/ebb serves/);
    await expect
      .poll(
        async () => {
          const ebb = runEbb(['devices', '--json'], folder);
          await ebb.exit;
          const { devices, by } = answerSchema.parse(JSON.parse(ebb.out()));
          return by === 'controller' && devices.every(({ link }) => link === 'up');
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    const before = seen.length;
    const ebb = runEbb(['devices'], folder);
    expect(await ebb.exit).toBe(0);
    expect(ebb.out()).toMatch(/foot-bath-hot\s+hot\s+tasmota\s+yes\s+closed/);
    expect(seen.slice(before).filter(({ topic }) => topic.startsWith('cmnd/bath-valves/POWER'))).toEqual([]);
  });

  it('leaves the devices of a controller on another computer alone', async () => {
    const { folder, file, seen } = await home();
    const elsewhere = writeHome(readUrl(file));
    const serve = runEbb(['serve'], elsewhere.folder);
    await serve.waitFor(/ebb serves/);
    await expect.poll(() => seen.some(({ payload }) => payload === 'online')).toBe(true);
    const before = seen.length;
    const ebb = runEbb(['devices'], folder);
    expect(await ebb.exit).toBe(5);
    expect(ebb.err()).toContain('controller on another computer');
    expect(seen.slice(before).filter(({ topic }) => topic.startsWith('cmnd/'))).toEqual([]);
  });

  it('says that nothing answers, and which device it is', async () => {
    const { folder } = await home();
    const ebb = runEbb(['devices'], folder);
    expect(await ebb.exit).toBe(0);
    expect(ebb.out()).toMatch(/foot-bath-hot\s+hot\s+tasmota\s+no answer\s+unknown/);
  });

  it('cannot ask an embedded broker that does not run', async () => {
    const { folder } = writeHome('listen: "127.0.0.1:18999"');
    const ebb = runEbb(['devices'], folder);
    expect(await ebb.exit).toBe(5);
    expect(ebb.err()).toContain('ebb serve');
  });
});

describe('ebb devices simulate', () => {
  it('announces speed and seed, retained, and takes it back on Ctrl-C', async () => {
    const { file, sees } = await home();
    const rig = runRig(file, { speed: 2, seed: 7 });
    const told = await sees(({ topic }) => topic === 'ebb/simulated');
    expect(JSON.parse(told.payload)).toEqual({ speed: 2, seed: 7 });
    rig.kill('SIGINT');
    expect(await rig.exit).toBe(0);
    await sees(({ topic, payload }) => topic === 'ebb/simulated' && payload === '');
  });

  it('a board of another computer is simulated with its bridge, on the topics that the config names', async () => {
    const { file, sees, tap } = await home();
    const text = readFileSync(file, 'utf8')
      .replace(/hot: .*/, 'hot: { driver: board, port: "mqtt:serial/bath", valve: 1 }')
      .replace(/cold: .*/, 'cold: { driver: board, port: "mqtt:serial/bath", valve: 2 }');
    writeFileSync(file, text);
    const rig = runRig(file, { speed: 1, seed: 3 });
    await sees(({ topic, payload }) => topic === 'serial/bath/status' && payload === 'online');
    // A board that is opened starts anew, perhaps in the middle of a line.
    await sees(({ topic, payload }) => topic === 'serial/bath/rx' && payload.includes('!boot boot='));
    tap.publish({ topic: 'serial/bath/tx', payload: framed('@7 HELLO').trim(), qos: 0 });
    await sees(({ topic, payload }) => topic === 'serial/bath/rx' && payload.startsWith('@7 ok proto=1 '));
    rig.kill('SIGINT');
    expect(await rig.exit).toBe(0);
    await sees(({ topic, payload }) => topic === 'serial/bath/status' && payload === 'offline');
  });

  it('takes the announcement back also where it is killed: nobody may believe in hardware that is gone', async () => {
    const { file, sees } = await home();
    const rig = runRig(file, { speed: 2, seed: 7 });
    await sees(({ topic }) => topic === 'ebb/simulated');
    rig.kill('SIGKILL');
    await sees(({ topic, payload }) => topic === 'ebb/simulated' && payload === '');
  });

  it('puts a valve board at the port that the config names, and takes the port away again', async () => {
    const { folder, file } = await home();
    const port = join(folder, 'serial', 'valve-board');
    const at = (part: string): string => `{ driver: board, port: ${port}, ${part} }`;
    const text = readFileSync(file, 'utf8')
      .replace(/hot: .*/, `hot: ${at('valve: 1')}`)
      .replace(/cold: .*/, `cold: ${at('valve: 2')}`)
      .replace(/thermometer: .*/, `thermometer: ${at('temperature: 1')}`)
      .replace(/button: .*/, `stop: ${at('button: 1')}`);
    writeFileSync(file, text);
    const rig = runRig(file, { speed: 1, seed: 3 });
    await rig.waitFor(/^up/m);
    const ebb = runEbb(['devices', '--json'], folder);
    expect(await ebb.exit, ebb.err()).toBe(0);
    const { devices } = answerSchema.parse(JSON.parse(ebb.out()));
    const of = Object.fromEntries(devices.map((device) => [device.id, device]));
    expect(of['foot-bath-hot']).toMatchObject({ link: 'up', valve: 'closed', lease_s: 2 });
    expect(of['foot-bath-thermometer']?.reading?.value).toBeGreaterThan(15);
    rig.kill('SIGINT');
    expect(await rig.exit).toBe(0);
    expect(existsSync(port)).toBe(false);
  });

  it(
    'breaks the hardware of a session that another process runs, and says so',
    { timeout: 120_000 },
    async () => {
      const { folder } = await home();
      const faults = 'supply-guard-60 @ warm 1 + 3 s';
      const refused = runEbb(['devices', 'simulate', '--faults', 'time-stall'], folder);
      expect(await refused.exit).toBe(2);
      expect(refused.err()).toContain('ebb sim --faults time-stall');
      const rig = runEbb(['devices', 'simulate', '--json', '--speed', '5', '--faults', faults], folder);
      await rig.waitFor(/"type":"up"/);
      const run = runEbb(['run', 'contrast-foot-bath', '--speed', '5', '--json'], folder);
      expect(await run.exit, run.err() + run.out().slice(-1_500)).toBe(4);
      expect(run.out()).toMatch(/"outcome":"aborted","reason":"(rising_too_fast|over_temperature|scalding)"/);
      expect(rig.out()).toContain(`"faults":"${faults}"`);
      expect(rig.out()).toMatch(/"type":"fault",.*"id":"supply-guard-60".*"on":true/);
      rig.kill('SIGINT');
      expect(await rig.exit).toBe(0);
      expect(rig.out()).toMatch(/"id":"supply-guard-60".*"on":false/);
    },
  );

  it('does not stand in for the devices of a config of real hardware', async () => {
    const { folder, file } = writeHome('url: "mqtt://127.0.0.1:18999"');
    const simulated = readFileSync(file, 'utf8');
    writeFileSync(file, simulated.replace('simulated: true', '').replace(', cli, mqtt]', ', cli]'));
    const ebb = runEbb(['devices', 'simulate'], folder);
    expect(await ebb.exit).toBe(2);
    expect(ebb.err()).toContain('real hardware');
  });
});

function readUrl(file: string): string {
  const [, url = ''] = /url: "([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
  return `url: "${url}"`;
}

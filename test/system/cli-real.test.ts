// Without these: `ebb run` and `ebb serve` could leave water running when somebody presses Ctrl-C, two controllers could
// fight over one bath, or a simulation could run at another pace than the hardware it drives.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import type { MqttBus } from '../../src/transports/mqtt.ts';
import { cleanUp, freePort, runEbb, runRig, writeHome } from '../support/process.ts';

const taps: MqttBus[] = [];

afterEach(async () => {
  await Promise.all(taps.splice(0).map((tap) => tap.close()));
  await cleanUp();
});

/** Sees everything on a broker, as somebody beside it would. */
async function tap(url: string): Promise<{ bus: MqttBus; seen: BusMessage[] }> {
  const bus = connectMqtt({ clientId: 'tap', url, clock: new SystemClock() });
  taps.push(bus);
  const seen: BusMessage[] = [];
  bus.onMessage((message) => seen.push(message));
  bus.subscribe(['#']);
  await new Promise<void>((resolve) => {
    bus.onLink((up) => {
      if (up) resolve();
    });
  });
  return { bus, seen };
}

async function home(): Promise<{ folder: string; file: string; url: string }> {
  const port = await freePort();
  return { ...writeHome(`listen: "127.0.0.1:${port}"`), url: `mqtt://127.0.0.1:${port}` };
}

/** Two processes and a broker between them: what the computer stalls for counts as many times as long. */
const SPEED = 4;

describe('ebb run with hardware in another process', () => {
  it('closes the water first on Ctrl-C, tells how it ended, and leaves nothing behind', async () => {
    const { folder, file, url } = await home();
    const rig = runRig(file, { speed: SPEED, seed: 3 });
    const ebb = runEbb(['run', 'contrast-foot-bath', '--speed', String(SPEED), '--json'], folder);
    await rig.waitFor(/up/);
    const { seen } = await tap(url);
    await ebb.waitFor(/"hot":"open"/);
    expect(statSync(join(folder, '.ebb', 'controller.json')).mode & 0o777).toBe(0o600);
    const before = seen.length;
    const clock = new SystemClock();
    const sentMs = clock.nowMs();
    ebb.kill('SIGINT');
    await expect.poll(() => closes(seen.slice(before)), { interval: 5, timeout: 2_000 }).toBeGreaterThan(0);
    expect(clock.nowMs() - sentMs).toBeLessThan(1_000);
    expect(await ebb.exit).toBe(3);
    const last: unknown = JSON.parse(ebb.out().trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({
      type: 'result',
      outcome: 'stopped',
      reason: 'stopped_by_person',
      simulated: true,
    });
    expect(seen.slice(before).some(isOpen)).toBe(false);
    expect(existsSync(join(folder, '.ebb', 'controller.json'))).toBe(false);
    expect(lastOf(seen, 'ebb/status')).toBe('offline');
  });

  it('does not run at a pace that nobody announced, or at another one', async () => {
    const { folder, file } = await home();
    const rig = runRig(file, { speed: 20, seed: 4 });
    const ebb = runEbb(['run', 'contrast-foot-bath', '--speed', '5'], folder);
    await rig.waitFor(/up/);
    expect(await ebb.exit).toBe(2);
    expect(ebb.err()).toMatch(/runs at the speed 20, not 5/);
  });
});

describe('ebb serve', () => {
  it('serves, is used by run and the words, refuses a second one, and closes the water on SIGTERM', async () => {
    const { folder, file, url } = await home();
    const rig = runRig(file, { speed: SPEED, seed: 5 });
    const serve = runEbb(['serve', '--speed', String(SPEED)], folder);
    await serve.waitFor(/ebb serves home: foot-bath/);
    await rig.waitFor(/up/);

    const second = runEbb(['serve'], folder);
    expect(await second.exit).toBe(2);
    expect(second.err()).toContain('controller_running');
    expect(second.err()).toContain(String(serve.pid));

    const run = runEbb(['run', 'contrast-foot-bath', '--json'], folder);
    await run.waitFor(/"hot":"open"/);
    const status = runEbb(['status', '--json'], folder);
    expect(await status.exit, status.err()).toBe(0);
    expect(JSON.parse(status.out())).toMatchObject({
      stations: { 'foot-bath': { phase: 'preparing', simulated: true } },
    });
    const again = runEbb(['start'], folder);
    expect(await again.exit).toBe(2);
    expect(again.err()).toContain('busy');
    const stop = runEbb(['stop'], folder);
    expect(await stop.exit, stop.err()).toBe(0);
    expect(stop.out()).toContain('the water is closed');
    expect(await run.exit).toBe(3);

    const third = runEbb(['run', 'contrast-foot-bath', '--json'], folder);
    await third.waitFor(/"hot":"open"/);
    const { seen } = await tap(url);
    serve.kill('SIGTERM');
    expect(await serve.exit).toBe(0);
    expect(closes(seen)).toBeGreaterThan(0);
    expect(await third.exit).not.toBe(0);
    expect(existsSync(join(folder, '.ebb', 'controller.json'))).toBe(false);
  }, 60_000);

  it('speaks MQTT: set in, state and error out', async () => {
    const { folder, file, url } = await home();
    const rig = runRig(file, { speed: 1, seed: 5 });
    const serve = runEbb(['serve'], folder);
    await serve.waitFor(/ebb serves/);
    await rig.waitFor(/up/);
    const { bus, seen } = await tap(url);
    await expect.poll(() => lastOf(seen, 'ebb/status')).toBe('online');
    const set = (payload: string): void => {
      bus.publish({ topic: 'ebb/foot-bath/set', payload, qos: 1 });
    };
    set('{"command":"pause","transaction":"t-1"}');
    await expect.poll(() => lastOf(seen, 'ebb/foot-bath/error') ?? '').toContain('"t-1"');
    set('{"command":"start"}');
    await expect.poll(() => lastOf(seen, 'ebb/foot-bath/error') ?? '').toContain('not_local');
    expect(lastOf(seen, 'ebb/foot-bath/state')).toContain('"simulated":true');
  });
});

describe('what cannot be reached', () => {
  it('names mqtt.url when the embedded broker finds its port taken', async () => {
    const { folder, url } = await home();
    const first = runEbb(['serve'], folder);
    await first.waitFor(/ebb serves/);
    const other = writeHome(`listen: "${url.replace('mqtt://', '')}"`);
    const second = runEbb(['serve'], other.folder);
    expect(await second.exit).toBe(5);
    expect(second.err()).toContain('mqtt.url');
  });

  it('gives up on a broker that does not answer, before anything opens', async () => {
    const { folder } = writeHome(`url: "mqtt://127.0.0.1:${await freePort()}"`);
    for (const args of [['run', 'contrast-foot-bath'], ['stop'], ['status']]) {
      const ebb = runEbb(args, folder);
      expect(await ebb.exit, args.join(' ')).toBe(5);
      expect(ebb.err()).toContain('mqtt.url');
    }
  });

  it('says that no controller runs', async () => {
    const { folder } = await home();
    const ebb = runEbb(['begin'], folder);
    expect(await ebb.exit).toBe(5);
    expect(ebb.err()).toContain('controller_unreachable');
  });
});

/** A relay told to open: with a deadline. */
function isOpen({ topic, payload }: BusMessage): boolean {
  return /^cmnd\/bath-valves\/TimedPower\d$/.test(topic) && Number(payload) > 0;
}

/** How many messages turn a relay off. */
function closes(seen: readonly BusMessage[]): number {
  return seen.filter(({ topic, payload }) => /^cmnd\/bath-valves\/POWER\d$/i.test(topic) && payload === 'OFF')
    .length;
}

function lastOf(seen: readonly BusMessage[], topic: string): string | undefined {
  return seen.findLast((message) => message.topic === topic)?.payload;
}

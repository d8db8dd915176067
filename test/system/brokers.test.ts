// If this fails, a controller with a wrong password or somebody else's certificate seems to run, the network reaches
// the broker without a password, or a changed password counts only after a restart.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeAuthority } from '../support/certificates.ts';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.ts';
import { cleanUp, freePort, newFolder, runEbb, writeHome, type Child } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';

const EBB = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');
const SECRET = 'hunter2-hunter2';
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
  await cleanUp();
});
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

async function mosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const running = await startMosquitto(options);
  cleanup.push(() => running.stop());
  return running;
}

async function guest(
  url: string,
  options: { username?: string; password?: string; ca?: Buffer },
): Promise<{ client: MqttClient; got: string[] }> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options }, false);
  client.on('error', () => undefined);
  cleanup.push(() => client.end(true));
  const got: string[] = [];
  client.on('message', (topic, payload) => got.push(`${topic} ${payload.toString()}`));
  await client.subscribeAsync('#');
  return { client, got };
}

const saysOnline = ({ got }: { got: string[] }): Promise<void> =>
  until(() => {
    expect(got).toContain('ebb/status online');
  });
async function ended(child: Child): Promise<{ code: number | null; said: string }> {
  const code = await child.exit;
  return { code, said: `${child.out()}\n${child.err()}` };
}

describeWith(['mosquitto', 'mosquitto_passwd', 'openssl'], 'with a Mosquitto', () => {
  it('user, password, TLS and a CA of one’s own: the controller is online', async () => {
    const folder = newFolder();
    const home = makeAuthority(folder, 'home');
    const users = { ebb: SECRET, sam: 'sam' };
    const { url } = await mosquitto({ users, tls: home.issue('broker', ['DNS:localhost']) });
    const { folder: cwd } = writeHome(`url: "${url}", username: ebb, password: ${SECRET}, ca: ./ca.pem`);
    copyFileSync(home.ca, join(cwd, 'ca.pem'));
    const ebb = runEbb(['serve'], cwd);
    await ebb.waitFor(/ebb serves/);
    await saysOnline(await guest(url, { username: 'sam', password: 'sam', ca: readFileSync(home.ca) }));
    ebb.kill('SIGTERM');
    const { code, said } = await ended(ebb);
    expect(code).toBe(0);
    expect(said).not.toContain(SECRET);
  });

  it.each(['serve', 'run contrast-foot-bath'])(
    'a wrong password ends ebb %s with 5, and says which key',
    async (command) => {
      const { url } = await mosquitto({ users: { ebb: 'another' } });
      const { folder } = writeHome(`url: "${url}", username: ebb, password: ${SECRET}`);
      const { code, said } = await ended(runEbb(command.split(' '), folder));
      expect({ code, said }).toMatchObject({ code: 5 });
      expect(said).toContain('broker_login');
      expect(said).toContain('mqtt.password');
      expect(said).not.toContain(SECRET);
    },
  );

  it.each(['serve', 'run contrast-foot-bath'])(
    'a certificate of nobody ends ebb %s with 5',
    async (command) => {
      const home = makeAuthority(newFolder(), 'home');
      const { url } = await mosquitto({ tls: home.issue('broker', ['DNS:localhost']) });
      const { folder } = writeHome(`url: "${url}"`);
      const { code, said } = await ended(runEbb(command.split(' '), folder));
      expect({ code, said }).toMatchObject({ code: 5 });
      expect(said).toContain('broker_certificate');
      expect(said).toContain('mqtt.ca');
    },
  );

  it('that is not there yet is waited for by ebb serve, which says so, and not by ebb run', async () => {
    const port = await freePort();
    const { folder } = writeHome(`url: "mqtt://127.0.0.1:${port}"`);
    const run = await ended(runEbb(['run', 'contrast-foot-bath'], folder));
    expect(run.code).toBe(5);
    expect(run.said).toContain('broker_unreachable');
    const ebb = runEbb(['serve'], folder);
    await until(() => {
      expect(ebb.err()).toContain('mqtt.url');
      expect(ebb.err()).toContain('goes on trying');
    });
    const { url } = await mosquitto({ port });
    await saysOnline(await guest(url, {}));
  });
});

describe('with a broker of its own, for the network', () => {
  /** Nobody types into it. */
  const passwd = (folder: string, password: string): void => {
    const { status } = spawnSync(process.execPath, [EBB, 'passwd', '--mqtt'], {
      cwd: folder,
      input: `${password}\n`,
    });
    expect(status).toBe(0);
  };

  it('ebb serve starts with a password only, keeps everybody else out, and takes a new one at once', async () => {
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    const { folder } = writeHome(`listen: "0.0.0.0:${port}"`);
    const refused = await ended(runEbb(['serve'], folder));
    expect(refused.code).toBe(2);
    expect(refused.said).toContain('password_missing');
    expect(refused.said).toContain('ebb passwd --mqtt');

    passwd(folder, 'a cold bucket');
    const ebb = runEbb(['serve'], folder);
    await ebb.waitFor(/ebb serves/);
    await expect(guest(url, {})).rejects.toThrow(/refused/);
    const device = await guest(url, { username: 'bath-valves', password: 'a cold bucket' });
    await saysOnline(device);
    await device.client.publishAsync('cmnd/bath-valves/POWER1', 'ON');
    await device.client.publishAsync('mark', '1');
    await until(() => {
      expect(device.got).toContain('mark 1');
    });
    expect(device.got).not.toContain('cmnd/bath-valves/POWER1 ON');

    passwd(folder, 'another bucket');
    await until(() => {
      expect(device.client.connected).toBe(false);
    });
    const again = (): ReturnType<typeof guest> =>
      guest(url, { username: 'bath-valves', password: 'another bucket' });
    await saysOnline(await vi.waitFor(again, { timeout: 20_000, interval: 100 }));
    ebb.kill('SIGTERM');
    expect((await ended(ebb)).code).toBe(0);
  });
});

// If this fails over the broker that most people have: the password goes to somebody else's broker, a command of
// before an outage comes out after it, or a broker that refuses is taken for one that is down.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { LinkError } from '../../src/model/errors.ts';
import { silentLog, type Log } from '../../src/model/log.ts';
import { connectMqtt, type MqttBus, type MqttOptions } from '../../src/transports/mqtt.ts';
import { makeAuthority, type Authority } from '../support/certificates.ts';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../support/mosquitto.ts';
import { describeWith } from '../support/programs.ts';

const clock = new SystemClock();
const SECRET = 'hunter2-hunter2';
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
  vi.unstubAllEnvs();
});
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 5 });

async function broker(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const running = await startMosquitto(options);
  cleanup.push(() => running.stop());
  return running;
}

interface Client {
  readonly bus: MqttBus;
  readonly got: string[];
  readonly links: boolean[];
  readonly errors: LinkError[];
  readonly logged: string[];
}

function client(options: Partial<MqttOptions> & { readonly url: string }, filters: string[] = []): Client {
  const logged: string[] = [];
  const keep = (fields: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log: Log = { ...silentLog, warn: keep, error: keep };
  const bus = connectMqtt({ clientId: `c${cleanup.length}`, clock, log, ...options });
  cleanup.push(() => bus.close());
  const [got, links, errors]: [string[], boolean[], LinkError[]] = [[], [], []];
  bus.onMessage(({ topic, payload }) => got.push(`${topic} ${payload}`));
  bus.onLink((up) => links.push(up));
  bus.onError((error) => errors.push(error));
  bus.subscribe(filters);
  return { bus, got, links, errors, logged };
}
const isUp = ({ links }: Client): Promise<void> =>
  until(() => {
    expect(links.at(-1)).toBe(true);
  });
const say = ({ bus }: Client, topic: string, payload = '1'): void => {
  bus.publish({ topic, payload, qos: 1 });
};

/** The first error of a connection that does not come up. */
async function refused(options: Partial<MqttOptions> & { readonly url: string }): Promise<LinkError> {
  const one = client({ password: SECRET, username: 'ebb', ...options });
  await until(() => {
    expect(one.errors.length).toBeGreaterThan(0);
  });
  expect(one.links).toEqual([false]);
  const [error] = one.errors;
  if (error === undefined) throw new Error('no error');
  expect(JSON.stringify([error.message, error.fields, one.logged])).not.toContain(SECRET);
  return error;
}

describeWith(['mosquitto', 'mosquitto_passwd'], 'a Mosquitto with users', () => {
  const users = { ebb: SECRET, valve: 'b' };

  it('lets in who knows the password', async () => {
    const { url } = await broker({ users });
    const ebb = client({ url, username: 'ebb', password: SECRET }, ['x']);
    await isUp(ebb);
    say(ebb, 'x');
    await until(() => {
      expect(ebb.got).toEqual(['x 1']);
    });
  });

  it.each([
    ['a wrong password', { username: 'ebb', password: 'hunter3' }],
    ['another user', { username: 'sam', password: SECRET }],
    ['no login at all', { username: '', password: '' }],
  ])('refuses %s, and the message names the keys to change', async (_, login) => {
    const { url } = await broker({ users });
    const error = await refused({ url, ...login });
    expect(error).toMatchObject({ code: 'broker_login' });
    expect(error.message).toContain('mqtt.username and mqtt.password');
  });
});

describeWith(['mosquitto', 'mosquitto_passwd'], 'the ACL file of the documentation', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'mqtt.md'), 'utf8');
  const acl = /```text\n(# Ebb: everything[^`]+)```/.exec(text)?.[1] ?? '';
  const names = ['ebb', 'homeassistant', 'zigbee2mqtt', 'bath-valves', 'bath-node', 'bath-shelly'];
  const users = Object.fromEntries(names.map((name) => [name, name]));
  const join_ = async (url: string, name: string, filters: string[] = []): Promise<Client> => {
    const one = client({ url, username: name, password: name, clientId: name }, filters);
    await isUp(one);
    return one;
  };

  it('lets only Ebb command devices and speak for itself, and each device report', async () => {
    const { url } = await broker({ users, acl });
    const ebb = await join_(url, 'ebb', ['#']);
    const allowed: Readonly<Record<string, readonly string[]>> = {
      homeassistant: ['ebb/foot-bath/set', 'homeassistant/status', 'ebb/foot-bath/select/start'],
      zigbee2mqtt: ['zigbee2mqtt/valve', 'zigbee2mqtt/bridge/devices'],
      'bath-valves': ['stat/bath-valves/RESULT', 'tele/bath-valves/LWT'],
      'bath-node': ['bath-node/status', 'bath-node/lease/state', 'bath-node/sensor/water/state'],
      'bath-shelly': [
        'bath-shelly/online',
        'bath-shelly/events/rpc',
        'ebb/rpc/foot-bath-hot/bath-shelly/rpc',
      ],
    };
    const forbidden = [
      ...['cmnd/bath-valves/POWER1', 'bath-node/lease', 'bath-node/switch/hot/command', 'bath-shelly/rpc'],
      ...['ebb/status', 'ebb/foot-bath/state', 'stat/other/POWER'],
    ];
    for (const name of names.slice(1)) {
      const one = await join_(url, name);
      for (const topic of forbidden) say(one, topic, name);
      if (name !== 'zigbee2mqtt') say(one, 'zigbee2mqtt/valve/set', name);
      for (const topic of allowed[name] ?? []) say(one, topic, name);
    }
    const expected = Object.entries(allowed).flatMap(([name, topics]) =>
      topics.map((topic) => `${topic} ${name}`),
    );
    await until(() => {
      expect(ebb.got).toHaveLength(expected.length);
    });
    expect(ebb.got).toEqual(expected);
    const device = await join_(url, 'bath-valves', ['cmnd/bath-valves/#']);
    say(ebb, 'cmnd/bath-valves/POWER1', 'OFF');
    await until(() => {
      expect(device.got).toEqual(['cmnd/bath-valves/POWER1 OFF']);
    });
  });

  it('a publish that it forbids is acknowledged and dropped: the link stays up, and nothing comes', async () => {
    const { url } = await broker({ users, acl });
    const valve = await join_(url, 'bath-valves', ['ebb/#']);
    say(valve, 'ebb/status', 'online');
    const ebb = await join_(url, 'ebb');
    say(ebb, 'ebb/mark');
    await until(() => {
      expect(valve.got).toEqual(['ebb/mark 1']);
    });
    expect(valve.links).toEqual([true]);
    expect(valve.logged).toEqual([]);
  });
});

describe('a broker that refuses a subscription', () => {
  /** A broker of a few lines; `type` is that of the packet. */
  async function pretend(answer: (socket: Socket, type: number, bytes: Buffer) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        answer(socket, (bytes[0] ?? 0) >> 4, bytes);
      });
      cleanup.push(() => socket.destroy());
    });
    cleanup.push(() => server.close());
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  it('is heard: an error names the topics, and the rest goes on', async () => {
    // Mosquitto grants everything and delivers nothing; brokers that say so answer 128.
    const port = await pretend((socket, type, bytes) => {
      if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
      if (type === 8) socket.write(Buffer.from([0x90, 4, bytes[2] ?? 0, bytes[3] ?? 0, 1, 0x80]));
    });
    const one = client({ url: `mqtt://127.0.0.1:${port}` }, ['allowed', 'forbidden']);
    await isUp(one);
    expect(one.logged).toHaveLength(1);
    expect(one.logged[0]).toContain('the broker refused a subscription');
    expect(one.logged[0]).toContain('forbidden');
    expect(one.logged[0]).not.toContain('allowed');
  });

  it('connects again where it answers nonsense, since a deaf controller is worse than none', async () => {
    let connections = 0;
    const port = await pretend((socket, type, bytes) => {
      if (type === 1) {
        connections += 1;
        socket.write(Buffer.from([0x20, 2, 0, 0]));
      }
      if (type === 8) socket.write(Buffer.from([0x90, 3, bytes[2] ?? 0, bytes[3] ?? 0, 1]));
    });
    client({ url: `mqtt://127.0.0.1:${port}` }, ['one', 'two']);
    await until(() => {
      expect(connections).toBeGreaterThan(1);
    });
  });
});

describeWith(['mosquitto', 'openssl'], 'a Mosquitto with TLS', () => {
  let folder = '';
  let home: Authority;
  let other: Authority;
  let tls: { cert: string; key: string };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ebb-tls-'));
    home = makeAuthority(folder, 'home');
    other = makeAuthority(folder, 'other');
    tls = home.issue('broker', ['DNS:localhost']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const pem = (authority: Authority): string => readFileSync(authority.ca, 'utf8');

  it('is joined with the CA of one’s own', async () => {
    const { url } = await broker({ tls });
    const ebb = client({ url, ca: pem(home) }, ['x']);
    await isUp(ebb);
    say(ebb, 'x');
    await until(() => {
      expect(ebb.got).toEqual(['x 1']);
    });
  });

  it.each([
    ['without a CA', () => ({})],
    ['with another CA', () => ({ ca: pem(other) })],
    ['under another name', () => ({ ca: pem(home), host: '127.0.0.1' })],
    ['where the environment says not to verify', () => ({ insecure: true })],
  ])('is sent nothing %s', async (_, more) => {
    const secure = await broker({ tls });
    const trust: { ca?: string; host?: string; insecure?: boolean } = more();
    const { ca, host = 'localhost', insecure = false } = trust;
    if (insecure) vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const error = await refused({
      url: secure.url.replace('localhost', host),
      ...(ca === undefined ? {} : { ca }),
    });
    expect(error).toMatchObject({ code: 'broker_certificate' });
    expect(error.message).toContain('mqtt.ca');
    expect(error.message).toContain('mqtt.url');
    expect(secure.log()).not.toMatch(/New client connected/);
  });

  it('is not spoken to without TLS, nor TLS with one that has none', async () => {
    const plain = await broker();
    const secure = await broker({ tls });
    const wrong = [plain.url.replace('mqtt:', 'mqtts:'), secure.url.replace('mqtts:', 'mqtt:')];
    for (const url of wrong) {
      const error = await refused({ url, ca: pem(home) });
      expect(error).toMatchObject({ code: 'broker_unreachable' });
      expect(error.message).toContain('mqtt.url');
    }
    expect(plain.log()).not.toMatch(/New client connected/);
  });
});

describeWith(['mosquitto'], 'an outage', () => {
  it('queues nothing: what was said during it, and what was not acknowledged before it, never comes out', async () => {
    const first = await broker();
    const ebb = client({ url: first.url }, ['x']);
    await isUp(ebb);
    // Frozen, it takes what is sent and acknowledges nothing; then it dies without having looked at it.
    first.signal('SIGSTOP');
    say(ebb, 'x', 'open, never acknowledged');
    first.signal('SIGKILL');
    await until(() => {
      expect(ebb.links).toEqual([true, false]);
    });
    say(ebb, 'x', 'open, while it was away');
    const second = await broker({ port: first.port });
    const watcher = client({ url: second.url }, ['#']);
    await isUp(watcher);
    await until(() => {
      expect(ebb.links).toEqual([true, false, true]);
    });
    say(ebb, 'x', 'close');
    await until(() => {
      expect(watcher.got).toEqual(['x close']);
    });
    expect(ebb.got).toEqual(['x close']);
  });

  it('of ten minutes is met with few attempts, and two controllers do not try in step', async () => {
    const gone = await broker();
    const { url, port } = gone;
    await gone.stop();
    let attempts = 0;
    const sockets = new Set<Socket>();
    const deaf = createServer((socket) => {
      attempts += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.destroy();
    });
    await new Promise<void>((resolve) => deaf.listen(port, '127.0.0.1', resolve));
    cleanup.push(() => deaf.close());
    const retries: number[][] = [];
    for (let i = 0; i < 2; i += 1) {
      const virtual = new VirtualClock();
      const times: number[] = [];
      const one = client({ url, clock: virtual });
      attempts = 0;
      while (virtual.nowMs() < 600_000) {
        const before = one.errors.length;
        await until(() => {
          expect(virtual.nextAtMs()).not.toBeNull();
        });
        times.push(virtual.nextAtMs() ?? 0);
        virtual.step();
        await until(() => {
          expect(one.errors.length).toBeGreaterThan(before);
        });
      }
      await one.bus.close();
      retries.push(times);
      // 15 s on average once it waits longest, and seven shorter ones before: about 47.
      expect(attempts).toBeGreaterThan(10);
      expect(attempts).toBeLessThan(100);
    }
    expect(retries[0]).not.toEqual(retries[1]);
  });
});

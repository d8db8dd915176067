// If this fails, whoever is on the network opens the water over Ebb's own broker, keeps the controller away from it,
// or a device is thrown out because somebody else guessed passwords.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPasswords, type Passwords } from '../../src/auth/passwords.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { silentLog, type Log } from '../../src/model/log.ts';
import {
  hasRoom,
  startBroker,
  type BrokerPassword,
  type RunningBroker,
} from '../../src/transports/broker.ts';
import { connectMqtt, type MqttBus } from '../../src/transports/mqtt.ts';

const PASSWORD = 'a cold bucket';
const COMMANDS = ['cmnd/#', 'zigbee2mqtt/+/set/#', 'bath-node/lease'];
const clock = new SystemClock();
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

const cleanup: (() => unknown)[] = [];
let passwords: Passwords;
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-broker-'));
  cleanup.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  passwords = await openPasswords(join(folder, 'passwords.json'));
});
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

/** How many passwords were hashed, or would have been. */
let asked = 0;
function brokerPassword(): BrokerPassword {
  asked = 0;
  return {
    has: () => passwords.has('mqtt'),
    verify: (password) => {
      asked += 1;
      return passwords.verify('mqtt', password);
    },
    onChange: (listener) => {
      passwords.onChange(listener);
    },
  };
}

async function guarded(log: Log = silentLog): Promise<RunningBroker> {
  await passwords.set('mqtt', PASSWORD);
  const password = brokerPassword();
  const broker = await startBroker({ host: '0.0.0.0', port: 0, password, commandTopics: COMMANDS, log });
  cleanup.push(() => broker.close());
  return broker;
}

interface Guest {
  readonly client: MqttClient;
  readonly got: string[];
}

/** A device, or whoever has got into the network: not our own client, with anything in its packets. */
async function guest(broker: RunningBroker, options: IClientOptions, filters: string[] = []): Promise<Guest> {
  const client = connect(broker.url, { reconnectPeriod: 0, ...options });
  cleanup.push(() => client.end(true));
  const got: string[] = [];
  // Before it is connected: what a broker kept for it comes at once.
  client.on('message', (topic, payload, { retain }) => {
    got.push(`${topic} ${payload.toString()}${retain ? ' (retained)' : ''}`);
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => {
      resolve();
    });
    client.once('close', () => {
      reject(new Error('ended'));
    });
    client.on('error', reject);
  });
  if (filters.length > 0) await client.subscribeAsync(filters, { qos: 1 });
  return { client, got };
}
const login = (password = PASSWORD, more: IClientOptions = {}): IClientOptions => ({
  username: 'valve',
  password,
  ...more,
});

async function controller(
  broker: RunningBroker,
  clientId = 'ebb-home',
): Promise<{ bus: MqttBus; links: boolean[]; got: string[] }> {
  const bus = connectMqtt({ url: broker.url, clientId, clock, ...(broker.login ?? {}) });
  cleanup.push(() => bus.close());
  const [links, got]: [boolean[], string[]] = [[], []];
  bus.onLink((up) => links.push(up));
  bus.onMessage(({ topic, payload }) => got.push(`${topic} ${payload}`));
  bus.subscribe(['#']);
  await until(() => {
    expect(links.at(-1)).toBe(true);
  });
  return { bus, links, got };
}
/** Both directions are in order, so what was sent before this has arrived or never will. */
async function settled({ client }: Guest, { got }: { readonly got: string[] }): Promise<void> {
  await client.publishAsync('mark', '1', { qos: 1 });
  await until(() => {
    expect(got).toContain('mark 1');
  });
}

describe('an address that others reach', () => {
  it('needs a password, and says how to set it; nothing is left listening', async () => {
    const refused = { code: 'password_missing' };
    const port = 0;
    await expect(startBroker({ host: '0.0.0.0', port })).rejects.toMatchObject(refused);
    await expect(startBroker({ host: '::', port })).rejects.toMatchObject(refused);
    const password = brokerPassword();
    await expect(startBroker({ host: '0.0.0.0', port, password })).rejects.toThrow('ebb passwd --mqtt');
  });

  it('is told by what was bound, not by how it is written', async () => {
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1']) {
      const broker = await startBroker({ host, port: 0 }).catch((error: unknown) => {
        // Not every computer has all of them; what counts is that none is taken for the network.
        expect(error).toMatchObject({ code: 'config_invalid' });
        return null;
      });
      expect(broker?.login ?? null).toBeNull();
      await broker?.close();
    }
  });

  it('lets in whoever knows the password, and nobody else', async () => {
    const broker = await guarded();
    for (const refused of [{}, { username: 'valve' }, login('a cold bucked'), login(''), login(' ')])
      await expect(guest(broker, refused)).rejects.toThrow(/refused/);
    await vi.waitFor(() => guest(broker, login()), { timeout: 15_000, interval: 100 });
  });

  it.each([
    ['a user name with a wildcard', login(PASSWORD, { username: 'valve/+' })],
    ['a user name that is a wildcard', login(PASSWORD, { username: '#' })],
    ['no user name', { password: PASSWORD, username: '' }],
    ['a client id with a wildcard', login(PASSWORD, { clientId: 'x/#' })],
    ['a client id with a line feed', login(PASSWORD, { clientId: 'x\ny' })],
    ['an endless client id', login(PASSWORD, { clientId: 'x'.repeat(10_000) })],
    ['the name of the controller with the password of the house', login(PASSWORD, { username: '$ebb' })],
  ])('refuses %s', async (_, options) => {
    await expect(guest(await guarded(), options)).rejects.toThrow(/refused/);
  });

  it('does not let a guest end the connection of the controller by its client id', async () => {
    const broker = await guarded();
    const { links } = await controller(broker);
    await expect(guest(broker, login(PASSWORD, { clientId: 'ebb-home' }))).rejects.toThrow(/refused/);
    expect(links).toEqual([true]);
  });
});

describe('who may say what', () => {
  it('only the controller commands devices and speaks for Ebb; what else is said goes nowhere, and nobody is cut off', async () => {
    const told: string[] = [];
    const broker = await guarded({
      ...silentLog,
      warn: (fields, message) => told.push(`${message} ${JSON.stringify(fields)}`),
    });
    const ebb = await controller(broker);
    const device = await guest(broker, login(PASSWORD, { clientId: 'valve-1' }), ['#']);
    const forbidden = [
      'cmnd/bath-valves/POWER1',
      'cmnd',
      'zigbee2mqtt/valve/set',
      'zigbee2mqtt/valve/set/state',
      'bath-node/lease',
      'ebb/status',
      'ebb/foot-bath/state',
      'ebb/foot-bath/event',
      'ebb/foot-bath/set/x',
      'ebb',
    ];
    for (const topic of forbidden)
      for (const qos of [0, 1, 2] as const)
        for (const retain of [false, true]) await device.client.publishAsync(topic, 'open', { qos, retain });
    await device.client.publishAsync('ebb/foot-bath/set', 'stop', { qos: 1 });
    await device.client.publishAsync('bath-node/lease/state', '{}', { qos: 1 });
    await settled(device, ebb);
    expect(ebb.got).toEqual(['ebb/foot-bath/set stop', 'bath-node/lease/state {}', 'mark 1']);
    expect(device.got).toEqual(ebb.got);
    expect(device.client.connected).toBe(true);
    // Not kept either: a later subscriber hears of none of it.
    const late = await guest(broker, login(PASSWORD, { clientId: 'late' }), ['#']);
    await settled(late, late);
    expect(late.got).toEqual(['mark 1']);
    expect(told.filter((line) => line.includes('cmnd/bath-valves/POWER1'))).toHaveLength(1);

    for (const topic of ['cmnd/bath-valves/POWER1', 'ebb/status'])
      ebb.bus.publish({ topic, payload: 'x', qos: 1 });
    await until(() => {
      expect(device.got).toEqual(expect.arrayContaining(['cmnd/bath-valves/POWER1 x', 'ebb/status x']));
    });
  });

  it('a last will opens nothing either', async () => {
    const broker = await guarded();
    const ebb = await controller(broker);
    const will = {
      topic: 'cmnd/bath-valves/POWER1',
      payload: Buffer.from('ON'),
      qos: 1 as const,
      retain: true,
    };
    const bad = await guest(broker, login(PASSWORD, { clientId: 'bad', will }));
    const good = await guest(
      broker,
      login(PASSWORD, { clientId: 'good', will: { ...will, topic: 'tele/x/LWT' } }),
    );
    for (const { client } of [bad, good]) client.stream.destroy();
    await until(() => {
      expect(ebb.got).toEqual(['tele/x/LWT ON']);
    });
  });

  it('nobody hears the broker talk about itself, or has thousands of subscriptions', async () => {
    const broker = await guarded();
    const { client } = await guest(broker, login());
    await expect(client.subscribeAsync('$SYS/#')).rejects.toThrow();
    const many = Array.from({ length: 600 }, (_, i) => `x/${i}`);
    await expect(client.subscribeAsync(many)).rejects.toThrow();
    expect(client.connected).toBe(true);
  });

  it('keeps nothing for a client that is away, so that no open of before reaches it when it is back', async () => {
    const broker = await guarded();
    const ebb = await controller(broker);
    const kept = { clientId: 'sleepy', clean: false };
    const first = await guest(broker, login(PASSWORD, kept), ['cmnd/#']);
    await first.client.endAsync();
    const other = await guest(broker, login());
    await settled(other, ebb);
    ebb.bus.publish({ topic: 'cmnd/bath-valves/POWER1', payload: 'ON', qos: 1 });
    await until(() => {
      expect(ebb.got).toContain('cmnd/bath-valves/POWER1 ON');
    });
    const second = await guest(broker, login(PASSWORD, kept), ['mark']);
    await settled(second, second);
    expect(second.got).toEqual(['mark 1']);
  });
});

describe('a password', () => {
  it('that is changed ends the connections made with the old one, and leaves the controller alone', async () => {
    const broker = await guarded();
    const ebb = await controller(broker);
    const device = await guest(broker, login());
    await passwords.set('mqtt', 'another bucket');
    await until(() => {
      expect(device.client.connected).toBe(false);
    });
    expect(ebb.links).toEqual([true]);
    await guest(broker, login('another bucket'));
  });

  it('that is guessed by the hundreds is hashed a few times only, and the controller comes and goes meanwhile', async () => {
    const broker = await guarded();
    const ebb = await controller(broker);
    let over = false;
    const flood = Array.from({ length: 20 }, async (_, i) => {
      for (let n = 0; n < 15; n += 1)
        await expect(guest(broker, login(`guess ${i} ${n}`, { clientId: `g-${i}` }))).rejects.toThrow();
    });
    const all = Promise.all(flood).then(() => (over = true));
    await controller(broker, 'ebb-home-2');
    ebb.bus.publish({ topic: 'cmnd/bath-valves/POWER1', payload: 'OFF', qos: 1 });
    await until(() => {
      expect(ebb.got).toContain('cmnd/bath-valves/POWER1 OFF');
    });
    expect(over).toBe(false);
    await all;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(60);
    expect(ebb.links).toEqual([true]);
  });
});

describe('places', () => {
  const many = (address: string, count: number): string[] => Array.from({ length: count }, () => address);

  it('are not all taken by one address, nor by the network: this computer always finds one', () => {
    expect(hasRoom('192.168.1.7', many('192.168.1.7', 49))).toBe(true);
    expect(hasRoom('192.168.1.7', many('192.168.1.7', 50))).toBe(false);
    expect(hasRoom('192.168.1.8', many('192.168.1.7', 50))).toBe(true);
    const full = Array.from({ length: 150 }, (_, i) => `192.168.1.${i}`);
    expect(hasRoom('192.168.2.1', full)).toBe(false);
    for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(hasRoom(own, full)).toBe(true);
    expect(hasRoom('192.168.2.1', many('::ffff:127.0.0.1', 199))).toBe(true);
  });
});

// If this fails over a real broker and real sockets: a command given while offline comes out later and opens water
// that nobody expects, a dead controller goes unnoticed, or every command is 40 ms late.
import { createConnection, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import type { BusMessage, Will } from '../../src/model/bus.ts';
import { ConfigError, LinkError } from '../../src/model/errors.ts';
import { silentLog, type Log } from '../../src/model/log.ts';
import { startBroker, type RunningBroker } from '../../src/transports/broker.ts';
import { connectMqtt, MAX_MESSAGE_BYTES, type MqttBus } from '../../src/transports/mqtt.ts';

const clock = new SystemClock();
const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

async function broker(port = 0): Promise<RunningBroker> {
  const running = await startBroker({ host: '127.0.0.1', port });
  cleanup.push(() => running.close());
  return running;
}

interface Client {
  readonly bus: MqttBus;
  readonly got: BusMessage[];
  readonly links: boolean[];
  readonly logged: string[];
}

function join(url: string, clientId: string, filters: string[] = [], will?: Will): Client {
  const logged: string[] = [];
  const keep = (_fields: object, message: string): void => {
    logged.push(message);
  };
  const log: Log = { ...silentLog, warn: keep, error: keep };
  const bus = connectMqtt({ url, clientId, clock, log, ...(will === undefined ? {} : { will }) });
  cleanup.push(() => bus.close());
  const got: BusMessage[] = [];
  const links: boolean[] = [];
  bus.onMessage((message) => got.push(message));
  bus.onLink((up) => links.push(up));
  bus.subscribe(filters);
  return { bus, got, links, logged };
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const isUp = (client: Client): Promise<void> =>
  until(() => {
    expect(client.links.at(-1)).toBe(true);
  });
const say = (client: Client, topic: string, payload: string, retain = false): void => {
  client.bus.publish({ topic, payload, qos: 1, retain });
};
const payloads = (client: Client): string[] => client.got.map(({ payload }) => payload);

/** A way to the broker that can be cut like a cable: the sockets die, nobody says goodbye. */
async function cable(to: number): Promise<{ url: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = createConnection({ port: to, host: '127.0.0.1' });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.push(() => {
    cut();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

describe('mqtt over a real broker', () => {
  it('carries messages in order, and marks retained ones', async () => {
    const { url } = await broker();
    const a = join(url, 'a', ['x/#']);
    await isUp(a);
    say(a, 'x/kept', 'größer', true);
    for (let i = 0; i < 50; i += 1) say(a, 'x/live', String(i));
    await until(() => {
      expect(a.got).toHaveLength(51);
    });
    expect(payloads(a).slice(1)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    const b = join(url, 'b', ['x/+']);
    await until(() => {
      expect(b.got).toEqual([{ topic: 'x/kept', payload: 'größer', retained: true }]);
    });
    expect(a.got[0]?.retained).toBe(false);
  });

  it('says that the link is up before what the broker had kept: an answer to it must be heard', async () => {
    const { url } = await broker();
    const one = join(url, 'one');
    await isUp(one);
    say(one, 'kept/a', 'kept', true);
    const order: string[] = [];
    const two = connectMqtt({ url, clientId: 'two', clock });
    cleanup.push(() => two.close());
    two.onMessage(({ payload }) => {
      order.push(payload);
      two.publish({ topic: 'answer', payload: 'heard', qos: 1 });
    });
    two.onLink((up) => order.push(up ? 'up' : 'down'));
    two.subscribe(['kept/#', ...Array.from({ length: 50 }, (_, index) => `more/${index}/#`)]);
    one.bus.subscribe(['answer']);
    await until(() => {
      expect(payloads(one)).toEqual(['heard']);
    });
    expect(order).toEqual(['up', 'kept']);
  });

  it('subscribes later, too', async () => {
    const { url } = await broker();
    const a = join(url, 'a');
    await isUp(a);
    a.bus.subscribe(['late']);
    await until(() => {
      say(a, 'late', '1');
      expect(a.got.length).toBeGreaterThan(0);
    });
  });

  it('sets TCP_NODELAY on every connection', async () => {
    const set = vi.spyOn(Socket.prototype, 'setNoDelay');
    cleanup.push(() => {
      set.mockRestore();
      return Promise.resolve();
    });
    const { port } = await broker();
    const line = await cable(port);
    const a = join(line.url, 'a');
    await isUp(a);
    const ofOurs = (): number => set.mock.calls.filter(([on]) => on === true).length;
    expect(ofOurs()).toBe(1);
    line.cut();
    await until(() => {
      expect(a.links).toEqual([true, false, true]);
    });
    expect(ofOurs()).toBe(2);
  });

  it('the broker says the will when the socket dies, and not after a goodbye', async () => {
    const { url, port } = await broker();
    const line = await cable(port);
    const watcher = join(url, 'watcher', ['status/#']);
    await isUp(watcher);
    const will = (name: string): Will => ({ topic: `status/${name}`, payload: 'offline', retain: true });
    const killed = join(line.url, 'killed', [], will('killed'));
    const polite = join(url, 'polite', [], will('polite'));
    await isUp(killed);
    await isUp(polite);
    await polite.bus.close();
    line.cut();
    await until(() => {
      expect(watcher.got).toEqual([{ topic: 'status/killed', payload: 'offline', retained: false }]);
    });
  });

  it('comes back after the broker restarted on its port, and subscribes again', async () => {
    const first = await broker();
    const a = join(first.url, 'a', ['x']);
    await isUp(a);
    await first.close();
    await until(() => {
      expect(a.links).toEqual([true, false]);
    });
    await broker(first.port);
    await until(() => {
      expect(a.links).toEqual([true, false, true]);
    });
    say(a, 'x', 'back');
    await until(() => {
      expect(payloads(a)).toEqual(['back']);
    });
  });

  it('nothing said while offline comes out later', async () => {
    const first = await broker();
    const early = join(first.url, 'early', ['x']);
    say(early, 'x', 'before the first connection');
    await isUp(early);
    await first.close();
    await until(() => {
      expect(early.links).toEqual([true, false]);
    });
    early.bus.publish({ topic: 'x', payload: 'open', qos: 0 });
    say(early, 'x', 'open');
    expect(early.logged.filter((line) => line.startsWith('message dropped'))).toHaveLength(3);
    await broker(first.port);
    await until(() => {
      expect(early.links).toEqual([true, false, true]);
    });
    say(early, 'x', 'now');
    await until(() => {
      expect(payloads(early)).toEqual(['now']);
    });
  });

  it('what was sent but not acknowledged when the link broke is not sent again', async () => {
    // A broker of a few lines: accepts, grants, and never acknowledges a message.
    const published: Buffer[] = [];
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        const type = (bytes[0] ?? 0) >> 4;
        if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
        if (type === 3) published.push(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanup.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    const a = join(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, 'a');
    await isUp(a);
    say(a, 'valve', 'open');
    await until(() => {
      expect(published).toHaveLength(1);
    });
    for (const socket of sockets) socket.destroy();
    await until(() => {
      expect(a.links).toEqual([true, false, true]);
    });
    say(a, 'valve', 'close');
    await until(() => {
      expect(published).toHaveLength(2);
    });
    expect(published[1]?.toString()).toContain('close');
    expect(published[1]?.toString()).not.toContain('open');
  });

  it('drops what is too big, both ways, and goes on', async () => {
    const { url } = await broker();
    const a = join(url, 'a', ['x']);
    await isUp(a);
    say(a, 'x', 'y'.repeat(MAX_MESSAGE_BYTES + 1));
    say(a, 'x', 'ok');
    await until(() => {
      expect(payloads(a)).toEqual(['ok']);
    });
    expect(a.links).toEqual([true]);
  });

  it('hands on the beginning of what is too big, and says that it is cut', async () => {
    const { url, port } = await broker();
    const a = join(url, 'a', ['x']);
    await isUp(a);
    const socket = createConnection({ port, host: '127.0.0.1' });
    cleanup.push(() => Promise.resolve(socket.destroy()));
    const hello = Buffer.from([0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 98]);
    const size = MAX_MESSAGE_BYTES + 100;
    const length = [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14];
    const big = Buffer.alloc(size, 'y');
    big.set([0, 1, 120]);
    socket.once('data', () => socket.write(Buffer.concat([Buffer.from([0x30, ...length]), big])));
    socket.write(hello);
    await until(() => {
      expect(a.got).toEqual([
        { topic: 'x', payload: 'y'.repeat(MAX_MESSAGE_BYTES), retained: false, cut: true },
      ]);
    });
  });

  it('says at once that no broker answers, without the password, and goes on trying', async () => {
    const gone = await broker();
    const { port } = gone;
    await gone.close();
    const bus = connectMqtt({ url: `mqtt://sam:geheim@127.0.0.1:${port}`, clientId: 'a', clock });
    cleanup.push(() => bus.close());
    const errors: LinkError[] = [];
    const links: boolean[] = [];
    bus.onError((error) => errors.push(error));
    bus.onLink((up) => links.push(up));
    await until(() => {
      expect(errors.length).toBeGreaterThan(0);
    });
    expect(errors[0]).toBeInstanceOf(LinkError);
    expect(errors[0]?.code).toBe('broker_unreachable');
    expect(errors[0]?.message).toContain(`127.0.0.1:${port}`);
    expect(JSON.stringify([errors[0]?.message, errors[0]?.fields])).not.toContain('geheim');
    expect(links).toEqual([false]);
    await broker(port);
    await until(() => {
      expect(links).toEqual([false, true]);
    });
  });

  it('refuses an address that is none', () => {
    for (const url of ['localhost', 'http://x', '']) {
      expect(() => connectMqtt({ url, clientId: 'a', clock })).toThrow(ConfigError);
    }
  });
});

describe('the embedded broker', () => {
  it('names host, port and mqtt.url when its port is taken', async () => {
    const { port } = await broker();
    await expect(startBroker({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'port_in_use' });
    await expect(startBroker({ host: '127.0.0.1', port })).rejects.toThrow(`127.0.0.1:${port}`);
    await expect(startBroker({ host: '127.0.0.1', port })).rejects.toThrow('mqtt.url');
  });

  it('listens on this computer only', async () => {
    await expect(startBroker({ host: '0.0.0.0', port: 0 })).rejects.toBeInstanceOf(ConfigError);
  });

  it('ends every connection on close, also of clients that say nothing', async () => {
    const running = await broker();
    const a = join(running.url, 'a');
    await isUp(a);
    const silent = createConnection({ port: running.port, host: '127.0.0.1' });
    silent.on('error', () => undefined);
    await new Promise((resolve) => silent.once('connect', resolve));
    const gone = new Promise((resolve) => silent.once('close', resolve));
    const startMs = clock.nowMs();
    await running.close();
    await gone;
    expect(clock.nowMs() - startMs).toBeLessThan(2_000);
    await running.close();
  });

  it('cuts off a client that announces a packet of megabytes, and serves the others', async () => {
    const { url, port } = await broker();
    const a = join(url, 'a', ['x']);
    await isUp(a);
    const bad = createConnection({ port, host: '127.0.0.1' });
    bad.on('error', () => undefined);
    const cut = new Promise((resolve) => bad.once('close', resolve));
    bad.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await cut;
    say(a, 'x', 'ok');
    await until(() => {
      expect(payloads(a)).toEqual(['ok']);
    });
  });
});

// If this fails, two clients of one id throw each other out for ever, or one that was thrown out never comes back; and
// a broker that is away for minutes is hammered by everybody who waits for it.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { startBroker } from '../../src/transports/broker.ts';
import type { RunningBroker } from '../../src/transports/broker.ts';
import { connectMqtt, HOLD_OFF_MS } from '../../src/transports/mqtt.ts';
import type { MqttBus } from '../../src/transports/mqtt.ts';

/** A link's own time goes this much faster here: a minute's peace is three seconds. */
const SPEED = 20;
/** Where an answer counts only for a quarter of a second: on a busy computer a twentieth of that is too soon for it. */
const FAIR_SPEED = 10;
const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0).reverse()) await close();
});

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

async function broker(): Promise<RunningBroker> {
  const running = await startBroker({ host: '127.0.0.1', port: 0 });
  cleanup.push(() => running.close());
  return running;
}

interface Run {
  readonly bus: MqttBus;
  readonly links: boolean[];
  readonly takenOver: number[];
}

function run(url: string, name: string, clock: ScaledClock): Run {
  const owner = { topic: 'ebb/owner', name };
  const bus = connectMqtt({ url, clientId: 'ebb-home', clock, owner });
  cleanup.push(() => bus.close());
  const links: boolean[] = [];
  const takenOver: number[] = [];
  bus.onLink((up) => links.push(up));
  bus.onTakenOver(() => takenOver.push(clock.nowMs()));
  return { bus, links, takenOver };
}

const isUp = ({ links }: Run): Promise<void> =>
  until(() => {
    expect(links.at(-1)).toBe(true);
  });

describe('a client id that another client takes over', () => {
  it('is left alone while the other is there, and taken back once it is gone', async () => {
    const clock = new ScaledClock(FAIR_SPEED);
    const { url } = await broker();
    const first = run(url, 'first', clock);
    await isUp(first);
    const second = run(url, 'second', clock);
    await until(() => {
      expect(first.takenOver).toHaveLength(1);
    });
    const [takenMs = 0] = first.takenOver;
    // Two looks later it is still the other's, and nobody was told again.
    await until(() => {
      expect(clock.nowMs() - takenMs).toBeGreaterThan(HOLD_OFF_MS * 2);
    });
    expect([first.links, second.links]).toEqual([[true, false], [true]]);
    expect(first.takenOver).toHaveLength(1);
    await second.bus.close();
    await isUp(first);
    expect(first.links).toEqual([true, false, true]);
  }, 60_000);

  it('comes back at once after a loss, whatever name an earlier run has left at the broker', async () => {
    const clock = new ScaledClock(SPEED);
    const before = await startBroker({ host: '127.0.0.1', port: 0 });
    const { url, port } = before;
    const first = run(url, 'first', clock);
    await isUp(first);
    await before.close();
    const again = await startBroker({ host: '127.0.0.1', port });
    cleanup.push(() => again.close());
    const dead = connectMqtt({ url, clientId: 'left-behind', clock });
    cleanup.push(() => dead.close());
    dead.onLink((up) => {
      if (up) dead.publish({ topic: 'ebb/owner', payload: 'a run of yesterday', qos: 1, retain: true });
    });
    await until(() => {
      expect(first.links).toEqual([true, false, true]);
    });
    expect(first.takenOver).toEqual([]);
  });

  it('says its name again to whoever asks, and not once for each of a thousand questions', async () => {
    const clock = new ScaledClock(1);
    const { url } = await broker();
    const first = run(url, 'first', clock);
    await isUp(first);
    const asker = connectMqtt({ url, clientId: 'asker', clock });
    cleanup.push(() => asker.close());
    const said: string[] = [];
    asker.onMessage(({ payload, retained }) => {
      if (!retained) said.push(payload);
    });
    asker.subscribe(['ebb/owner']);
    await until(() => {
      asker.publish({ topic: 'ebb/owner/ask', payload: '', qos: 0 });
      expect(said).toEqual(['first']);
    });
    for (let question = 0; question < 1_000; question += 1)
      asker.publish({ topic: 'ebb/owner/ask', payload: '', qos: 0 });
    await until(() => {
      expect(said.length).toBeGreaterThanOrEqual(2);
    });
    expect(said.length).toBeLessThan(20);
  });
});

describe('a broker that is away', () => {
  it('is asked seldom in 10 minutes', async () => {
    const clock = new ScaledClock(SPEED);
    let asked = 0;
    const server = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanup.push(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
        }),
    );
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    run(`mqtt://127.0.0.1:${port}`, 'first', clock);
    clock.speed = 100;
    const startMs = clock.nowMs();
    await until(() => {
      expect(clock.nowMs() - startMs).toBeGreaterThan(600_000);
    });
    // Full jitter up to 30 s: about 6 in the first half minute, and then one each 15 s.
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(120);
  });
});

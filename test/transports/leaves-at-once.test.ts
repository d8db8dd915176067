/**
 * If this fails, a close waits for everything else that its turn of the loop still has to do: the machine, the journal,
 * the state for people. Water runs on for as long.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { SystemClock } from '../../src/clock/system.ts';
import { connectMqtt, type MqttBus } from '../../src/transports/mqtt.ts';

const clock = new SystemClock();
const LIMIT_MS = 5_000;

let broker: Worker | null = null;
let bus: MqttBus | null = null;
afterEach(async () => {
  await bus?.close();
  await broker?.terminate();
});

it('a message reaches the broker while the turn that published it still goes on', async () => {
  const shared = new SharedArrayBuffer(4);
  const seen = new Int32Array(shared);
  broker = new Worker(new URL('./broker-thread.ts', import.meta.url), { workerData: { shared } });
  const [url] = z.tuple([z.string()]).parse(await once(broker, 'message'));
  const connected = (bus = connectMqtt({ clientId: 'closes', url, clock }));
  await new Promise<void>((resolve) => {
    connected.onLink((up) => {
      if (up) resolve();
    });
  });
  connected.publish({ topic: 'valve/set', payload: 'OFF', qos: 1 });
  // This thread stands still here: nothing of it can hand the bytes on any more.
  expect(Atomics.wait(seen, 0, 0, LIMIT_MS)).not.toBe('timed-out');
  expect(seen[0]).toBe(1);
});

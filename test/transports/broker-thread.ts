import { parentPort, workerData } from 'node:worker_threads';
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { startBroker } from '../../src/transports/broker.ts';

/** A broker in a thread of its own, which says where it is, and wakes whoever waits once it has a message. */

const { shared } = z.object({ shared: z.instanceof(SharedArrayBuffer) }).parse(workerData);
const seen = new Int32Array(shared);
const broker = await startBroker({ host: '127.0.0.1', port: 0 });
const ear = await connectAsync(broker.url, { clientId: 'ear' });
ear.on('message', () => {
  Atomics.store(seen, 0, 1);
  Atomics.notify(seen, 0);
});
await ear.subscribeAsync('valve/set');
parentPort?.postMessage(broker.url);

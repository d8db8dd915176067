import { Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { SystemClock } from '../src/clock/system.ts';

const real = new SystemClock();
const TOPIC = 'bench/echo';

/**
 * Real milliseconds from publishing to hearing it, of a bare mqtt.js at this broker, one message at a time; QoS 1 as a
 * close is sent. TCP_NODELAY as on every connection of Ebb: mqtt.js leaves Nagle's algorithm on, which costs 40 ms.
 */
export async function echo(url: string, count: number): Promise<number[]> {
  const client = await connectAsync(url, { clientId: 'bench-echo' });
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  await client.subscribeAsync(TOPIC, { qos: 1 });
  const took: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const heard = new Promise<number>((resolve) => {
      client.once('message', () => {
        resolve(real.nowMs());
      });
    });
    const sentMs = real.nowMs();
    client.publish(TOPIC, String(round), { qos: 1 });
    took.push((await heard) - sentMs);
  }
  await client.endAsync();
  return took;
}

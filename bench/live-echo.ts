import { Socket } from 'node:net';
import { connectAsync } from 'mqtt';

/**
 * The floor of `live-stop`, in a process of its own: a bare mqtt.js that answers each message with one message, QoS 1,
 * TCP_NODELAY. Arguments: the address of the broker, the topic it hears, the topic it answers on.
 */

const [url = '', ask = '', answer = ''] = process.argv.slice(2);
const client = await connectAsync(url, { clientId: 'bench-live-echo' });
if (client.stream instanceof Socket) client.stream.setNoDelay(true);
client.on('message', (_topic, payload) => {
  client.publish(answer, payload, { qos: 1 });
});
await client.subscribeAsync(ask, { qos: 1 });
console.log('up');

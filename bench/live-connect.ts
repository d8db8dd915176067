import { Socket } from 'node:net';
import { connectAsync } from 'mqtt';

/**
 * The floor of `live-start`, in a process of its own: a bare mqtt.js that subscribes and says that it is there.
 * Arguments: the address of the broker, the topic.
 */

const [url = '', topic = ''] = process.argv.slice(2);
const client = await connectAsync(url, { clientId: 'bench-live-connect' });
if (client.stream instanceof Socket) client.stream.setNoDelay(true);
await client.subscribeAsync(`${topic}/set`, { qos: 1 });
client.publish(topic, 'online', { qos: 1 });

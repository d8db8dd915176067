import { startBroker } from '../src/transports/broker.ts';

/** The embedded broker in a process of its own, for computers without a Mosquitto. Says where it is. */

const broker = await startBroker({ host: '127.0.0.1', port: 0 });
console.log(broker.url);

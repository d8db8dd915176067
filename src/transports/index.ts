export { startBroker, type BrokerOptions, type RunningBroker } from './broker.ts';
export { MemoryBroker, type DropOptions, type MemoryBrokerOptions, type TappedMessage } from './memory.ts';
export { connectMqtt, type MqttBus, type MqttOptions } from './mqtt.ts';

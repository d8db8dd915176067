import type { DeviceFault, Outgoing } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { nameUnder, topicOf } from './codec.ts';

/** Where one Tasmota device is on the bus, and the messages that every part of it understands. */
export interface Address {
  /** What to subscribe to: the names below `stat` and `tele`. */
  topic(prefix: 'stat' | 'tele', name: string): string;
  /** Nothing that opens is sent with QoS 1: a client resends those after a reconnect, when they are stale. */
  command(name: string, payload: string, qos?: 0 | 1): Outgoing;
  stat(received: string): string | null;
  tele(received: string): string | null;
}

export function address(fullTopic: string, topic: string): Address {
  const [cmnd, stat, tele] = (['cmnd', 'stat', 'tele'] as const).map((prefix) =>
    topicOf(fullTopic, topic, prefix, ''),
  ) as [string, string, string];
  return {
    topic: (prefix, name) => `${prefix === 'stat' ? stat : tele}${name}`,
    command: (name, payload, qos = 0) => ({ topic: `${cmnd}${name}`, payload, qos }),
    stat: (received) => nameUnder(stat, received),
    tele: (received) => nameUnder(tele, received),
  };
}

/** `tele/<t>/LWT`, retained by Tasmota, so its presence is known from the first moment. Null for anything else. */
export function presence(at: Address, device: DeviceId, topic: string, payload: string): DeviceFault | null {
  if (at.tele(topic) !== 'LWT' || (payload !== 'Online' && payload !== 'Offline')) return null;
  return { type: 'presence', device, online: payload === 'Online' };
}

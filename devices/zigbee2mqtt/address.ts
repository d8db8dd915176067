import { z } from 'zod';
import type { Outgoing } from '../../src/model/device.ts';
import { parseJson } from '../support.ts';

/** Which of a device's topics a message came in on. */
export type Channel = 'state' | 'availability' | 'bridge' | 'devices' | 'event' | 'logging';

/** Where one Zigbee device is on the bus. Topics: zigbee2mqtt.io, "MQTT topics and messages". */
export interface Address {
  readonly name: string;
  readonly base: string;
  topic(channel: Channel): string;
  channel(received: string): Channel | null;
  /** Nothing that opens is sent with QoS 1: a client resends those after a reconnect, when they are stale. */
  set(body: Readonly<Record<string, unknown>>, qos?: 0 | 1): Outgoing;
  /** Asks the device itself; the answer comes as a state message. */
  get(property: string): Outgoing;
}

const CHANNELS = ['state', 'availability', 'bridge', 'devices', 'event', 'logging'] as const;

export function address(base: string, name: string): Address {
  const topics: Readonly<Record<Channel, string>> = {
    state: `${base}/${name}`,
    availability: `${base}/${name}/availability`,
    bridge: `${base}/bridge/state`,
    devices: `${base}/bridge/devices`,
    event: `${base}/bridge/event`,
    logging: `${base}/bridge/logging`,
  };
  return {
    name,
    base,
    topic: (channel) => topics[channel],
    channel: (received) => CHANNELS.find((channel) => topics[channel] === received) ?? null,
    set: (body, qos = 0) => ({ topic: `${base}/${name}/set`, payload: JSON.stringify(body), qos }),
    get: (property) => ({
      topic: `${base}/${name}/get`,
      payload: JSON.stringify({ [property]: '' }),
      qos: 0,
    }),
  };
}

const wordSchema = z.object({ state: z.enum(['online', 'offline']) });

/** `{"state":"online"}`, or the bare word of older releases. Null for anything else. */
export function isOnline(payload: string): boolean | null {
  if (payload === 'online' || payload === 'offline') return payload === 'online';
  const word = parseJson(payload, wordSchema);
  return word === null ? null : word.state === 'online';
}

const bodySchema = z.record(z.string(), z.unknown());

/** What a state message says, by property. */
export type Body = z.infer<typeof bodySchema>;

export function parseBody(payload: string): Body | null {
  return parseJson(payload, bodySchema);
}

const eventSchema = z.object({
  type: z.string(),
  data: z.object({ friendly_name: z.string().optional() }),
});

/** True where the device has joined the network again by itself: after its power came back, or a lost parent. */
export function announces(payload: string, name: string): boolean {
  const event = parseJson(payload, eventSchema);
  return event?.type === 'device_announce' && event.data.friendly_name === name;
}

const logSchema = z.object({ level: z.string(), message: z.string() });

/**
 * What the bridge logged as an error of this device, shortened for people; null for anything else. A failed command
 * is told nowhere else (zigbee2mqtt `lib/extension/publish.ts`), and two same errors in a row are told once
 * (`lib/extension/bridge.ts`), so silence must be noticed as well.
 */
export function loggedError(payload: string, name: string): string | null {
  const log = parseJson(payload, logSchema);
  if (log?.level !== 'error' || !log.message.includes(`'${name}'`)) return null;
  return log.message.length > ERROR_MAX_CHARS ? `${log.message.slice(0, ERROR_MAX_CHARS)}…` : log.message;
}

const ERROR_MAX_CHARS = 200;

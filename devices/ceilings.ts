import { z } from 'zod';
import type { Outgoing } from '../src/model/device.ts';
import { isOutputRole } from '../src/model/device.ts';
import type { DeviceSettings } from '../src/model/station.ts';
import { parseReply, pulseTimeMs, pulseTimeSet } from './tasmota/codec.ts';
import { address as tasmotaAddress } from './tasmota/address.ts';
import { parseJson } from './support.ts';

/**
 * The setting in a device that ends any opening, whoever opened it, and what it does at power-up: the second line
 * behind the lease. Drivers write both when they meet a device; this reads them back, for `ebb doctor`.
 */
export interface Ceiling {
  /** What to subscribe to for the answers. */
  readonly topics: readonly string[];
  readonly ask: readonly Outgoing[];
  /** What an answer says; null where the message is about something else. */
  read(topic: string, payload: string): Partial<CeilingSettings> | null;
}

export interface CeilingSettings {
  /** The longest that an opening can last, milliseconds; null: for ever. */
  readonly ceilingMs: number | null;
  /** Off when its power comes back. */
  readonly offAtPowerUp: boolean;
}

const QUESTIONS: Readonly<Record<string, (device: DeviceSettings) => Ceiling | null>> = {
  tasmota: ({ options }) => {
    const { topic, full_topic, relay } = tasmotaSchema.parse(options);
    if (relay === undefined) return null;
    const at = tasmotaAddress(full_topic, topic);
    return {
      topics: [at.topic('stat', '+')],
      ask: [at.command(`PulseTime${relay}`, ''), at.command('PowerOnState', '')],
      read: (received, payload) => {
        const reply = at.stat(received) === null ? null : parseReply(payload);
        if (reply === null) return null;
        const set = pulseTimeSet(reply, relay);
        if (set !== null) return { ceilingMs: set === 0 ? null : pulseTimeMs(set) };
        const atPowerUp = reply['PowerOnState'];
        return typeof atPowerUp === 'number' ? { offAtPowerUp: atPowerUp === 0 } : null;
      },
    };
  },
  shelly: ({ id, options }) => {
    const { prefix, switch: output } = shellySchema.parse(options);
    if (output === undefined) return null;
    // A name of its own to answer to, beside the driver's.
    const src = `ebb/rpc/${id}-ceiling/${prefix}`;
    const question = { id: 1, src, method: 'Switch.GetConfig', params: { id: output } };
    return {
      topics: [`${src}/rpc`],
      ask: [{ topic: `${prefix}/rpc`, payload: JSON.stringify(question), qos: 0 }],
      read: (received, payload) => {
        const reply = received === `${src}/rpc` ? parseJson(payload, replySchema) : null;
        if (reply === null) return null;
        const { auto_off, auto_off_delay, initial_state } = reply.result;
        return { ceilingMs: auto_off ? auto_off_delay * 1_000 : null, offAtPowerUp: initial_state === 'off' };
      },
    };
  },
};

const tasmotaSchema = z.object({
  topic: z.string(),
  full_topic: z.string().default('%prefix%/%topic%/'),
  relay: z.number().optional(),
});
const shellySchema = z.object({ prefix: z.string(), switch: z.number().optional() });
const replySchema = z.object({
  result: z.object({ auto_off: z.boolean(), auto_off_delay: z.number(), initial_state: z.string() }),
});

/** How the ceiling of a water device is read; null where its dialect has none that can be, or it is none. */
export function ceilingOf(device: DeviceSettings): Ceiling | null {
  return isOutputRole(device.role) ? (QUESTIONS[device.driver]?.(device) ?? null) : null;
}

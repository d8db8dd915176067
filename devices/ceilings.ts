import { z } from 'zod';
import type { Outgoing } from '../src/model/device.ts';
import { isOutputRole } from '../src/model/device.ts';
import type { DeviceSettings } from '../src/model/station.ts';
import { CEILING_MS as SHELLY_CEILING_MS } from './shelly/meeting.ts';
import { encodePulseTime, parseReply, pulseTimeMs, pulseTimeSet } from './tasmota/codec.ts';
import { CEILING_MS as TASMOTA_CEILING_MS } from './tasmota/relay.ts';
import { address as tasmotaAddress } from './tasmota/address.ts';
import { parseJson } from './support.ts';

/**
 * The setting in a device that ends any opening, whoever opened it, and what it does at power-up: the second line
 * behind the lease. Drivers write both when they meet a device; this reads them back for `ebb doctor`, and sets them anew
 * where that is asked for.
 */
export interface Ceiling {
  /** What to subscribe to for the answers. */
  readonly topics: readonly string[];
  readonly ask: readonly Outgoing[];
  /** Sets both, as the driver of the device does. */
  readonly set: readonly Outgoing[];
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
      set: [
        at.command(`PulseTime${relay}`, String(encodePulseTime(TASMOTA_CEILING_MS))),
        at.command('PowerOnState', '0'),
      ],
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
    const config = { initial_state: 'off', auto_off: true, auto_off_delay: SHELLY_CEILING_MS / 1_000 };
    const call = (id: number, method: string, params: object): Outgoing => ({
      topic: `${prefix}/rpc`,
      payload: JSON.stringify({ id, src, method, params }),
      qos: 0,
    });
    return {
      topics: [`${src}/rpc`],
      ask: [call(1, 'Switch.GetConfig', { id: output })],
      set: [call(2, 'Switch.SetConfig', { id: output, config })],
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

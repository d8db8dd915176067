import { z } from 'zod';
import type { Cue, DeviceFault, Outgoing } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { parseJson, plausibleC } from '../support.ts';
import { SECOND_MS } from '../../src/model/units.ts';

/**
 * ESPHome's words. Sources: esphome.io MQTT client component (topics `<prefix>/<component>/<object_id>/state`,
 * birth and last will at `<prefix>/status`) and the contract of our own example nodes (`<prefix>/lease`).
 */

/** The components whose topics we read or write. */
type Component = 'switch' | 'sensor' | 'binary_sensor' | 'light';

export const stateTopic = (node: string, component: Component, part: string): string =>
  `${node}/${component}/${part}/state`;

/** A command to a component: nothing that opens water goes this way. */
export function componentCommand(
  node: string,
  component: 'switch' | 'light',
  part: string,
  payload: string,
  qos: 0 | 1 = 0,
): Outgoing {
  return { topic: `${node}/${component}/${part}/command`, payload, qos };
}

export const leaseTopic = (node: string): string => `${node}/lease/state`;
export const statusTopic = (node: string): string => `${node}/status`;

/** `online` and `offline` at `<node>/status`, retained by ESPHome. Null for anything else. */
export function presence(node: string, device: DeviceId, topic: string, payload: string): DeviceFault | null {
  if (topic !== statusTopic(node) || (payload !== 'online' && payload !== 'offline')) return null;
  return { type: 'presence', device, online: payload === 'online' };
}

/**
 * A lease, or with 0 ms a close. Only the close is sent with QoS 1: a client resends those after a reconnect, and
 * an open would be stale by then. A mixer is told its setpoint to 0.1 K.
 */
export function encodeLease(node: string, valve: string, ms: number, targetC: number | null): Outgoing {
  const target = targetC === null ? {} : { target_c: Math.round(targetC * 10) / 10 };
  return { topic: `${node}/lease`, payload: JSON.stringify({ valve, ms, ...target }), qos: ms === 0 ? 1 : 0 };
}

const ackSchema = z.object({
  valve: z.string(),
  /** Milliseconds from now; 0: closed. */
  ms: z.int().min(0).max(30_000),
  /** Drawn by the node at each start. */
  boot: z.string().min(1).max(64),
  target_c: z.number().optional(),
});
export type LeaseAck = z.infer<typeof ackSchema>;

/** The node's word on one valve: what it holds now. */
export function decodeAck(payload: string, valve: string): LeaseAck | null {
  const ack = parseJson(payload, ackSchema);
  return ack?.valve === valve ? ack : null;
}

/** A sensor's text, `38.25` or `nan`, degrees Celsius; null where it is no temperature. */
export function decodeTemperature(payload: string): number | null {
  return /^-?\d{1,4}(\.\d{1,6})?$/.test(payload) ? plausibleC(Number(payload)) : null;
}

/** A sensor's text as a figure; null where it is none. */
export function decodeFigure(payload: string): number | null {
  return /^-?\d{1,6}(\.\d{1,6})?$/.test(payload) ? Number(payload) : null;
}

export function decodeOnOff(payload: string): boolean | null {
  if (payload === 'ON') return true;
  return payload === 'OFF' ? false : null;
}

const COLOURS = {
  warm: { r: 255, g: 120, b: 40 },
  cold: { r: 40, g: 120, b: 255 },
  white: { r: 255, g: 255, b: 255 },
  red: { r: 255, g: 0, b: 0 },
} as const;

/** ESPHome's JSON light schema. A lamp of one colour leaves `color` aside. */
export function encodeLight(
  on: boolean,
  colour: NonNullable<Cue['light']>['colour'],
  fadeMs: number | undefined,
): string {
  // Without one the node takes its own.
  const transition = fadeMs === undefined ? {} : { transition: Math.round(fadeMs / SECOND_MS) };
  return JSON.stringify(
    on
      ? { state: 'ON', brightness: 255, color: COLOURS[colour], ...transition }
      : { state: 'OFF', ...transition },
  );
}

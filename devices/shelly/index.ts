import { z } from 'zod';
import type { Driver, Outgoing } from '../../src/model/device.ts';
import { isOutputRole, isSenseRole } from '../../src/model/device.ts';
import { refusal } from '../support.ts';
import { buttonDevice } from './button.ts';
import { seconds } from './codec.ts';
import { contactDevice } from './contact.ts';
import { cueDevice } from './cues.ts';
import { inputDevice, NO_SENSES, NO_THERMOMETER, NO_WATER, relayCommand } from './gen1.ts';
import { address } from './rpc.ts';
import { sensorDevice } from './sensor.ts';
import { valveDevice } from './valve.ts';

const PARTS = ['switch', 'temperature', 'input'] as const;

const optionsSchema = z
  .strictObject({
    prefix: z
      .string()
      .regex(/^[\w.:-]+(\/[\w.:-]+)*$/, 'the MQTT prefix of the device, as its MQTT settings show it')
      .max(100)
      .describe('the MQTT prefix of the device; of the first generation `shellies/<name>`'),
    gen: z
      .literal([1, 2], 'its generation: 1, or 2 for Gen2 and everything newer')
      .default(2)
      .describe('its generation: 1, or 2 for Gen2 and everything newer'),
    switch: z.int().min(0).max(31).optional().describe('the switch that opens the valve, or has the lamp'),
    temperature: z.int().min(100).max(199).optional().describe('the probe at the add-on: 100 for the first'),
    input: z
      .int()
      .min(0)
      .max(199)
      .optional()
      .describe('the input with the button; with a leak sensor, a float or a mat'),
  })
  .superRefine((options, ctx) => {
    const given = PARTS.filter((part) => options[part] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    const parts = 'switch: 0, temperature: 100, input: 0';
    ctx.addIssue({ code: 'custom', message: `a device is exactly one part (${parts}); ${found}` });
  });

export type ShellyOptions = z.output<typeof optionsSchema>;

/** Longer than any beep. */
const BEEP_MAX_MS = 2_000;

/** Shelly over MQTT: RPC since Gen2 for water; of the first generation only what opens none. */
export const shelly: Driver<ShellyOptions> = {
  name: 'shelly',
  options: optionsSchema,
  refuses: (options, role) => {
    if (options.gen === 1 && isOutputRole(role)) return NO_WATER;
    if (options.gen === 1 && isSenseRole(role)) return NO_SENSES;
    if (options.gen === 1 && role === 'thermometer') return NO_THERMOMETER;
    return refusal('shelly', role, PARTS.find((part) => options[part] !== undefined) ?? 'input', {
      hot: 'switch',
      cold: 'switch',
      master: 'switch',
      drain: 'switch',
      heater: 'switch',
      thermometer: 'temperature',
      level: 'input',
      leak: 'input',
      presence: 'input',
      busy: 'input',
      light: 'switch',
      buzzer: 'switch',
      button: 'input',
      stop: 'input',
    });
  },
  create: (id, role, options, travelMs) => {
    const { prefix, gen, switch: part, temperature, input } = options;
    if (temperature !== undefined) return sensorDevice(id, role, prefix, temperature);
    if (part === undefined && isSenseRole(role)) return contactDevice(id, role, prefix, input ?? 0);
    if (part === undefined) {
      const make = gen === 1 ? inputDevice : buttonDevice;
      return make(id, role, prefix, input ?? 0);
    }
    if (role !== 'light' && role !== 'buzzer') return valveDevice(id, role, prefix, part, travelMs);
    const { src, replies, online } = address(prefix, id);
    if (gen === 1) return cueDevice({ id, role, online, hello: null, send: relayCommand(prefix, part) });
    const request = requester(prefix, src);
    const hello = { replies, question: request('Switch.GetStatus', { id: part }, 0) };
    // A beep that nobody ends, ends by itself.
    const ends = role === 'buzzer' ? { toggle_after: seconds(BEEP_MAX_MS) } : {};
    const send = (on: boolean, qos: 0 | 1): Outgoing =>
      request('Switch.Set', { id: part, on, ...(on ? ends : {}) }, qos);
    return cueDevice({ id, role, online, hello, send });
  },
};

/** Requests of what is no water. Which of them a reply answers does not matter, so all have the same id. */
function requester(prefix: string, src: string) {
  return (method: string, params: Readonly<Record<string, unknown>>, qos: 0 | 1): Outgoing => ({
    topic: `${prefix}/rpc`,
    payload: JSON.stringify({ id: 1, src, method, params }),
    qos,
  });
}

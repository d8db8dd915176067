import { z } from 'zod';
import type { Driver } from '../../src/model/device.ts';
import { refusal } from '../support.ts';
import { address } from './address.ts';
import { buttonDevice } from './button.ts';
import { buzzerDevice } from './buzzer.ts';
import { relayDevice } from './relay.ts';
import { sensorDevice } from './sensor.ts';
import { switchDevice } from './switch.ts';

const PARTS = ['relay', 'sensor', 'switch', 'button', 'buzzer'] as const;

const optionsSchema = z
  .strictObject({
    topic: z
      .string()
      .regex(/^[\w.:-]+(\/[\w.:-]+)*$/, 'the Topic of the device, as its MQTT page shows it')
      .max(100)
      .describe('the Topic of the device'),
    full_topic: z
      .string()
      .max(100)
      .regex(/^(?:[\w.:/-]|%prefix%|%topic%)+$/, 'letters, digits, / and the tokens %prefix% and %topic%')
      .refine(
        (text) => text.split('%prefix%').length === 2 && text.split('%topic%').length === 2,
        'FullTopic holds %prefix% and %topic%, each once: without them commands and reports share a topic',
      )
      .default('%prefix%/%topic%/')
      .describe('FullTopic of the device'),
    relay: z.int().min(1).max(32).optional().describe('the relay that opens the valve'),
    sensor: z
      .string()
      .regex(/^(DS18B20(-\d{1,2})?|[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16})$/, 'DS18B20, or the Id of one probe')
      .optional()
      .describe('DS18B20, or where there are several the Id of one'),
    switch: z
      .int()
      .min(1)
      .max(28)
      .optional()
      .describe('a switch input: a leak sensor, a float, or a mat; it moves no relay any more'),
    button: z.int().min(1).max(32).optional().describe('the button'),
    buzzer: z.literal(true).optional().describe('the buzzer of the device'),
  })
  .superRefine((options, ctx) => {
    const given = PARTS.filter((part) => options[part] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    const parts = 'relay: 1, sensor: DS18B20, switch: 1, button: 1, buzzer: true';
    ctx.addIssue({ code: 'custom', message: `a device is exactly one part (${parts}); ${found}` });
  });

export type TasmotaOptions = z.output<typeof optionsSchema>;

function partOf(options: TasmotaOptions): (typeof PARTS)[number] {
  return PARTS.find((part) => options[part] !== undefined) ?? 'buzzer';
}

/** Tasmota over MQTT: relays as leased valves, DS18B20 probes, buttons, the buzzer. */
export const tasmota: Driver<TasmotaOptions> = {
  name: 'tasmota',
  options: optionsSchema,
  refuses: (options, role) =>
    refusal('tasmota', role, partOf(options), {
      hot: 'relay',
      cold: 'relay',
      master: 'relay',
      drain: 'relay',
      heater: 'relay',
      thermometer: 'sensor',
      level: 'switch',
      leak: 'switch',
      presence: 'switch',
      busy: 'switch',
      button: 'button',
      stop: 'button',
      buzzer: 'buzzer',
    }),
  create: (id, role, options, travelMs) => {
    const at = address(options.full_topic, options.topic);
    if (options.relay !== undefined) return relayDevice(id, role, at, options.relay, travelMs);
    if (options.sensor !== undefined) return sensorDevice(id, role, at, options.sensor);
    if (options.switch !== undefined) return switchDevice(id, role, at, options.switch);
    if (options.button !== undefined) return buttonDevice(id, role, at, options.button);
    return buzzerDevice(id, role, at);
  },
};

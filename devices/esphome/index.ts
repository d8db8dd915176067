import { z } from 'zod';
import type { Driver } from '../../src/model/device.ts';
import { isOutputRole, isSenseRole } from '../../src/model/device.ts';
import { refusal } from '../support.ts';
import { buttonDevice } from './button.ts';
import { buzzerDevice, lightDevice } from './cues.ts';
import { sensorDevice } from './sensor.ts';
import { senseDevice } from './sense.ts';
import { valveDevice } from './valve.ts';

const PARTS = ['valve', 'mixer', 'switch', 'sensor', 'binary_sensor', 'light'] as const;

const objectId = z
  .string()
  .regex(/^[a-z0-9_-]{1,63}$/, 'an object id of ESPHome: the name in lower-case letters, digits, _ and -');

const optionsSchema = z
  .strictObject({
    node: z
      .string()
      .regex(
        /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
        'the topic_prefix of the node: letters, digits, _ - and /',
      )
      .max(100)
      .describe('the topic_prefix of the node, by default its name'),
    valve: objectId.optional().describe('a valve that the lease script of the node opens'),
    mixer: objectId
      .optional()
      .describe('a mixing valve that the lease script of the node opens, with target_c'),
    switch: objectId.optional().describe('a switch: a buzzer'),
    sensor: objectId
      .optional()
      .describe(
        'a sensor that is told each second: a temperature (degrees Celsius), a flow (l/min), a level (litres)',
      ),
    binary_sensor: objectId
      .optional()
      .describe('a button; a leak sensor, a float, or whether somebody is there, or busy'),
    light: objectId.optional().describe('a light'),
  })
  .superRefine((options, ctx) => {
    const given = PARTS.filter((part) => options[part] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    ctx.addIssue({ code: 'custom', message: `a device is exactly one part (${PARTS.join(', ')}); ${found}` });
  });

export type EsphomeOptions = z.output<typeof optionsSchema>;

const NO_DEADLINE =
  'a bare `switch:` has no deadline of its own, so it never opens water; flash the lease script of ' +
  'examples/esphome/foot-bath.yaml and name the valve with `valve:`';

/** ESPHome over its native MQTT, with the lease script of `examples/esphome/` for water. */
export const esphome: Driver<EsphomeOptions> = {
  name: 'esphome',
  options: optionsSchema,
  refuses: (options, role) => {
    if (options.switch !== undefined && isOutputRole(role)) return NO_DEADLINE;
    const part = PARTS.find((name) => options[name] !== undefined) ?? 'light';
    if (role === 'level' && (part === 'sensor' || part === 'binary_sensor')) return null;
    return refusal('esphome', role, part, {
      master: 'valve',
      drain: 'valve',
      heater: 'valve',
      flow: 'sensor',
      level: 'sensor',
      leak: 'binary_sensor',
      presence: 'binary_sensor',
      busy: 'binary_sensor',
      hot: 'valve',
      cold: 'valve',
      mixer: 'mixer',
      thermometer: 'sensor',
      light: 'light',
      buzzer: 'switch',
      button: 'binary_sensor',
      stop: 'binary_sensor',
    });
  },
  create: (id, role, options, travelMs) => {
    const { node } = options;
    if (options.valve !== undefined) return valveDevice(id, role, node, options.valve, false, travelMs);
    if (options.mixer !== undefined) return valveDevice(id, role, node, options.mixer, true, travelMs);
    for (const kind of ['sensor', 'binary_sensor'] as const) {
      const part = options[kind];
      if (part !== undefined && isSenseRole(role)) return senseDevice(id, role, node, kind, part);
    }
    if (options.sensor !== undefined) return sensorDevice(id, role, node, options.sensor);
    if (options.binary_sensor !== undefined) return buttonDevice(id, role, node, options.binary_sensor);
    if (options.switch !== undefined) return buzzerDevice(id, role, node, options.switch);
    return lightDevice(id, role, node, options.light ?? '');
  },
};

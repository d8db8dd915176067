import { z } from 'zod';
import type { Driver, Role } from '../../src/model/device.ts';
import { isOutputRole } from '../../src/model/device.ts';
import { address } from './address.ts';
import { buttonDevice } from './button.ts';
import { contactDevice } from './contact.ts';
import { lightDevice } from './light.ts';
import { sensorDevice } from './sensor.ts';
import { valveDevice } from './valve.ts';

const PARTS = ['endpoint', 'property', 'action'] as const;
type Part = (typeof PARTS)[number];

const topicPath = (what: string) =>
  z
    .string()
    .max(200)
    .regex(
      /^[^/+#\u0000-\u001f]+(\/[^/+#\u0000-\u001f]+)*$/,
      `${what}: no + and #, and / only between other characters`,
    );

/** A device that the config knows under two names could be a valve under the one and a lamp under the other. */
const NO_ADDRESS =
  'use the friendly name of the device and not its IEEE address; where the bridge shows the address as its name, rename it in Zigbee2MQTT';

/** `<base>/<name>/set/<key>`, `<base>/bridge/request/…`: a name with these in it is read as something else. */
const isReserved = (level: string, index: number): boolean =>
  level === 'get' || level === 'set' || (index === 0 && level === 'bridge');

const optionsSchema = z
  .strictObject({
    name: topicPath('the friendly name of the device')
      .refine((name) => !/^0x[0-9a-f]{16}(\/|$)/i.test(name), NO_ADDRESS)
      .refine(
        (name) => !name.split('/').some((level, index) => isReserved(level, index)),
        'a friendly name without `get` and `set` between slashes, and not below `bridge`: those are words of Zigbee2MQTT',
      )
      .describe('the friendly name of the device; what it is, the bridge says'),
    base: topicPath('the base topic of the bridge')
      .default('zigbee2mqtt')
      .describe('the base topic of the bridge'),
    endpoint: z
      .string()
      .regex(/^[a-z0-9_]{1,31}$/, 'an endpoint as in `state_l1`: l1')
      .optional()
      .describe('of a module with several relays or lamps the one: l1 of `state_l1`'),
    property: z
      .string()
      .regex(/^[a-z0-9_]{1,63}$/, 'a property as the bridge publishes it')
      .optional()
      .describe(
        'a temperature, for display only; `temperature` if left out; of a leak or presence sensor `water_leak`, `occupancy`; of `busy` the `contact` of a door that is shut',
      ),
    action: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,63}$/, 'an action as the bridge publishes it')
      .optional()
      .describe('of a button: what counts as a press; `single` if left out'),
  })
  .superRefine((options, ctx) => {
    const given = PARTS.filter((part) => options[part] !== undefined);
    if (given.length <= 1) return;
    const message = `a device is one part at most (${PARTS.join(', ')}); ${given.join(' and ')} are given`;
    ctx.addIssue({ code: 'custom', message });
  });

export type Zigbee2mqttOptions = z.output<typeof optionsSchema>;

/** Which part a role may name; without one the role says what the device is. */
const PART_OF: Readonly<Partial<Record<Role, Part>>> = {
  hot: 'endpoint',
  cold: 'endpoint',
  master: 'endpoint',
  drain: 'endpoint',
  heater: 'endpoint',
  thermometer: 'property',
  leak: 'property',
  presence: 'property',
  busy: 'property',
  light: 'endpoint',
  button: 'action',
  stop: 'action',
};

/** Zigbee devices over Zigbee2MQTT: relays with a countdown of their own, lamps, buttons, temperatures to look at. */
export const zigbee2mqtt: Driver<Zigbee2mqttOptions> = {
  name: 'zigbee2mqtt',
  options: optionsSchema,
  refuses: (options, role) => {
    const part = PART_OF[role];
    if (part === undefined) return `a ${role} cannot be driven by zigbee2mqtt; choose another driver for it`;
    const other = PARTS.find((each) => each !== part && options[each] !== undefined);
    return other === undefined
      ? null
      : `a ${role} is named by \`${part}:\` or by nothing; \`${other}:\` cannot be one`;
  },
  create: (id, role, options, travelMs) => {
    const at = address(options.base, options.name);
    const endpoint = options.endpoint ?? null;
    if (isOutputRole(role)) return valveDevice(id, role, at, endpoint, travelMs);
    if (role === 'thermometer') return sensorDevice(id, role, at, options.property ?? 'temperature');
    if (role === 'leak') return contactDevice(id, role, at, options.property ?? 'water_leak');
    if (role === 'presence') return contactDevice(id, role, at, options.property ?? 'occupancy');
    if (role === 'busy') return contactDevice(id, role, at, options.property ?? 'contact');
    if (role === 'light') return lightDevice(id, role, at, endpoint);
    return buttonDevice(id, role, at, options.action ?? 'single');
  },
};

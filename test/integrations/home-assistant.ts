import { z } from 'zod';
import { stateObjectSchema } from '../../src/model/state.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { render } from './jinja.ts';

/** Home Assistant, as far as these tests need it: what it reads of a discovery payload, shows, and says. */
const componentSchema = z.looseObject({
  platform: z.string(),
  unique_id: z.string().optional(),
  name: z.string().optional(),
  device_class: z.string().optional(),
  options: z.array(z.string()).optional(),
  event_types: z.array(z.string()).optional(),
  state_topic: z.string().optional(),
  command_topic: z.string().optional(),
  value_template: z.string().optional(),
  json_attributes_topic: z.string().optional(),
  json_attributes_template: z.string().optional(),
  payload_press: z.string().optional(),
  payload_on: z.string().optional(),
  payload_off: z.string().optional(),
  retain: z.boolean().default(false),
  qos: z.union([z.literal(0), z.literal(1)]).default(0),
});
export type HaComponent = z.infer<typeof componentSchema>;

const payloadSchema = z.looseObject({
  device: z.looseObject({ identifiers: z.array(z.string()), name: z.string() }),
  availability: z.array(
    z.object({
      topic: z.string(),
      value_template: z.string(),
      payload_available: z.string(),
      payload_not_available: z.string(),
    }),
  ),
  components: z.record(z.string(), componentSchema),
});
export type HaDevice = z.infer<typeof payloadSchema>;

export function readDevice(payload: string): HaDevice {
  return payloadSchema.parse(JSON.parse(payload));
}

/** One entity of a device; a missing one is an error here and an empty dashboard there. */
export function entity(device: HaDevice, key: string): HaComponent {
  const found = device.components[key];
  if (found === undefined) throw new Error(`there is no entity "${key}"`);
  return found;
}

/** What an entity is given of a message at its state topic. */
export function rendered(component: HaComponent, payload: string): string {
  const { value_template: template } = component;
  return template === undefined ? payload : render(template, { value: payload, value_json: json(payload) });
}

export function attributes(component: HaComponent, payload: string): unknown {
  return json(render(component.json_attributes_template ?? '', { value_json: json(payload) }));
}

/** Why an entity would refuse or misread a text, or null. `None` is nothing known, everywhere. */
export function misread(component: HaComponent, text: string): string | null {
  const no = `${component.platform} ${component.name ?? ''} cannot be "${text}"`;
  if (text === '') return `${no}: nothing is told, and the value of before would stay`;
  if (text === 'None') return ['binary_sensor', 'switch'].includes(component.platform) ? no : null;
  switch (component.platform) {
    case 'binary_sensor':
    case 'switch':
      return text === 'ON' || text === 'OFF' ? null : no;
    case 'valve':
      return ['open', 'closed', 'opening', 'closing'].includes(text) ? null : no;
    case 'event': {
      const { event_type: type } = z.object({ event_type: z.string() }).parse(json(text));
      return component.event_types?.includes(type) === true ? null : no;
    }
    case 'sensor':
      return misreadSensor(component, text) ? no : null;
    default:
      return no;
  }
}

function misreadSensor({ device_class: name, options }: HaComponent, text: string): boolean {
  if (text.length > 255) return true;
  if (name === 'enum') return options?.includes(text) !== true;
  if (name === 'temperature') return !Number.isFinite(Number(text));
  // A time without its zone is refused.
  if (name === 'timestamp') return !z.iso.datetime().safeParse(text).success;
  return false;
}

/** What a press of a button, or a choice, publishes. */
export function pressed(component: HaComponent, choice?: string) {
  if (component.command_topic === undefined) throw new Error(`${component.name ?? ''} has nothing to say`);
  return {
    topic: component.command_topic,
    payload: choice ?? component.payload_press ?? 'PRESS',
    qos: component.qos,
    retain: component.retain,
  };
}

/** Whether the device may be believed, after these words at its availability topic. */
export function available(device: HaDevice, status: string): boolean {
  return device.availability.every(({ value_template: template, payload_available: there }) => {
    return render(template, { value: status }) === there;
  });
}

export function stateOf({ payload }: BusMessage) {
  return stateObjectSchema.parse(JSON.parse(payload));
}

function json(text: string): unknown {
  return JSON.parse(text);
}

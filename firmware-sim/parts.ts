import { z } from 'zod';
import type { Role } from '../src/model/device.ts';
import { ConfigError } from '../src/model/errors.ts';
import type { DeviceId } from '../src/model/ids.ts';
import type { DeviceSettings } from '../src/model/station.ts';

/** What one device of the config is in its box. */
export interface TasmotaPart {
  readonly driver: 'tasmota';
  readonly device: DeviceId;
  readonly role: Role;
  readonly topic: string;
  readonly fullTopic: string | undefined;
  readonly part:
    | { readonly kind: 'relay' | 'button'; readonly number: number }
    | { readonly kind: 'sensor'; readonly name: string }
    | { readonly kind: 'buzzer' };
}

export const ESPHOME_KINDS = ['valve', 'mixer', 'switch', 'sensor', 'binary_sensor', 'light'] as const;

export interface EsphomePart {
  readonly driver: 'esphome';
  readonly device: DeviceId;
  readonly role: Role;
  readonly node: string;
  readonly part: { readonly kind: (typeof ESPHOME_KINDS)[number]; readonly id: string };
}

export type Part = TasmotaPart | EsphomePart;

const tasmotaSchema = z.object({
  topic: z.string(),
  full_topic: z.string().optional(),
  relay: z.int().min(1).max(28).optional(),
  sensor: z.string().optional(),
  button: z.int().min(1).max(28).optional(),
  buzzer: z.literal(true).optional(),
});

const esphomeSchema = z.object({
  node: z.string(),
  valve: z.string().optional(),
  mixer: z.string().optional(),
  switch: z.string().optional(),
  sensor: z.string().optional(),
  binary_sensor: z.string().optional(),
  light: z.string().optional(),
});

function fault({ id, driver }: DeviceSettings, what: string): ConfigError {
  return new ConfigError('config_invalid', `the device ${id} cannot be simulated: ${what}`, {
    device: id,
    driver,
  });
}

function parse<T>(schema: z.ZodType<T>, device: DeviceSettings): T {
  const parsed = schema.safeParse(device.options);
  if (!parsed.success) throw fault(device, z.prettifyError(parsed.error));
  return parsed.data;
}

function tasmotaPart(device: DeviceSettings): TasmotaPart {
  const { topic, full_topic: fullTopic, relay, sensor, button, buzzer } = parse(tasmotaSchema, device);
  const parts: TasmotaPart['part'][] = [];
  if (relay !== undefined) parts.push({ kind: 'relay', number: relay });
  if (button !== undefined) parts.push({ kind: 'button', number: button });
  if (sensor !== undefined) parts.push({ kind: 'sensor', name: sensor });
  if (buzzer !== undefined) parts.push({ kind: 'buzzer' });
  const [part] = parts;
  if (part === undefined || parts.length > 1)
    throw fault(device, 'it names one of relay, sensor, button, buzzer');
  return { driver: 'tasmota', device: device.id, role: device.role, topic, fullTopic, part };
}

function esphomePart(device: DeviceSettings): EsphomePart {
  const options = parse(esphomeSchema, device);
  const parts = ESPHOME_KINDS.flatMap((kind) => {
    const id = options[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
  const [part] = parts;
  if (part === undefined || parts.length > 1)
    throw fault(device, `it names one of ${ESPHOME_KINDS.join(', ')}`);
  return { driver: 'esphome', device: device.id, role: device.role, node: options.node, part };
}

/** Which part of which box a device of the config is. Throws a `ConfigError` that names the device. */
export function partOf(device: DeviceSettings): Part {
  switch (device.driver) {
    case 'tasmota':
      return tasmotaPart(device);
    case 'esphome':
      return esphomePart(device);
    default:
      throw fault(device, `there is no simulated hardware for the driver "${device.driver}"`);
  }
}

import { z } from 'zod';
import { parsePointer } from './mqtt/pointer.ts';
import { topicOf } from './tasmota/codec.ts';

/**
 * What a device is, apart from how its options are written: two devices that share one of these are one thing, which
 * closes for the one while it is open for the other. Options are those that the driver's schema let through.
 */
const PARTS: Readonly<Record<string, (options: unknown) => readonly string[]>> = {
  board: (options) => {
    const { port, tone: _, ...part } = boardSchema.parse(options);
    return [`${port} ${JSON.stringify(part)}`];
  },
  tasmota: (options) => {
    const { full_topic, topic, ...part } = tasmotaSchema.parse(options);
    return [`${topicOf(full_topic, topic, 'cmnd', '')} ${JSON.stringify(part)}`];
  },
  esphome: (options) => {
    const { node, valve, mixer, ...plain } = esphomeSchema.parse(options);
    const water = valve ?? mixer;
    // The lease script moves the switch of that name, so whoever switches it opens the valve without a lease.
    if (water !== undefined) return ['lease', 'switch', 'light'].map((kind) => `${node}/${kind}/${water}`);
    return Object.entries(plain).map(([kind, name]) => `${node}/${kind}/${String(name)}`);
  },
  shelly: (options) => {
    // Whatever generation is said: it is one box.
    const { prefix, switch: output, temperature, input } = shellySchema.parse(options);
    return [`${prefix} ${JSON.stringify({ output, temperature, input })}`];
  },
  zigbee2mqtt: (options) => {
    const { base, name, ...part } = zigbeeSchema.parse(options);
    return [`${base}/${name} ${JSON.stringify(part)}`];
  },
  firmata: (options) => {
    const { port, pin, address } = firmataSchema.parse(options);
    return [`${port} ${pin} ${address}`];
  },
  // Nothing of it stays on, and it is shared.
  desktop: () => [],
  homeassistant: (options) => {
    const { url, entity } = homeassistantSchema.parse(options);
    return [`${url}/${entity}`];
  },
  presence: (options) => [presenceSchema.parse(options).name],
  mqtt: (options) => {
    const { state, value, every } = mqttSchema.parse(options);
    // Only thermometers have a period. The same number with another offset is no second probe, and a bare number is
    // the whole document.
    return state === undefined || every === undefined
      ? []
      : [`${state} ${JSON.stringify(parsePointer(value) ?? [])}`];
  },
};

const index = z.number().optional();
const word = z.string().optional();
const boardSchema = z.object({
  port: z.string(),
  valve: index,
  temperature: index,
  light: index,
  buzzer: index,
  button: index,
  tone: index,
});
const tasmotaSchema = z.object({
  topic: z.string(),
  full_topic: z.string(),
  relay: index,
  sensor: z.string().toUpperCase().optional(),
  switch: index,
  button: index,
  buzzer: z.literal(true).optional(),
});
const esphomeSchema = z.looseObject({ node: z.string(), valve: word, mixer: word });
const shellySchema = z.object({ prefix: z.string(), switch: index, temperature: index, input: index });
const zigbeeSchema = z.object({
  base: z.string(),
  name: z.string(),
  endpoint: word,
  property: word,
  action: word,
});
const firmataSchema = z.object({
  port: z.string(),
  pin: z.union([z.number(), z.string()]),
  address: z.string().default(''),
});
const presenceSchema = z.object({ name: z.string() });
const homeassistantSchema = z.object({ url: z.string(), entity: z.string() });
const mqttSchema = z.object({ state: word, value: word, every: z.unknown().optional() });

/** Keys of the part that a device is, of which no two devices of a config may share one. */
export function partKeys(driver: string, options: unknown): readonly string[] {
  return (PARTS[driver]?.(options) ?? []).map((key) => `${driver} ${key}`);
}

import { z } from 'zod';
import type { DeviceSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import type { RelayPort } from '../gadgets/ports.ts';
import { Tasmota, TASMOTA_FULL_TOPIC } from '../gadgets/tasmota.ts';
import { isOutputRole } from '../../src/model/device.ts';
import {
  cannotSimulate,
  NOT_WIRED,
  onePart,
  optionsReader,
  type BoxOptions,
  type BoxValve,
  type Dialect,
} from './box.ts';

const optionsSchema = z.object({
  topic: z.string(),
  full_topic: z.string().optional(),
  relay: z.int().min(1).max(28).optional(),
  sensor: z.string().optional(),
  switch: z.int().min(1).max(28).optional(),
  button: z.int().min(1).max(28).optional(),
  buzzer: z.literal(true).optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly topic: string;
  readonly fullTopic: string | undefined;
  readonly part:
    | { readonly kind: 'relay' | 'button' | 'switch'; readonly number: number }
    | { readonly kind: 'sensor'; readonly name: string }
    | { readonly kind: 'buzzer' };
}

function partOf(device: DeviceSettings): Part {
  const { topic, full_topic: fullTopic, relay, sensor, button, buzzer, ...more } = readOptions(device);
  const parts: Part['part'][] = [];
  if (relay !== undefined) parts.push({ kind: 'relay', number: relay });
  if (button !== undefined) parts.push({ kind: 'button', number: button });
  if (more.switch !== undefined) parts.push({ kind: 'switch', number: more.switch });
  if (sensor !== undefined) parts.push({ kind: 'sensor', name: sensor });
  if (buzzer !== undefined) parts.push({ kind: 'buzzer' });
  const part = onePart(device, parts, ['relay', 'sensor', 'switch', 'button', 'buzzer']);
  return { device, topic, fullTopic, part };
}

/**
 * What an owner who followed the documentation has set once: off at power-up, nothing restored, the button detached
 * from the relay, no retained states.
 */
const COMMISSIONED = ['Backlog PowerOnState 0; SetOption0 0; PowerRetain 0; TelePeriod 10; SetOption73 1'];

export const tasmota: Dialect = {
  boxOf: (device) => partOf(device).topic,
  build: (options, devices) => {
    const parts = devices.map(partOf);
    const gadget = box(options, parts);
    const buttons = parts.flatMap(({ device, part }) =>
      part.kind === 'button'
        ? [
            [
              device.id,
              (press: Parameters<Tasmota['press']>[1]) => {
                gadget.press(part.number, press);
              },
            ] as const,
          ]
        : [],
    );
    const valves = parts.flatMap(({ device, topic, fullTopic, part }): (readonly [string, BoxValve])[] => {
      if (part.kind !== 'relay' || !isOutputRole(device.role)) return [];
      const path = (fullTopic ?? TASMOTA_FULL_TOPIC).replace('%prefix%', 'cmnd').replace('%topic%', topic);
      const slash = path.endsWith('/') ? '' : '/';
      const opensBy = { topic: `${path}${slash}TimedPower${part.number}`, payload: '20000' };
      const misbehave: BoxValve['misbehave'] = (how) => {
        gadget.misbehave(part.number, how);
      };
      return [[device.id, { misbehave, opensBy }]];
    });
    return { gadget, buttons: new Map(buttons), valves: new Map(valves) };
  },
};

function box({ clock, seed, connect, wiring }: BoxOptions, parts: readonly Part[]): Tasmota {
  const topic = parts[0]?.topic ?? '';
  const relays: RelayPort[] = [];
  for (const { device, part } of parts) {
    if (part.kind === 'relay') relays[part.number - 1] = wiring.relay(device);
  }
  const sensors = parts.filter(({ part }) => part.kind === 'sensor');
  const buzzer = parts.find(({ part }) => part.kind === 'buzzer');
  const fullTopic = parts.find((part) => part.fullTopic !== undefined)?.fullTopic;
  return new Tasmota({
    clock,
    seed,
    connect,
    topic,
    ...(fullTopic === undefined ? {} : { fullTopic }),
    relays: Array.from({ length: relays.length }, (_, place) => relays[place] ?? NOT_WIRED),
    probes: sensorIds(seed, topic, sensors).map(({ id, device }) => ({ id, port: wiring.probe(device) })),
    switches: new Map(
      parts.flatMap(({ device, part }) =>
        part.kind === 'switch' ? [[part.number, wiring.contact(device)] as const] : [],
      ),
    ),
    buzzer: buzzer === undefined ? null : wiring.buzzer(buzzer.device),
    commissioned: COMMISSIONED,
  });
}

/**
 * The ids of a box's probes. A device that is bound by its number (`DS18B20-2`) gets the address that sorts there;
 * one that is bound by its id has that id.
 */
function sensorIds(
  seed: number,
  topic: string,
  parts: readonly Part[],
): readonly { id: string; device: DeviceSettings }[] {
  const random = new Random(seed, `probes of ${topic}`);
  const hex = (digits: number): string =>
    random
      .int(0, 16 ** digits - 1)
      .toString(16)
      .toUpperCase()
      .padStart(digits, '0');
  return parts.map(({ device, part }) => {
    const name = part.kind === 'sensor' ? part.name : '';
    if (/^[0-9A-F]{12}$/i.test(name)) return { id: name.toUpperCase(), device };
    const number = /^DS18B20(?:-(\d+))?$/.exec(name);
    if (number === null)
      throw cannotSimulate(device, `the sensor "${name}" is neither DS18B20, DS18B20-<n> nor an id`);
    return { id: `0${number[1] ?? '1'}13`.slice(-4) + hex(8), device };
  });
}

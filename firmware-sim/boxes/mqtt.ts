import { z } from 'zod';
import { InvariantError } from '../../src/model/errors.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { cToFahrenheit, durationSchema } from '../../src/model/units.ts';
import type { Press } from '../gadgets/ports.ts';
import { MqttThing, type Part } from '../gadgets/mqtt.ts';
import {
  cannotSimulate,
  optionsReader,
  type Box,
  type BoxOptions,
  type Dialect,
  type Wiring,
} from './box.ts';

const optionsSchema = z.object({
  state: z.string().optional(),
  value: z.string().optional(),
  scale: z.number().default(1),
  offset: z.number().default(0),
  unit: z.enum(['celsius', 'fahrenheit']).default('celsius'),
  every: durationSchema.optional(),
  map: z.record(z.string(), z.string()).optional(),
  set: z.string().optional(),
  payload: z.record(z.string(), z.string()).default({}),
});
const readOptions = optionsReader(optionsSchema);
type Options = z.output<typeof optionsSchema>;

export const mqtt: Dialect = {
  /** Which topics come from one box, nobody knows but its owner. */
  boxOf: ({ id }) => id,
  build: ({ clock, seed, connect, wiring }: BoxOptions, devices) => {
    const [device] = devices;
    if (device === undefined) throw new InvariantError('invariant', 'a box without a device');
    const options = readOptions(device);
    const { state = null, set = null } = options;
    const part = partOf(device, options, wiring);
    const gadget = new MqttThing({ clock, seed, connect, id: device.id, state, set, part });
    const press = (how: Press): void => {
      gadget.press(how);
    };
    const buttons: Box['buttons'] = new Map(part.kind === 'button' ? [[device.id, press]] : []);
    return { gadget, buttons, valves: new Map() };
  },
};

function partOf(device: DeviceSettings, options: Options, wiring: Wiring): Part {
  switch (device.role) {
    case 'thermometer': {
      const port = wiring.probe(device);
      const say = (): string | null => {
        if (port.hung?.() === true) return null;
        const raw = rawOf(port.read(), options);
        if (options.value !== undefined) return messageOf(device, options.value, raw);
        return raw === null ? 'nan' : String(raw);
      };
      // Here, and not when it first speaks: a pointer that cannot be built is a mistake of the config.
      say();
      return { kind: 'thermometer', everyMs: options.every ?? EVERY_MS, say };
    }
    case 'flow':
      return figure(device, options, wiring);
    case 'level':
      return options.map === undefined ? figure(device, options, wiring) : contact(device, options, wiring);
    case 'leak':
    case 'presence':
    case 'busy':
      return contact(device, options, wiring);
    case 'button':
    case 'stop':
      return { kind: 'button', words: wordsOf(device, options) };
    case 'light': {
      const lamp = wiring.lamp(device);
      return output(options.payload, (name) => {
        lamp.show(name !== 'off', 255, COLOURS[name] ?? WHITE);
      });
    }
    case 'buzzer': {
      const relay = wiring.relay(device);
      return output(options.payload, (name) => {
        relay.set(name !== 'off');
      });
    }
    default:
      throw cannotSimulate(device, `a ${device.role} is never driven over topics of one's own`);
  }
}

/** A period that its owner did not say. */
const EVERY_MS = 1_000;
const YES: ReadonlySet<string> = new Set(['wet', 'high', 'present', 'busy']);

/** A flow or a level in the units that the config says it speaks. */
function figure(device: DeviceSettings, options: Options, wiring: Wiring): Part {
  const port = wiring.probe(device);
  const say = (): string => {
    const value = port.read();
    const raw = Number.isNaN(value) ? null : Number(((value - options.offset) / options.scale).toFixed(6));
    if (options.value !== undefined) return messageOf(device, options.value, raw);
    return raw === null ? 'nan' : String(raw);
  };
  say();
  return { kind: 'thermometer', everyMs: options.every ?? EVERY_MS, say };
}

function contact(device: DeviceSettings, options: Options, wiring: Wiring): Part {
  const port = wiring.contact(device);
  const words = Object.entries(options.map ?? {});
  const say = (): string => {
    const word = words.find(([, meaning]) => YES.has(meaning) === port.read())?.[0];
    if (word === undefined) throw cannotSimulate(device, 'its `map:` has no word for one of the two states');
    return options.value === undefined ? word : messageOf(device, options.value, word);
  };
  say();
  return { kind: 'contact', port, everyMs: options.every ?? null, say };
}

const WHITE = { r: 255, g: 255, b: 255 };
const COLOURS: Readonly<Record<string, typeof WHITE>> = {
  warm: { r: 255, g: 120, b: 40 },
  cold: { r: 40, g: 120, b: 255 },
  red: { r: 255, g: 0, b: 0 },
};

/** What it does with a payload is what the config sends it for; it does nothing with any other. */
function output(payloads: Readonly<Record<string, string>>, show: (name: string) => void): Part {
  const names = new Map(Object.entries(payloads).map(([name, payload]) => [payload, name]));
  const off = (): void => {
    show('off');
  };
  off();
  return {
    kind: 'output',
    off,
    hear: (payload) => {
      const name = names.get(payload);
      if (name !== undefined) show(name);
    },
  };
}

/** What a probe of 0.0625 K shows, in the units that the config says it speaks; null where it is broken. */
function rawOf(waterC: number, { scale, offset, unit }: Options): number | null {
  if (Number.isNaN(waterC)) return null;
  const shownC = Math.round(waterC * 16) / 16;
  const shown = unit === 'fahrenheit' ? cToFahrenheit(shownC) : shownC;
  return Number(((shown - offset) / scale).toFixed(6));
}

function wordsOf(
  device: DeviceSettings,
  { map, value }: Options,
): Extract<Part, { kind: 'button' }>['words'] {
  const wordFor = (meaning: string): string | null => {
    const word = Object.entries(map ?? { pressed: 'press' }).find(([, each]) => each === meaning)?.[0];
    if (word === undefined) return null;
    // A code is a number in a message, as radio gateways send it.
    return value === undefined
      ? word
      : messageOf(device, value, /^(0|[1-9]\d{0,14})$/.test(word) ? Number(word) : word);
  };
  const [hold, double, release] = [wordFor('hold'), wordFor('double'), wordFor('release')];
  // A stop device may have no word for a press: any that it has stops.
  const press = wordFor('press') ?? double ?? hold ?? release;
  if (press === null) throw cannotSimulate(device, 'its `map:` means nothing that can be pressed');
  return { press, double, hold, release };
}

/** The smallest JSON message that has `value` where the pointer leads; numbers up to 15 are places in a list. */
function messageOf(device: DeviceSettings, pointer: string, value: number | string | null): string {
  const names = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (names.includes('__proto__')) throw cannotSimulate(device, '`value:` leads through `__proto__`');
  const message = names.reduceRight<unknown>((inner, name) => {
    if (!/^(\d|1[0-5])$/.test(name)) return { [name]: inner };
    const list: unknown[] = Array.from({ length: Number(name) }, () => null);
    return [...list, inner];
  }, value);
  return JSON.stringify(message);
}

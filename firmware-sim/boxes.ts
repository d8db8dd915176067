import type { Clock } from '../src/clock/clock.ts';
import { ConfigError } from '../src/model/errors.ts';
import { Random } from '../src/random/random.ts';
import { Esphome } from './gadgets/esphome.ts';
import type { BuzzerPort, LampPort, MixerPort, ProbePort, RelayPort } from './gadgets/ports.ts';
import type { Connect } from './gadgets/radio.ts';
import { Tasmota } from './gadgets/tasmota.ts';
import type { EsphomePart, Part, TasmotaPart } from './parts.ts';

/** What a part is wired to, by its role. */
export interface Wiring {
  relay(part: Part): RelayPort;
  mixer(part: Part): MixerPort;
  probe(part: Part): ProbePort;
  buzzer(part: Part): BuzzerPort;
  lamp(part: Part): LampPort;
}

export interface BoxOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  readonly wiring: Wiring;
}

/**
 * What an owner who followed the documentation has set once: off at power-up, nothing restored, the button detached
 * from the relay, no retained states.
 */
const COMMISSIONED = ['Backlog PowerOnState 0; SetOption0 0; PowerRetain 0; TelePeriod 10; SetOption73 1'];

/** Nothing is wired to a relay that the config does not name. */
const NOT_WIRED: RelayPort = { set: () => undefined };

export function buildTasmota(options: BoxOptions, parts: readonly TasmotaPart[]): Tasmota {
  const { clock, seed, connect, wiring } = options;
  const topic = parts[0]?.topic ?? '';
  const relays: RelayPort[] = [];
  for (const part of parts) {
    if (part.part.kind === 'relay') relays[part.part.number - 1] = wiring.relay(part);
  }
  const sensors = parts.filter((part) => part.part.kind === 'sensor');
  const buzzer = parts.find((part) => part.part.kind === 'buzzer');
  const fullTopic = parts.find((part) => part.fullTopic !== undefined)?.fullTopic;
  return new Tasmota({
    clock,
    seed,
    connect,
    topic,
    ...(fullTopic === undefined ? {} : { fullTopic }),
    relays: Array.from({ length: relays.length }, (_, place) => relays[place] ?? NOT_WIRED),
    probes: sensorIds(seed, topic, sensors).map(({ id, part }) => ({ id, port: wiring.probe(part) })),
    buzzer: buzzer === undefined ? null : wiring.buzzer(buzzer),
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
  parts: readonly TasmotaPart[],
): readonly { id: string; part: TasmotaPart }[] {
  const random = new Random(seed, `probes of ${topic}`);
  const hex = (digits: number): string =>
    random
      .int(0, 16 ** digits - 1)
      .toString(16)
      .toUpperCase()
      .padStart(digits, '0');
  return parts.map((part) => {
    const name = part.part.kind === 'sensor' ? part.part.name : '';
    if (/^[0-9A-F]{12}$/i.test(name)) return { id: name.toUpperCase(), part };
    const number = /^DS18B20(?:-(\d+))?$/.exec(name);
    if (number === null) {
      throw new ConfigError(
        'config_invalid',
        `the sensor "${name}" of ${part.device} is neither DS18B20, DS18B20-<n> nor an id`,
      );
    }
    return { id: `0${number[1] ?? '1'}13`.slice(-4) + hex(8), part };
  });
}

export function buildEsphome(options: BoxOptions, parts: readonly EsphomePart[]): Esphome {
  const { clock, seed, connect, wiring } = options;
  const of = (kind: EsphomePart['part']['kind']): readonly EsphomePart[] =>
    parts.filter((part) => part.part.kind === kind);
  const ports = <Port>(
    kind: EsphomePart['part']['kind'],
    wire: (part: Part) => Port,
  ): ReadonlyMap<string, Port> => new Map(of(kind).map((part) => [part.part.id, wire(part)]));
  return new Esphome({
    clock,
    seed,
    connect,
    node: parts[0]?.node ?? '',
    valves: ports('valve', (part) => wiring.relay(part)),
    mixers: ports('mixer', (part) => wiring.mixer(part)),
    switches: ports('switch', (part) => wiring.relay(part)),
    sensors: ports('sensor', (part) => wiring.probe(part)),
    binarySensors: of('binary_sensor').map((part) => part.part.id),
    lights: ports('light', (part) => wiring.lamp(part)),
  });
}

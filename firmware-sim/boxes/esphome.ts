import { z } from 'zod';
import { isSenseRole } from '../../src/model/device.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { Esphome } from '../gadgets/esphome.ts';
import type { Press } from '../gadgets/ports.ts';
import { onePart, optionsReader, type BoxOptions, type BoxValve, type Dialect } from './box.ts';

const KINDS = ['valve', 'mixer', 'switch', 'sensor', 'binary_sensor', 'light'] as const;
type Kind = (typeof KINDS)[number];

const optionsSchema = z.object({
  node: z.string(),
  valve: z.string().optional(),
  mixer: z.string().optional(),
  switch: z.string().optional(),
  sensor: z.string().optional(),
  binary_sensor: z.string().optional(),
  light: z.string().optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly node: string;
  readonly kind: Kind;
  readonly id: string;
}

function partOf(device: DeviceSettings): Part {
  const options = readOptions(device);
  const parts = KINDS.flatMap((kind) => {
    const id = options[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
  return { device, node: options.node, ...onePart(device, parts, KINDS) };
}

export const esphome: Dialect = {
  boxOf: (device) => partOf(device).node,
  build: (options, devices) => {
    const parts = devices.map(partOf);
    const gadget = box(options, parts);
    const buttons = parts
      .filter(({ kind, device }) => kind === 'binary_sensor' && !isSenseRole(device.role))
      .map(({ device, id }) => {
        const press = (how: Press): void => {
          gadget.press(id, how);
        };
        return [device.id, press] as const;
      });
    const valves = parts
      .filter(({ kind }) => kind === 'valve' || kind === 'mixer')
      .map(({ device, node, kind, id }): readonly [string, BoxValve] => {
        const target = kind === 'mixer' ? { target_c: 38 } : {};
        const payload = JSON.stringify({ valve: id, ms: 20_000, ...target });
        const misbehave: BoxValve['misbehave'] = (how) => {
          gadget.misbehave(id, how);
        };
        return [device.id, { misbehave, opensBy: { topic: `${node}/lease`, payload } }];
      });
    return { gadget, buttons: new Map(buttons), valves: new Map(valves) };
  },
};

function box({ clock, seed, connect, wiring }: BoxOptions, parts: readonly Part[]): Esphome {
  const of = (kind: Kind): readonly Part[] => parts.filter((part) => part.kind === kind);
  const ports = <Port>(kind: Kind, wire: (device: DeviceSettings) => Port): ReadonlyMap<string, Port> =>
    new Map(of(kind).map(({ id, device }) => [id, wire(device)]));
  return new Esphome({
    clock,
    seed,
    connect,
    node: parts[0]?.node ?? '',
    valves: ports('valve', (device) => wiring.relay(device)),
    mixers: ports('mixer', (device) => wiring.mixer(device)),
    switches: ports('switch', (device) => wiring.relay(device)),
    sensors: ports('sensor', (device) => wiring.probe(device)),
    binarySensors: of('binary_sensor')
      .filter(({ device }) => !isSenseRole(device.role))
      .map(({ id }) => id),
    contacts: new Map(
      of('binary_sensor')
        .filter(({ device }) => isSenseRole(device.role))
        .map(({ id, device }) => [id, wiring.contact(device)]),
    ),
    lights: ports('light', (device) => wiring.lamp(device)),
  });
}

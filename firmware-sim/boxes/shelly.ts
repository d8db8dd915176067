import { z } from 'zod';
import { isOutputRole, isSenseRole } from '../../src/model/device.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import type { Press, RelayPort } from '../gadgets/ports.ts';
import { ShellyGen1 } from '../gadgets/shelly-gen1.ts';
import { Shelly } from '../gadgets/shelly.ts';
import {
  NOT_WIRED,
  onePart,
  optionsReader,
  type Box,
  type BoxOptions,
  type BoxValve,
  type Dialect,
} from './box.ts';

const KINDS = ['switch', 'temperature', 'input'] as const;
type Kind = (typeof KINDS)[number];

const optionsSchema = z.object({
  prefix: z.string(),
  gen: z.int().min(1).max(2).default(2),
  switch: z.int().min(0).max(31).optional(),
  temperature: z.int().min(100).max(199).optional(),
  input: z.int().min(0).max(199).optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly prefix: string;
  readonly gen: number;
  readonly kind: Kind;
  readonly id: number;
}

function partOf(device: DeviceSettings): Part {
  const options = readOptions(device);
  const parts = KINDS.flatMap((kind) => {
    const id = options[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
  return { device, prefix: options.prefix, gen: options.gen, ...onePart(device, parts, KINDS) };
}

export const shelly: Dialect = {
  boxOf: (device) => {
    const { prefix, gen } = partOf(device);
    return `${prefix} ${gen}`;
  },
  build: (options, devices) => {
    const parts = devices.map(partOf);
    const gadget = parts[0]?.gen === 1 ? first(options, parts) : current(options, parts);
    const buttons: Box['buttons'] = new Map(
      parts
        .filter(({ kind, device }) => kind === 'input' && !isSenseRole(device.role))
        .map(({ device, id }) => {
          const press = (how: Press): void => {
            gadget.press(id, how);
          };
          return [device.id, press] as const;
        }),
    );
    const valves = parts.flatMap(({ device, prefix, kind, id }): (readonly [string, BoxValve])[] => {
      // The first generation has no lease that may rest on it, and opens no water here.
      if (kind !== 'switch' || !isOutputRole(device.role) || !(gadget instanceof Shelly)) return [];
      const frame = { id: 1, src: 'old', method: 'Switch.Set', params: { id, on: true, toggle_after: 20 } };
      const misbehave: BoxValve['misbehave'] = (how) => {
        gadget.misbehave(id, how);
      };
      return [
        [device.id, { misbehave, opensBy: { topic: `${prefix}/rpc`, payload: JSON.stringify(frame) } }],
      ];
    });
    return { gadget, buttons, valves: new Map(valves) };
  },
};

/** What is wired to outputs 0, 1, ...: those that the config does not name lead nowhere. */
function relays({ wiring }: BoxOptions, parts: readonly Part[]): readonly RelayPort[] {
  const wired = new Map(
    parts.filter(({ kind }) => kind === 'switch').map(({ id, device }) => [id, wiring.relay(device)]),
  );
  const count = Math.max(-1, ...wired.keys()) + 1;
  return Array.from({ length: count }, (_, id) => wired.get(id) ?? NOT_WIRED);
}

const inputsOf = (parts: readonly Part[]): readonly number[] =>
  parts.filter(({ kind }) => kind === 'input').map(({ id }) => id);

/**
 * What an owner who followed the documentation has set once: the inputs are buttons. The switches come as the factory
 * sets them, and are set by whoever opens water with them.
 */
function current(options: BoxOptions, parts: readonly Part[]): Shelly {
  const { clock, seed, connect, wiring } = options;
  const inputs = inputsOf(parts);
  const probes = parts.filter(({ kind }) => kind === 'temperature');
  const contacts = parts.filter(({ kind, device }) => kind === 'input' && isSenseRole(device.role));
  const box = new Shelly({
    clock,
    seed,
    connect,
    prefix: parts[0]?.prefix ?? '',
    switches: relays(options, parts),
    probes: new Map(probes.map(({ id, device }) => [id, wiring.probe(device)])),
    inputs,
    // What has a state is a switch, which the factory has set.
    commissioned: inputs
      .filter((id) => !contacts.some((contact) => contact.id === id))
      .map((id) => ({ method: 'Input.SetConfig', params: { id, config: { type: 'button' } } })),
  });
  for (const { id, device } of contacts) {
    const port = wiring.contact(device);
    port.onChange(() => {
      box.drive(id, port.read());
    });
  }
  return box;
}

function first(options: BoxOptions, parts: readonly Part[]): ShellyGen1 {
  const { clock, seed, connect } = options;
  return new ShellyGen1({
    clock,
    seed,
    connect,
    prefix: parts[0]?.prefix ?? '',
    relays: relays(options, parts),
    inputs: inputsOf(parts),
  });
}

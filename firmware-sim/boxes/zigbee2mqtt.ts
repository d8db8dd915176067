import { z } from 'zod';
import { isOutputRole } from '../../src/model/device.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import type { Press, RelayPort } from '../gadgets/ports.ts';
import { Zigbee2mqtt, type Paired } from '../gadgets/zigbee2mqtt.ts';
import { WirelessButton } from '../gadgets/zigbee2mqtt/small.ts';
import {
  cannotSimulate,
  optionsReader,
  type BoxOptions,
  type BoxValve,
  type Dialect,
  type Wiring,
} from './box.ts';

const optionsSchema = z.object({
  name: z.string(),
  base: z.string().default('zigbee2mqtt'),
  endpoint: z.string().optional(),
  property: z.string().optional(),
  action: z.string().optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly options: z.output<typeof optionsSchema>;
}

const partOf = (device: DeviceSettings): Part => ({ device, options: readOptions(device) });

export const zigbee2mqtt: Dialect = {
  /** One bridge, whatever is paired with it. */
  boxOf: (device) => partOf(device).options.base,
  build: ({ clock, seed, connect, wiring }: BoxOptions, devices) => {
    const parts = devices.map(partOf);
    const byName = Map.groupBy(parts, ({ options }) => options.name);
    const paired = new Map([...byName].map(([name, members]) => [name, pairedOf(members, wiring)] as const));
    const base = parts[0]?.options.base ?? '';
    const gadget = new Zigbee2mqtt({ clock, seed, connect, base, paired });
    const buttons = parts.flatMap(({ device, options }) => {
      const button = gadget.device(options.name);
      if (!(button instanceof WirelessButton)) return [];
      const press = (how: Press): void => {
        button.press(how);
      };
      return [[device.id, press] as const];
    });
    const valves = parts
      .filter(({ device }) => isOutputRole(device.role))
      .map(({ device, options: { name, endpoint = '' } }): readonly [string, BoxValve] => {
        const end = endpoint === '' ? '' : `_${endpoint}`;
        const payload = JSON.stringify({ [`state${end}`]: 'ON', [`countdown${end}`]: 20 });
        const misbehave: BoxValve['misbehave'] = (how) => {
          gadget.misbehave(name, endpoint, how);
        };
        return [device.id, { misbehave, opensBy: { topic: `${base}/${name}/set`, payload } }];
      });
    return { gadget, buttons: new Map(buttons), valves: new Map(valves) };
  },
};

/** What a name stands for: the roles of its parts say it. */
function pairedOf(parts: readonly Part[], wiring: Wiring): Paired {
  const [first] = parts;
  if (first === undefined) return { kind: 'other', listing: {} };
  const { device, options } = first;
  const alone = parts.length === 1;
  if (isOutputRole(device.role)) {
    const ports = parts.map((part): readonly [string, RelayPort] => {
      if (!isOutputRole(part.device.role))
        throw cannotSimulate(
          part.device,
          'one Zigbee device is relays, or a lamp, or a button, not several of them',
        );
      return [part.options.endpoint ?? '', wiring.relay(part.device)];
    });
    return { kind: 'relays', ports: new Map(ports) };
  }
  if (!alone) throw cannotSimulate(device, 'another device of the config has the same name');
  switch (device.role) {
    case 'thermometer':
      return { kind: 'thermometer', port: wiring.probe(device), property: options.property ?? 'temperature' };
    case 'leak':
      return { kind: 'contact', port: wiring.contact(device), property: options.property ?? 'water_leak' };
    case 'presence':
      return { kind: 'contact', port: wiring.contact(device), property: options.property ?? 'occupancy' };
    case 'busy':
      return { kind: 'contact', port: wiring.contact(device), property: options.property ?? 'contact' };
    case 'light':
      return { kind: 'lamp', port: wiring.lamp(device) };
    default:
      if ((options.action ?? 'single') !== 'single')
        throw cannotSimulate(device, 'the simulated button has one key, and its press is `single`');
      return { kind: 'button' };
  }
}

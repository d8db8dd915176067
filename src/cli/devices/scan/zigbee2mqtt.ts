import { allEntries, exposesOf, judge } from '../../../../devices/zigbee2mqtt/definition.ts';
import type { Entry } from '../../../../devices/zigbee2mqtt/definition.ts';
import type { BusMessage } from '../../../model/bus.ts';
import { isOutputRole } from '../../../model/device.ts';
import { ROLES } from '../../../model/device.ts';
import type { Found, Part, Sniffer } from './found.ts';
import { MAX_PARTS, MAX_THINGS, isPart, oneLine, partOf } from './found.ts';

/** Bridges of Zigbee2MQTT: each keeps the list of its devices at `<base>/bridge/devices`, retained. */
export function zigbee2mqttSniffer(): Sniffer {
  const bridges = new Map<string, readonly Found[]>();
  return {
    topics: ['+/bridge/devices', '+/+/bridge/devices'],
    questions: [],
    hear: ({ topic, payload }: BusMessage) => {
      const base = topic.replace(/\/bridge\/devices$/, '');
      const entries = bridges.size < MAX_THINGS ? allEntries(payload) : null;
      if (entries !== null)
        bridges.set(
          base,
          entries.slice(0, MAX_THINGS).flatMap((entry) => foundOf(base, entry)),
        );
      return [];
    },
    found: () => [...bridges.values()].flat(),
  };
}

const WATER = ROLES.filter(isOutputRole);

function foundOf(base: string, entry: Entry): readonly Found[] {
  const { friendly_name: name, definition } = entry;
  if (name === undefined || definition === null || definition === undefined) return [];
  const address = base === 'zigbee2mqtt' ? { name } : { name, base };
  const about = oneLine(`${definition.model} ${definition.description ?? ''}`);
  const exposes = exposesOf(entry);
  const has = (property: string): boolean => exposes.some((each) => each.property === property);
  const lamp = exposes.some(({ type }) => type === 'light');
  const parts: (Part | null)[] = [
    ...(lamp
      ? [partOf('zigbee2mqtt', 'light', address, { roles: ['light'] })]
      : relays(entry, name, address)),
    has('temperature')
      ? partOf('zigbee2mqtt', 'temperature', address, {
          roles: ['thermometer'],
          note: 'told now and then: to look at, no warm water rests on it',
        })
      : null,
    has('action') ? partOf('zigbee2mqtt', 'button', address, { roles: ['button', 'stop'] }) : null,
    has('water_leak') ? partOf('zigbee2mqtt', 'leak', address, { roles: ['leak'] }) : null,
    has('occupancy') ? partOf('zigbee2mqtt', 'presence', address, { roles: ['presence'] }) : null,
  ];
  return [{ kind: 'zigbee2mqtt', name, about, parts: parts.filter(isPart).slice(0, MAX_PARTS) }];
}

/** Each relay of a module: a water device where its model is known to close by itself, and a lamp's switch elsewhere. */
function relays(entry: Entry, name: string, address: object): readonly (Part | null)[] {
  const states = exposesOf(entry).filter((each) => each.name === 'state' && each.property !== undefined);
  return states.map(({ endpoint }) => {
    const options = endpoint === undefined ? { ...address } : { ...address, endpoint };
    const judged = judge(entry, name, endpoint ?? null);
    const label = endpoint ?? 'relay';
    if (judged.fit) return partOf('zigbee2mqtt', label, options, { roles: [...WATER, 'light'] });
    return partOf('zigbee2mqtt', label, options, { roles: ['light'], note: judged.message });
  });
}

import { z } from 'zod';
import { parseJson } from '../../../../devices/support.ts';
import type { BusMessage } from '../../../model/bus.ts';
import type { Found, Sniffer } from './found.ts';
import { MAX_PARTS, isPart, oneLine, partOf, thingOf } from './found.ts';

/**
 * ESPHome over its native MQTT: a node keeps its presence at `<prefix>/status` and each state at
 * `<prefix>/<component>/<object>/state`, retained, and answers `esphome/discover`. Whether it has the lease script of
 * examples/esphome it says with the first lease only, and none is sent here. Source: esphome/esphome, mqtt_client.cpp.
 */

const nodeSchema = z.object({ version: z.string().catch(''), board: z.string().catch('') });

interface Thing {
  /** It has said online or offline where a node does: other programs have topics of this form too. */
  isNode: boolean;
  about: string;
  readonly parts: Set<string>;
}

const COMPONENTS = ['switch', 'sensor', 'binary_sensor', 'light'] as const;
type Component = (typeof COMPONENTS)[number];
const isComponent = (word: string): word is Component => COMPONENTS.some((component) => component === word);

export function esphomeSniffer(): Sniffer {
  const things = new Map<string, Thing>();
  const thing = (node: string): Thing | null =>
    thingOf(things, node, () => ({ isNode: false, about: '', parts: new Set() }));
  return {
    topics: ['+/status', '+/+/+/state', '+/lease/state', 'esphome/discover/+'],
    questions: [{ topic: 'esphome/discover', payload: '', qos: 0 }],
    hear: ({ topic, payload }: BusMessage) => {
      const [node = '', second = '', third = ''] = topic.split('/');
      if (node === 'esphome' && second === 'discover') {
        const said = parseJson(payload, nodeSchema);
        const known = said === null ? null : thing(third);
        if (known !== null && said !== null) known.about = oneLine(`${said.board} ${said.version}`);
      } else if (second === 'status' && (payload === 'online' || payload === 'offline')) {
        const known = node === 'ebb' ? null : thing(node);
        if (known !== null) known.isNode = true;
      } else if (second === 'lease' && third === 'state') {
        thing(node)?.parts.add('lease');
      } else if (isComponent(second)) {
        const known = thing(node);
        if (known !== null && known.parts.size < MAX_PARTS) known.parts.add(`${second}/${third}`);
      }
      return [];
    },
    found: () => [...things].flatMap(([node, known]) => (known.isNode ? [foundOf(node, known)] : [])),
  };
}

function foundOf(node: string, { about, parts }: Thing): Found {
  const leased = parts.has('lease');
  const found = [...parts].sort().map((part) => {
    const [component = '', id = ''] = part.split('/');
    if (!isComponent(component)) return null;
    if (component !== 'switch') return partOf('esphome', id, { node, [component]: id });
    const note =
      'a valve instead, where the node has the lease script of examples/esphome: `valve:` for `switch:`';
    return leased
      ? partOf('esphome', id, { node, valve: id }, { note: 'with the lease script, which this node has' })
      : partOf('esphome', id, { node, switch: id }, { note });
  });
  return {
    kind: 'esphome',
    name: node,
    about: about === '' ? 'ESPHome' : about,
    parts: found.filter(isPart),
  };
}

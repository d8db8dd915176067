import { z } from 'zod';
import { parseJson } from '../../../../devices/support.ts';
import type { BusMessage } from '../../../model/bus.ts';
import type { Outgoing } from '../../../model/device.ts';
import type { Found, Sniffer } from './found.ts';
import { MAX_PARTS, isPart, oneLine, partOf, thingOf } from './found.ts';

/**
 * Shelly. Gen2 and later announce nothing by themselves: whoever says `<prefix>/online` or sends a notification is
 * asked what it is and what it has (`Shelly.GetDeviceInfo`, `Shelly.GetStatus`). The first generation answers
 * `announce` at `shellies/command`. Sources: shelly-api-docs.shelly.cloud gen2 (Mqtt, RPC Channels), gen1 (MQTT).
 */

/** `ebb/rpc/+/+/#` is where answers of Shellys may go at a broker of ours. */
const SRC = 'ebb/rpc/scan/all';
const INFO = 1;
const STATUS = 2;

const answerSchema = z.object({ id: z.number(), result: z.record(z.string(), z.unknown()) });
const infoSchema = z.object({ app: z.string(), ver: z.string().catch(''), gen: z.number().catch(2) });
const announceSchema = z.object({ id: z.string(), model: z.string().catch('Shelly') });

interface Thing {
  about: string;
  components: readonly string[];
  readonly gen: 1 | 2;
}

export function shellySniffer(): Sniffer {
  const things = new Map<string, Thing>();
  /** Asked under a source of its own each, so that an answer says whose it is. */
  const meet = (prefix: string): readonly Outgoing[] => {
    if (things.has(prefix)) return [];
    if (thingOf(things, prefix, (): Thing => ({ about: '', components: [], gen: 2 })) === null) return [];
    const src = `${SRC}/${prefix}`;
    const ask = (id: number, method: string): Outgoing => ({
      topic: `${prefix}/rpc`,
      payload: JSON.stringify({ id, src, method, params: {} }),
      qos: 0,
    });
    return [ask(INFO, 'Shelly.GetDeviceInfo'), ask(STATUS, 'Shelly.GetStatus')];
  };
  return {
    topics: [
      ...['+', '+/+'].flatMap((prefix) => [`${prefix}/online`, `${prefix}/events/rpc`]),
      'shellies/announce',
      `${SRC}/#`,
    ],
    questions: [{ topic: 'shellies/command', payload: 'announce', qos: 0 }],
    hear: (message: BusMessage) => {
      const { topic, payload } = message;
      if (topic === 'shellies/announce') {
        announced(things, payload);
        return [];
      }
      if (topic.startsWith(`${SRC}/`)) {
        answered(things, topic.slice(SRC.length + 1).replace(/\/rpc$/, ''), payload);
        return [];
      }
      const isWord = topic.endsWith('/online') && (payload === 'true' || payload === 'false');
      const isEvent = topic.endsWith('/events/rpc') && payload.includes('"Notify');
      const prefix = topic.replace(/\/(online|events\/rpc)$/, '');
      return (isWord || isEvent) && !prefix.startsWith('shellies/') ? meet(prefix) : [];
    },
    found: () =>
      [...things].flatMap(([prefix, thing]) => (thing.about === '' ? [] : [foundOf(prefix, thing)])),
  };
}

function announced(things: Map<string, Thing>, payload: string): void {
  const said = parseJson(payload, announceSchema);
  if (said === null) return;
  const about = oneLine(`${said.model}, first generation: no water, no thermometer`);
  thingOf(things, `shellies/${said.id}`, (): Thing => ({
    about,
    components: ['switch:0', 'input:0'],
    gen: 1,
  }));
}

function answered(things: Map<string, Thing>, prefix: string, payload: string): void {
  const thing = things.get(prefix);
  const answer = parseJson(payload, answerSchema);
  if (thing === undefined || answer === null) return;
  if (answer.id === STATUS) thing.components = Object.keys(answer.result).slice(0, MAX_PARTS);
  const info = answer.id === INFO ? infoSchema.safeParse(answer.result) : null;
  if (info?.success === true) thing.about = oneLine(`${info.data.app} ${info.data.ver}, Gen${info.data.gen}`);
}

function foundOf(prefix: string, { about, components, gen }: Thing): Found {
  const base = gen === 1 ? { prefix, gen } : { prefix };
  const parts = components.map((component) => {
    const [kind = '', id = ''] = component.split(':');
    const part = { switch: 'switch', temperature: 'temperature', input: 'input' }[kind];
    return part === undefined ? null : partOf('shelly', `${part}-${id}`, { ...base, [part]: Number(id) });
  });
  return { kind: 'shelly', name: prefix, about, parts: parts.filter(isPart) };
}

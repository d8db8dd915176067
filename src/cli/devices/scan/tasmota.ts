import { z } from 'zod';
import { parseJson } from '../../../../devices/support.ts';
import type { BusMessage } from '../../../model/bus.ts';
import type { Outgoing } from '../../../model/device.ts';
import type { Found, Part, Sniffer } from './found.ts';
import { MAX_PARTS, isPart, oneLine, partOf, thingOf } from './found.ts';

/**
 * Tasmota's own discovery (`tasmota/discovery/<MAC>/config` and `/sensors`, retained), and where that is off
 * (SetOption19 1) the retained `tele/<t>/LWT`: such a device is asked for its state (`Status 11`) and its sensors
 * (`Status 10`). Source: arendst/Tasmota xdrv_12_discovery.ino, xdrv_02_9_mqtt.ino.
 */

const DEFAULT_FULL_TOPIC = '%prefix%/%topic%/';

const configSchema = z.object({
  dn: z.string().catch(''),
  md: z.string().catch('Tasmota'),
  sw: z.string().catch(''),
  /** Topic and FullTopic. */
  t: z.string(),
  ft: z.string().catch(DEFAULT_FULL_TOPIC),
  /** Relays: 0 none, 1 relay, 2 light, 3 shutter. */
  rl: z.array(z.number()).max(64).catch([]),
  /** Buttons: 1 where there is one. Switches: their mode, -1 for none. */
  btn: z.array(z.number()).max(64).catch([]),
  swc: z.array(z.number()).max(64).catch([]),
});
type Config = z.infer<typeof configSchema>;
const sensorsSchema = z.object({ sn: z.record(z.string(), z.unknown()) });
const stateSchema = z.object({ StatusSTS: z.record(z.string(), z.unknown()) });
const readingsSchema = z.object({ StatusSNS: z.record(z.string(), z.unknown()) });

interface Thing {
  config: Config | null;
  sensors: Readonly<Record<string, unknown>>;
  /** Numbers of the relays that its state names, where no discovery does. */
  relays: readonly number[];
}

export function tasmotaSniffer(): Sniffer {
  /** By Topic, or by MAC until the config of that MAC has come. */
  const things = new Map<string, Thing>();
  const byMac = new Map<string, Thing>();
  const made = (): Thing => ({ config: null, sensors: {}, relays: [] });
  const discovered = (mac: string, what: string, payload: string): void => {
    const thing = thingOf(byMac, mac, made);
    if (thing === null) return;
    if (what === 'config') thing.config = parseJson(payload, configSchema) ?? thing.config;
    else thing.sensors = parseJson(payload, sensorsSchema)?.sn ?? thing.sensors;
  };
  const answered = (topic: string, payload: string): void => {
    const thing = things.get(topic);
    if (thing === undefined) return;
    thing.sensors = parseJson(payload, readingsSchema)?.StatusSNS ?? thing.sensors;
    const state = parseJson(payload, stateSchema)?.StatusSTS;
    if (state !== undefined) thing.relays = relaysIn(state);
  };
  return {
    topics: [
      'tasmota/discovery/+/config',
      'tasmota/discovery/+/sensors',
      'tele/+/LWT',
      'stat/+/STATUS10',
      'stat/+/STATUS11',
    ],
    questions: [],
    hear: ({ topic, payload }: BusMessage): readonly Outgoing[] => {
      const [first = '', second = '', third = '', fourth = ''] = topic.split('/');
      if (first === 'tasmota') discovered(third, fourth, payload);
      else if (third === 'LWT' && payload === 'Online' && !things.has(second)) {
        if (thingOf(things, second, made) !== null)
          return ['10', '11'].map((which) => ({ topic: `cmnd/${second}/Status`, payload: which, qos: 0 }));
      } else if (first === 'stat') answered(second, payload);
      return [];
    },
    found: () => {
      const listed = [...byMac.values()].flatMap(({ config, sensors }) =>
        config === null ? [] : [ofDiscovery(config, sensors)],
      );
      const known = new Set([...byMac.values()].map(({ config }) => config?.t));
      const asked = [...things].flatMap(([topic, thing]) =>
        known.has(topic) ? [] : [ofAnswers(topic, thing)],
      );
      return [...listed, ...asked];
    },
  };
}

function ofDiscovery(config: Config, sensors: Thing['sensors']): Found {
  const { t: topic, ft, dn, md, sw, rl, btn, swc } = config;
  const base = ft === DEFAULT_FULL_TOPIC ? { topic } : { topic, full_topic: ft };
  const numbers = (list: readonly number[], fits: (value: number) => boolean): readonly number[] =>
    list.flatMap((value, index) => (fits(value) ? [index + 1] : []));
  const parts = [
    ...numbers(rl, (kind) => kind === 1).map((relay) =>
      partOf('tasmota', `relay-${relay}`, { ...base, relay }),
    ),
    ...probesIn(sensors).map(({ label, sensor }) => partOf('tasmota', label, { ...base, sensor })),
    ...numbers(btn, (kind) => kind === 1).map((button) =>
      partOf('tasmota', `button-${button}`, { ...base, button }),
    ),
    ...numbers(swc, (mode) => mode >= 0).map((input) =>
      partOf('tasmota', `switch-${input}`, { ...base, switch: input }),
    ),
  ];
  return thing(topic, oneLine(`${dn === '' ? topic : dn} (${md} ${sw})`), parts);
}

function ofAnswers(topic: string, { relays, sensors }: Thing): Found {
  const parts = [
    ...relays.map((relay) => partOf('tasmota', `relay-${relay}`, { topic, relay })),
    ...probesIn(sensors).map(({ label, sensor }) => partOf('tasmota', label, { topic, sensor })),
  ];
  return thing(
    topic,
    `${oneLine(topic)} (its discovery is off: SetOption19 0 would show its buttons too)`,
    parts,
  );
}

const thing = (name: string, about: string, parts: readonly (Part | null)[]): Found => ({
  kind: 'tasmota',
  name,
  about,
  parts: parts.filter(isPart).slice(0, MAX_PARTS),
});

function relaysIn(state: Readonly<Record<string, unknown>>): readonly number[] {
  return Object.keys(state).flatMap((key) => {
    const number = /^POWER(\d{0,2})$/.exec(key)?.[1];
    return number === undefined ? [] : [number === '' ? 1 : Number(number)];
  });
}

const probeSchema = z.object({ Id: z.string().optional() });

/** DS18B20 probes; where there are several each by its Id, which stays when another one is added. */
function probesIn(sensors: Thing['sensors']): readonly { readonly label: string; readonly sensor: string }[] {
  const probes = Object.entries(sensors).filter(([name]) => /^DS18B20(-\d+)?$/.test(name));
  return probes.map(([name, value]) => {
    const id = probeSchema.safeParse(value).data?.Id;
    return { label: name.toLowerCase(), sensor: probes.length > 1 && id !== undefined ? id : name };
  });
}

import { entitiesOfValves } from './homeassistant/clashes.ts';
import { z } from 'zod';
import { isOutputRole } from '../src/model/device.ts';
import { commandTopicsOf } from './command-topics.ts';
import type { Clash, Listening } from './mqtt/clashes.ts';
import { levelsFall } from './mqtt/clashes.ts';
import { buttonsThatStop, portClashes } from './ports.ts';
import { topicOf } from './tasmota/codec.ts';

/**
 * Things of a config that are one thing under two names, which their options do not show: a lamp that is the relay of
 * a valve opens water behind interlock and lease, and one probe that is read twice passes for two that agree.
 */
export function aliasClashes(devices: readonly Listening[]): readonly Clash[] {
  return [
    ...lampsThatAreValves(devices),
    ...acrossDialects(devices),
    ...probesReadTwice(devices),
    ...portClashes(devices),
    ...buttonsThatStop(devices),
    ...entitiesOfValves(devices),
  ];
}

const zigbeeSchema = z.looseObject({ base: z.string(), name: z.string(), endpoint: z.string().optional() });

/** Endpoints as Zigbee2MQTT names them: `bath_valves/l1/set` is the relay l1 of `bath_valves`. */
const ENDPOINT = /^(\d+|l\d+|left|right|center|top|bottom|(top|bottom|center)_(left|right))$/;

/**
 * A Zigbee lamp at the module of a valve, by its name, by another split of base and name, or with the endpoint behind
 * the name. Also at a relay that no valve is on: a name without an endpoint means any of them, and the driver refuses
 * modules with a countdown as lamps.
 */
function lampsThatAreValves(devices: readonly Listening[]): readonly Clash[] {
  const zigbee = devices.filter(({ driver }) => driver === 'zigbee2mqtt');
  const valves = new Map<string, { readonly id: string; readonly endpoints: Set<string> }>();
  for (const { id, role, options } of zigbee) {
    if (!isOutputRole(role)) continue;
    const { base, name, endpoint } = zigbeeSchema.parse(options);
    const known = valves.get(`${base}/${name}`) ?? { id, endpoints: new Set() };
    valves.set(`${base}/${name}`, known);
    if (endpoint !== undefined) known.endpoints.add(endpoint);
  }
  return zigbee.flatMap(({ id, role, options }) => {
    if (role !== 'light') return [];
    const { base, name } = zigbeeSchema.parse(options);
    const path = `${base}/${name}`;
    const cut = path.lastIndexOf('/');
    const [device, end] = [path.slice(0, cut), path.slice(cut + 1)];
    const behind = valves.get(device);
    const split = behind !== undefined && (ENDPOINT.test(end) || behind.endpoints.has(end));
    const valve = valves.get(path) ?? (split ? behind : undefined);
    if (valve === undefined) return [];
    const message =
      `"${name}" is the module of ${valve.id}, so this ${role} could open water past the interlock; a lamp needs a ` +
      'Zigbee device of its own (a lamp or a plug), and one whose name ends like an endpoint another name';
    return [{ id, code: 'same_device', option: 'name', message }];
  });
}

const sentSchema = z.looseObject({
  topic: z.string().default(''),
  full_topic: z.string().default(''),
  node: z.string().default(''),
  switch: z.union([z.string(), z.number()]).optional(),
  // A number where a dialect counts its lights: never a topic.
  light: z.union([z.string(), z.number()]).optional(),
  prefix: z.string().default(''),
  gen: z.number().default(2),
  base: z.string().default(''),
  name: z.string().default(''),
});

/** Where the driver of a device that opens no water speaks, and the option that says so. */
function spoken({
  driver,
  role,
  options,
}: Listening): readonly { readonly option: string; readonly topic: string }[] {
  const at = sentSchema.parse(options);
  switch (driver) {
    case 'tasmota':
      return [{ option: 'topic', topic: topicOf(at.full_topic, at.topic, 'cmnd', 'Buzzer') }];
    case 'esphome': {
      const part = role === 'light' ? `light/${at.light ?? ''}` : `switch/${at.switch ?? ''}`;
      return role === 'light' || role === 'buzzer'
        ? [{ option: 'node', topic: `${at.node}/${part}/command` }]
        : [];
    }
    case 'shelly': {
      const old = role === 'light' || role === 'buzzer' ? `relay/${at.switch ?? ''}/command` : 'command';
      return [{ option: 'prefix', topic: `${at.prefix}/${at.gen === 1 ? old : 'rpc'}` }];
    }
    case 'zigbee2mqtt':
      return role === 'light' ? [{ option: 'name', topic: `${at.base}/${at.name}/set` }] : [];
    default:
      // Topics of one's own are compared where they are written.
      return [];
  }
}

/** A device that speaks its own dialect to where a valve of another one listens. Within a dialect parts are compared. */
function acrossDialects(devices: readonly Listening[]): readonly Clash[] {
  const valves = devices
    .filter(({ role }) => isOutputRole(role))
    .map((valve) => ({ ...valve, filters: commandTopicsOf([valve]).map((filter) => filter.split('/')) }));
  return devices.flatMap((device) => {
    if (isOutputRole(device.role)) return [];
    return spoken(device).flatMap(({ option, topic }) => {
      const levels = topic.split('/');
      const valve = valves.find(
        ({ driver, filters }) =>
          driver !== device.driver && filters.some((filter) => levelsFall(levels, filter)),
      );
      if (valve === undefined) return [];
      const message =
        `this ${device.role} would be told on ${topic} what to do, and devices of ${valve.driver} like ${valve.id} take ` +
        'commands there, so it could open water past the interlock; give it the topic of its own device';
      return [{ id: device.id, code: 'topic_clash', option, message } as const];
    });
  });
}

const probeSchema = z.looseObject({
  ...sentSchema.shape,
  sensor: z.string().default(''),
  temperature: z.number().default(0),
  state: z.string().default(''),
});

/** Where a probe's readings can be heard. */
function heardAt({ driver, options }: Listening): readonly string[] {
  const at = probeSchema.parse(options);
  switch (driver) {
    case 'tasmota':
      return (['stat', 'tele'] as const).map((prefix) => topicOf(at.full_topic, at.topic, prefix, '#'));
    case 'esphome':
      return [`${at.node}/sensor/${at.sensor}/state`];
    case 'shelly':
      return [`${at.prefix}/events/rpc`, `${at.prefix}/status/temperature:${at.temperature}`];
    case 'zigbee2mqtt':
      return [`${at.base}/${at.name}/#`];
    default:
      return [];
  }
}

/** Two thermometers may measure hotter water than one (they must agree), and one that is read twice always agrees. */
function probesReadTwice(devices: readonly Listening[]): readonly Clash[] {
  const probes = devices.filter(({ role }) => role === 'thermometer');
  const heard = probes.map((probe) => ({
    ...probe,
    filters: heardAt(probe).map((filter) => filter.split('/')),
  }));
  const free = probes.flatMap((probe): readonly Clash[] => {
    if (probe.driver !== 'mqtt') return [];
    const { state } = probeSchema.parse(probe.options);
    const levels = state.split('/');
    const other = heard.find(({ filters }) => filters.some((filter) => levelsFall(levels, filter)));
    if (other === undefined) return [];
    const message =
      `the thermometer ${other.id} (${other.driver}) is read on ${state} already, and one probe under two names ` +
      `is no second one; leave it out, or name another probe of that device with the driver ${other.driver}`;
    return [{ id: probe.id, code: 'same_device', option: 'state', message }];
  });
  return [...free, ...tasmotaProbes(probes)];
}

/** `DS18B20` is the only probe of its device, and which number has which Id nobody knows here. */
function tasmotaProbes(probes: readonly Listening[]): readonly Clash[] {
  const boxes = new Map<string, { readonly id: string; readonly sensor: string }>();
  return probes.flatMap((probe): readonly Clash[] => {
    if (probe.driver !== 'tasmota') return [];
    const at = probeSchema.parse(probe.options);
    const box = topicOf(at.full_topic, at.topic, 'cmnd', '');
    const first = boxes.get(box);
    if (first === undefined) {
      boxes.set(box, { id: probe.id, sensor: at.sensor });
      return [];
    }
    if (
      first.sensor !== 'DS18B20' &&
      at.sensor !== 'DS18B20' &&
      numbered(first.sensor) === numbered(at.sensor)
    )
      return [];
    const message = `${at.sensor} may be the very probe that ${first.id} reads as ${first.sensor}; name each probe of one device by its Id`;
    return [{ id: probe.id, code: 'same_device', option: 'sensor', message }];
  });
}

const numbered = (sensor: string): boolean => sensor.startsWith('DS18B20-');

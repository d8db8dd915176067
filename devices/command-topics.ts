import { z } from 'zod';
import type { DeviceSettings } from '../src/model/station.ts';

/**
 * The topics that tell the hardware of a dialect what to do, as filters: for a broker that lets only the controller
 * publish there. Wider than what Ebb sends, since a relay listens to more than that: to whole groups, to rules, to
 * commands that change what a deadline means.
 */
const COMMAND_TOPICS: Readonly<Record<string, (options: unknown) => readonly string[]>> = {
  // A board at a serial port is told nothing over any broker; one behind a bridge is.
  board: (options) => {
    const { port } = z.looseObject({ port: z.string() }).parse(options);
    return port.startsWith('mqtt:') ? [`${port.slice('mqtt:'.length)}/tx`] : [];
  },
  tasmota: (options) => {
    const { full_topic, topic } = tasmotaSchema.parse(options);
    // A wildcard is a whole level.
    const whole = full_topic.split('/').includes('%topic%');
    return [topic, ...(whole ? ['+'] : [])].map((name) => tasmotaFilter(full_topic, name));
  },
  esphome: (options) => {
    const { node } = z.looseObject({ node: z.string() }).parse(options);
    return [`${node}/lease`, `${node}/+/+/command`, `${node}/+/+/+/command`];
  },
  shelly: (options) => {
    const { prefix } = z.looseObject({ prefix: z.string() }).parse(options);
    return [`${prefix}/rpc`, `${prefix}/command`, `${prefix}/command/#`];
  },
  zigbee2mqtt: (options) => {
    const { name, base } = zigbeeSchema.parse(options);
    // Groups have names of their own, all may have levels, and an endpoint may stand behind them.
    const any = Array.from({ length: NAME_LEVELS }, (_, more) => `+${'/+'.repeat(more)}`);
    const names = name.split('/').length < NAME_LEVELS ? any : [...any, name, `${name}/+`];
    return [
      ...names.map((one) => `${base}/${one}/set/#`),
      // The bridge can be asked to do anything to a device.
      `${base}/${name}/get/#`,
      `${base}/bridge/request/#`,
    ];
  },
  // A board at a serial port is told nothing over any broker.
  firmata: () => [],
  // The computer that Ebb runs on is no hardware at a broker.
  desktop: () => [],
  // Its entities are asked over its own connection, and never over a broker.
  homeassistant: () => [],
  // Nothing is said to the helper at a computer.
  presence: () => [],
  mqtt: (options) => {
    const { set } = z.looseObject({ set: z.string().optional() }).parse(options);
    return set === undefined ? [] : [set];
  },
};

/** Names that are deeper than any house has them: a filter cannot say "any number of levels, then set". */
const NAME_LEVELS = 20;

const tasmotaSchema = z.looseObject({
  topic: z.string(),
  full_topic: z.string().default('%prefix%/%topic%/'),
});
const zigbeeSchema = z.looseObject({ name: z.string(), base: z.string().default('zigbee2mqtt') });

/** A device listens to its Topic, to the topics of its groups and to its fallback topic: with `+`, to any of them. */
function tasmotaFilter(fullTopic: string, topic: string): string {
  return `${fullTopic.replace('%prefix%', 'cmnd').replace('%topic%', topic).replace(/\/$/, '')}/#`;
}

/** The dialects whose command topics are known. */
export const GUARDED_DRIVERS = Object.keys(COMMAND_TOPICS);

/** What only the controller may publish to at a broker of its own, for these devices. */
export function commandTopicsOf(devices: readonly DeviceSettings[]): readonly string[] {
  const all = devices.flatMap(({ driver, options }) => COMMAND_TOPICS[driver]?.(options) ?? []);
  return [...new Set(all)];
}

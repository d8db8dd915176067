import { z } from 'zod';
import type { DeviceId } from '../../src/model/ids.ts';
import { isOutputRole } from '../../src/model/device.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { commandTopicsOf } from '../command-topics.ts';

/** A device of a config, with what its driver subscribes to. */
export interface Listening extends DeviceSettings {
  readonly topics: readonly string[];
}

export interface Clash {
  readonly id: DeviceId;
  readonly code: 'topic_clash' | 'same_device' | 'wrong_role';
  /** The key of the config that is wrong. */
  readonly option: string;
  /** What would happen, and what would be right. */
  readonly message: string;
}

const topicsSchema = z.looseObject({ set: z.string().optional(), state: z.string().optional() });

/**
 * Free topics that are not free: a lamp that speaks where a valve listens opens water behind the interlock, and a
 * button that listens where a valve or Ebb itself speaks is pressed without a finger. Compared with everything that the
 * hardware of a water device listens to, groups and all, and not only with what Ebb sends.
 */
export function topicClashes(devices: readonly Listening[]): readonly Clash[] {
  return devices
    .filter(({ driver }) => driver === 'mqtt')
    .flatMap((device) => {
      const { set, state } = topicsSchema.parse(device.options);
      return [
        ...(set === undefined ? [] : clashOfSet(device, set, devices)),
        ...(state === undefined ? [] : clashOfState(device, state, devices)),
      ];
    });
}

function clashOfSet({ id }: Listening, set: string, devices: readonly Listening[]): readonly Clash[] {
  const valve = devices.find((other) => isOutputRole(other.role) && commands(other, set));
  if (valve === undefined) return [];
  const message =
    `devices of ${valve.driver} like ${valve.id} take commands on ${set}, so this could open water past the interlock; ` +
    'use the driver of that dialect, or give the device a topic that is not among theirs (for a lamp or buzzer on ' +
    'Tasmota another FullTopic)';
  return [{ id, code: 'topic_clash', option: 'set', message }];
}

function clashOfState(
  { id, role }: Listening,
  state: string,
  devices: readonly Listening[],
): readonly Clash[] {
  const told = devices.find((other) => commands(other, state));
  if (told !== undefined) {
    const message = `${told.id} (${told.driver}) is told on ${state} what to do: name the topic on which this ${role} itself speaks`;
    return [{ id, code: 'topic_clash', option: 'state', message }];
  }
  const valve = devices.find(
    (other) =>
      role === 'button' && isOutputRole(other.role) && spokenBy(other).some((filter) => falls(state, filter)),
  );
  if (valve === undefined) return [];
  const message =
    `${valve.id} (${valve.driver}) speaks on ${state}, so a valve would press this button; use the driver ` +
    `${valve.driver} for it, or a button with a topic of its own`;
  return [{ id, code: 'topic_clash', option: 'state', message }];
}

/** All that the hardware of a water device says, also what its driver has no use for. */
function spokenBy({ driver, options, topics }: Listening): readonly string[] {
  const box = boxSchema.parse(options);
  switch (driver) {
    case 'tasmota':
      return ['stat', 'tele'].map((prefix) => {
        const place = box.full_topic.replace('%prefix%', prefix).replace('%topic%', box.topic);
        return `${place.replace(/\/$/, '')}/#`;
      });
    case 'esphome':
      return [`${box.node}/#`];
    case 'shelly':
      return [`${box.prefix}/#`];
    default:
      return topics;
  }
}

const boxSchema = z.looseObject({
  topic: z.string().default(''),
  full_topic: z.string().default('%prefix%/%topic%/'),
  node: z.string().default(''),
  prefix: z.string().default(''),
});

const commands = (device: Listening, topic: string): boolean =>
  commandTopicsOf([device]).some((filter) => falls(topic, filter));

const falls = (topic: string, filter: string): boolean => levelsFall(topic.split('/'), filter.split('/'));

/** Whether a topic falls under a filter, both by level: `+` is a whole level, `#` is all the rest. */
export function levelsFall(levels: readonly string[], wanted: readonly string[]): boolean {
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

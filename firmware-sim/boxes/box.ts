import type { z } from 'zod';
import { z as zod } from 'zod';
import type { Clock } from '../../src/clock/clock.ts';
import { ConfigError } from '../../src/model/errors.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Listen } from '../../src/model/homeassistant.ts';
import type { PlugIn } from '../../src/model/port.ts';
import type { MakeBoard } from '../boards/board.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import type {
  BuzzerPort,
  ContactPort,
  Gadget,
  LampPort,
  NoticePort,
  MixerPort,
  Press,
  ProbePort,
  RelayPort,
} from '../gadgets/ports.ts';
import type { Misbehaviour } from '../gadgets/answers.ts';
import type { Connect } from '../gadgets/radio.ts';
import type { PortFaults } from './cable.ts';

/** What a device is wired to, by its role. */
export interface Wiring {
  relay(device: DeviceSettings): RelayPort;
  mixer(device: DeviceSettings): MixerPort;
  /** A figure that is measured: a temperature, a flow, a level. */
  probe(device: DeviceSettings): ProbePort;
  contact(device: DeviceSettings): ContactPort;
  buzzer(device: DeviceSettings): BuzzerPort;
  lamp(device: DeviceSettings): LampPort;
  /** What rings, and shows words. */
  notice(device: DeviceSettings): BuzzerPort & NoticePort;
}

export interface BoxOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** A connection of its own for each box. */
  readonly connect: Connect;
  /** Where serial devices are plugged in. */
  readonly plug: PlugIn;
  /** Where a simulated Home Assistant listens; left out, there is no place for one. */
  readonly listen?: Listen | undefined;
  readonly makeBoard?: MakeBoard | undefined;
  readonly wiring: Wiring;
}

/** A valve of a box, as the faults know it. */
export interface BoxValve {
  /** How it answers from now on; null: as it should. */
  misbehave(how: Misbehaviour | null): void;
  /** What would open it for some seconds, in its own dialect, whoever says it; null: nobody but whoever has its port. */
  readonly opensBy: { readonly topic: string; readonly payload: string } | null;
}

/** One box, however many devices of the config are parts of it. */
export interface Box {
  readonly gadget: Gadget;
  /** How a finger presses each of its buttons. */
  readonly buttons: ReadonlyMap<DeviceId, (press: Press) => void>;
  readonly valves: ReadonlyMap<DeviceId, BoxValve>;
  /** The serial port that it is plugged in at, where it is. */
  readonly port?: PortFaults & { readonly path: string };
}

/** How the devices of one driver are simulated. Its file reads the options by itself, as the interface documents them. */
export interface Dialect {
  /** Devices of the same box have the same key. Throws a `ConfigError` that names the device. */
  boxOf(device: DeviceSettings): string;
  /** `devices` all have the same key, in the order of the config. */
  build(options: BoxOptions, devices: readonly DeviceSettings[]): Box;
}

/** Nothing is wired to an output that the config does not name. */
export const NOT_WIRED: RelayPort = { set: () => undefined };

export function cannotSimulate({ id, driver }: DeviceSettings, what: string): ConfigError {
  return new ConfigError('config_invalid', `the device ${id} cannot be simulated: ${what}`, {
    device: id,
    driver,
  });
}

/**
 * Reads the options of a device, of each once: a campaign builds the same houses again and again. What it returns throws
 * a `ConfigError` that names the device.
 */
export function optionsReader<T>(schema: z.ZodType<T>): (device: DeviceSettings) => T {
  const known = new WeakMap<DeviceSettings, { readonly options: T }>();
  return (device) => {
    const before = known.get(device);
    if (before !== undefined) return before.options;
    const parsed = schema.safeParse(device.options);
    if (!parsed.success) throw cannotSimulate(device, zod.prettifyError(parsed.error));
    known.set(device, { options: parsed.data });
    return parsed.data;
  };
}

/** The one part that a device of the config is. */
export function onePart<Part>(
  device: DeviceSettings,
  parts: readonly Part[],
  names: readonly string[],
): Part {
  const [part] = parts;
  if (part === undefined || parts.length > 1)
    throw cannotSimulate(device, `it names one of ${names.join(', ')}`);
  return part;
}

import type { BasinName } from './basin.ts';
import type { Source } from './command.ts';
import type { DeviceId, StationId } from './ids.ts';
import type { Plumbing } from './plan.ts';
import type { Role } from './device.ts';

/** One device as the config names it: the driver's options are checked already, and opaque to everybody else. */
export interface DeviceSettings {
  readonly id: DeviceId;
  readonly role: Role;
  readonly driver: string;
  readonly options: unknown;
  /** `travel:` of the config, milliseconds; null: the driver's own figure. */
  readonly travelMs: number | null;
  /** The basin that it belongs to; left out where it belongs to the whole station. */
  readonly basin?: BasinName;
}

/** The hardware limit upstream of the warm water. */
export interface ScaldGuard {
  readonly by: 'valve' | 'digital-mixer' | 'heater';
  readonly maxC: number;
}

/** What a station is: feet or a body under running water, or two buckets that a person fills. */
export const STATION_KINDS = ['bath', 'shower', 'buckets'] as const;
export type StationKind = (typeof STATION_KINDS)[number];

/** How water reaches the feet at a bath. */
export const VESSELS = ['stream', 'basin', 'two-basins'] as const;
export type VesselKind = (typeof VESSELS)[number];

/** A station, checked: what the controller and the machines are told of it. */
export interface StationSettings {
  readonly id: StationId;
  readonly name: string;
  readonly kind: StationKind;
  /** How water reaches the person; null where Ebb has none to open (buckets). */
  readonly vessel: VesselKind | null;
  /** `cues` too where water devices are there but no scald guard is declared: then they are never opened. */
  readonly plumbing: Plumbing;
  readonly devices: readonly DeviceSettings[];
  readonly scaldGuard: ScaldGuard | null;
  /** `lease:` of the config, milliseconds; null: each driver's default. */
  readonly leaseMs: number | null;
  /** What a basin holds (L17), litres; null where there is none. */
  readonly volumeL: number | null;
  /** The purge allowance (L15), milliseconds. */
  readonly purgeMs: number;
  readonly prepareFrom: readonly Source[];
  readonly beginFrom: readonly Source[];
}

/** What the simulated plant is told instead of drawing it. Everything null is drawn from the seed. */
export interface PlantSettings {
  /** The hot supply ahead of the scald guard, degrees Celsius. */
  readonly hotC: number | null;
  /** The cold supply, degrees Celsius. */
  readonly coldC: number | null;
  /** What the scald guard lets through at most, degrees Celsius; a failed one lets through more than it should. */
  readonly guardC: number | null;
  readonly flowLpm: number | null;
  /** From the valve to the feet. */
  readonly deadTimeMs: number | null;
  /** Stream and thermometer together, to 63 %. */
  readonly lagMs: number | null;
}

/** The basins that a station has. */
export function basinsOf(vessel: VesselKind | null): readonly BasinName[] {
  if (vessel === 'two-basins') return ['warm', 'cold'];
  return vessel === 'basin' ? ['basin'] : [];
}

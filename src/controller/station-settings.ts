import { DEFAULTS, ENVELOPE } from '../../machines/envelope.ts';
import type { InterlockSettings, WaterDevice } from '../../machines/interlock.ts';
import type { SessionSettings } from '../../machines/session-run.ts';
import type { WatchSenses, WatchSettings } from '../../machines/watch/facts.ts';
import type { Device } from '../model/device.ts';
import { isOutputRole, isWaterRole } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { StationSettings } from '../model/station.ts';

/** What the machines, the interlock and the watch of one station are told, from its settings and its devices. */
export interface CoreSettings {
  readonly session: SessionSettings;
  readonly vessels: readonly [VesselSettings, ...VesselSettings[]];
}

/** The same of one body of water at the station. */
export interface VesselSettings {
  /** Every device whose words and deeds belong to this water. */
  readonly devices: readonly DeviceId[];
  readonly interlock: InterlockSettings;
  readonly watch: WatchSettings;
}

export function coreSettings(station: StationSettings, devices: readonly Device[]): CoreSettings {
  return {
    session: {
      kind: station.kind,
      plumbing: station.plumbing,
      purgeMs: Math.min(station.purgeMs, ENVELOPE.purgeMs),
      pauseMs: Math.min(DEFAULTS.pauseMs, ENVELOPE.pauseMs),
      presence: devices.some(({ role }) => role === 'presence'),
    },
    vessels: [vesselSettings(station, devices)],
  };
}

function vesselSettings(station: StationSettings, devices: readonly Device[]): VesselSettings {
  const readingAgeMs = readingAge(devices);
  return {
    devices: devices.map(({ id }) => id),
    interlock: {
      devices: devices.flatMap((device) => waterDevice(station, device)),
      readingAgeMs,
      guarded: station.scaldGuard !== null,
      budgetMs: {
        // A session's contact and its preparations, twice over: the last resort behind L6 and L7.
        warm: ENVELOPE.warmContactMs + 4 * ENVELOPE.purgeMs,
        cold: ENVELOPE.coldContactMs + 2 * ENVELOPE.purgeMs,
      },
    },
    watch: {
      plumbing: station.plumbing,
      thermometers: devices
        .filter(({ role }) => role === 'thermometer' && isWatched(station))
        .map(({ id }) => id),
      beside: devices.filter(({ role }) => isOutputRole(role) && !isWaterRole(role)).map(({ id }) => id),
      senses: senses(devices),
      readingAgeMs,
      repeatMs: repeat(devices),
      guardMaxC: station.scaldGuard?.maxC ?? null,
    },
  };
}

/** Cue mode at a bath is for want of a guard: nothing there is asked of a thermometer. A probe in a bucket is. */
function isWatched({ plumbing, kind }: StationSettings): boolean {
  return plumbing !== 'cues' || kind === 'buckets';
}

/** A figure older than this is not shown as the water's: as long as warm water may rest on one (L20). */
export const SHOWN_MS = ENVELOPE.readingAgeMs;

/** A meter counts as silent after the longer of 5 s and three of its periods. */
const FLOW_AGE_MS = 5_000;
const FLOW_AGE_PERIODS = 3;

function senses(devices: readonly Device[]): WatchSenses {
  const meter = devices.find(({ role }) => role === 'flow');
  const travels = devices
    .filter(({ role }) => isWaterRole(role))
    .map(({ declaration }) => declaration.travelMs);
  const periodMs = meter?.declaration.sampleMs ?? 0;
  return {
    flowAgeMs: meter === undefined ? null : Math.max(FLOW_AGE_MS, FLOW_AGE_PERIODS * periodMs),
    travelMs: Math.max(0, ...travels),
    float: 'overflow',
    mostLitres: null,
  };
}

/** L20: the longer of 2 s and three sensor periods, within the hard limit. */
function readingAge(devices: readonly Device[]): number {
  const periods = devices
    .filter(({ role }) => role === 'thermometer')
    .map(({ declaration }) => declaration.sampleMs ?? 0);
  const wantedMs = Math.max(DEFAULTS.readingAgeMs, DEFAULTS.readingAgePeriods * Math.max(0, ...periods));
  return Math.min(wantedMs, ENVELOPE.readingAgeMs);
}

/** By how much a measurement may be older than its answer says, where answers repeat the one before. */
function repeat(devices: readonly Device[]): number {
  const repeats = devices.map(({ declaration: { sampleMs, refreshMs } }) =>
    refreshMs === undefined ? 0 : refreshMs - (sampleMs ?? 0),
  );
  return Math.max(0, ...repeats);
}

function waterDevice(station: StationSettings, { id, role, declaration }: Device): readonly WaterDevice[] {
  if (!isOutputRole(role)) return [];
  const wishMs = station.leaseMs ?? declaration.lease?.defaultMs ?? ENVELOPE.leaseMs;
  const leaseMs = Math.min(wishMs, declaration.lease?.maxMs ?? wishMs, ENVELOPE.leaseMs);
  return [
    {
      id,
      side: role === 'hot' ? 'warm' : role,
      leaseMs,
      deadline: declaration.deadline,
    },
  ];
}

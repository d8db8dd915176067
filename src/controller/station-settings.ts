import { emptyAllowanceMs, fillAllowanceMs } from '../../machines/basin-run.ts';
import type { BasinSettings } from '../../machines/basin-run.ts';
import { BASIN, DEFAULTS, ENVELOPE } from '../../machines/envelope.ts';
import type { InterlockSettings, WaterDevice } from '../../machines/interlock.ts';
import type { SessionSettings } from '../../machines/session-run.ts';
import type { WatchSenses, WatchSettings } from '../../machines/watch/facts.ts';
import type { BasinName } from '../model/basin.ts';
import type { Device } from '../model/device.ts';
import { isOutputRole, isWaterRole } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import { basinsOf } from '../model/station.ts';
import type { StationSettings } from '../model/station.ts';

/** What the machines, the interlock and the watch of one station are told, from its settings and its devices. */
export interface CoreSettings {
  readonly session: SessionSettings;
  /** The stop buttons of its water, as far as it can be known whether they are there. */
  readonly stops: readonly DeviceId[];
  readonly vessels: readonly [VesselSettings, ...VesselSettings[]];
}

/** The same of one body of water at the station. */
export interface VesselSettings {
  /** Every device whose words and deeds belong to this water. */
  readonly devices: readonly DeviceId[];
  readonly interlock: InterlockSettings;
  readonly watch: WatchSettings;
  /** null: a stream, or buckets. */
  readonly basin: BasinVesselSettings | null;
}

export interface BasinVesselSettings {
  readonly name: BasinName;
  readonly machine: BasinSettings;
}

export function coreSettings(station: StationSettings, devices: readonly Device[]): CoreSettings {
  return {
    session: {
      kind: station.kind,
      plumbing: station.plumbing,
      purgeMs: Math.min(station.purgeMs, ENVELOPE.purgeMs),
      pauseMs: Math.min(DEFAULTS.pauseMs, ENVELOPE.pauseMs),
      presence: devices.some(({ role }) => role === 'presence'),
      vessel: station.plumbing === 'cues' ? null : station.vessel,
      drainMs: station.volumeL === null ? 0 : emptyAllowanceMs({ volumeL: station.volumeL }),
      prepareMs: station.volumeL === null ? 0 : prepareMs(station, station.volumeL),
    },
    stops: station.plumbing === 'cues' ? [] : devices.filter(isKnownStop).map(({ id }) => id),
    vessels: vesselsOf(station, devices),
  };
}

/** One that speaks only when it is pressed may sleep: nobody can tell, so nothing is refused for it. */
function isKnownStop({ role, declaration }: Device): boolean {
  return role === 'stop' && declaration.unannounced !== true;
}

/** What belongs to no basin of its own (leaks, presence) is looked at with each; an output is switched with the first. */
function vesselsOf(station: StationSettings, devices: readonly Device[]): CoreSettings['vessels'] {
  const [first, ...others] = basinsOf(station.vessel);
  if (first === undefined || station.plumbing === 'cues') return [vesselSettings(station, devices, null)];
  const basinOf = ({ id }: Device) => station.devices.find((one) => one.id === id)?.basin;
  const settingsOf = (name: BasinName, isFirst: boolean): VesselSettings => {
    const own = devices.filter((device) => {
      const basin = basinOf(device);
      return basin === undefined ? isFirst || !isOutputRole(device.role) : basin === name;
    });
    return vesselSettings(station, own, name);
  };
  return [settingsOf(first, true), ...others.map((name) => settingsOf(name, false))];
}

function vesselSettings(
  station: StationSettings,
  devices: readonly Device[],
  basin: BasinName | null,
): VesselSettings {
  const readingAgeMs = readingAge(
    devices,
    basin === null ? ENVELOPE.readingAgeMs : ENVELOPE.readingAgeBasinMs,
  );
  const volumeL = station.volumeL ?? DEFAULTS.fillL;
  return {
    basin: basin === null ? null : { name: basin, machine: basinMachine(station, basin, devices) },
    devices: devices.map(({ id }) => id),
    interlock: {
      devices: devices.flatMap((device) => waterDevice(station, device)),
      readingAgeMs,
      ...(basin === null ? {} : { levelAgeMs: BASIN.levelAgeMs }),
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
      senses: {
        ...senses(devices),
        ...(basin === null ? {} : { float: 'full', mostLitres: mostLitres(volumeL) }),
      },
      basin:
        basin === null ? null : { volumeL, drain: idOf(devices, 'drain'), heater: idOf(devices, 'heater') },
      readingAgeMs,
      repeatMs: repeat(devices),
      guardMaxC: station.scaldGuard?.maxC ?? null,
    },
  };
}

function idOf(devices: readonly Device[], role: 'drain' | 'heater'): DeviceId | null {
  return devices.find((device) => device.role === role)?.id ?? null;
}

function basinMachine(station: StationSettings, basin: BasinName, devices: readonly Device[]): BasinSettings {
  const fills = basin !== 'basin' ? basin : station.plumbing === 'mixer' ? 'mixer' : 'both';
  const volumeL = station.volumeL ?? DEFAULTS.fillL;
  const heats = devices.some(({ role }) => role === 'heater');
  return { volumeL, fills, heats, purgeMs: Math.min(station.purgeMs, ENVELOPE.purgeMs) };
}

/** Longer than every allowance of a basin together: whatever happens to its machine, nobody waits for ever. */
function prepareMs({ purgeMs }: StationSettings, volumeL: number): number {
  return emptyAllowanceMs({ volumeL }) + fillAllowanceMs({ volumeL }) + purgeMs + 2 * BASIN.graceMs;
}

/** L17. */
function mostLitres(volumeL: number): number {
  return Math.min(ENVELOPE.fillShareMax * volumeL, ENVELOPE.fillMaxL);
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
export function readingAge(devices: readonly Pick<Device, 'role' | 'declaration'>[], mostMs: number): number {
  const periods = devices
    .filter(({ role }) => role === 'thermometer')
    .map(({ declaration }) => declaration.sampleMs ?? 0);
  const wantedMs = Math.max(DEFAULTS.readingAgeMs, DEFAULTS.readingAgePeriods * Math.max(0, ...periods));
  return Math.min(wantedMs, mostMs);
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

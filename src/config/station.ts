import { DEFAULTS, ENVELOPE } from '../../machines/envelope.ts';
import type { BasinName } from '../model/basin.ts';
import type { Source } from '../model/command.ts';
import { ROLES, isOutputRole } from '../model/device.ts';
import type { Role } from '../model/device.ts';
import type { Plumbing } from '../model/plan.ts';
import type { StationKind, StationSettings } from '../model/station.ts';
import { formatDuration, formatTemperature } from '../model/units.ts';
import {
  basinOfRole,
  checkBasins,
  checkFillTravel,
  checkLevel,
  coldValve,
  placingsOfBasins,
} from './basins.ts';
import type { Placing } from './basins.ts';
import { adviseBoards } from './boards.ts';
import type { DeviceBook, PlacedDevice } from './devices.ts';
import { checkBathHomeAssistants } from './homeassistant.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { StationInput } from './schema.ts';
import { exactDuration, exactTemperature } from './value.ts';

const LOCAL: readonly Source[] = ['button', 'page', 'cli'];

export interface StationContext {
  readonly book: DeviceBook;
  readonly report: Report;
  /** `simulated: true` of the config. */
  readonly simulated: boolean;
}

/** A station that has to do with water; a desk and a spot are resolved elsewhere. */
export type WaterStationInput = StationInput & { readonly kind: StationKind };

export function isWaterStation(input: StationInput): input is WaterStationInput {
  return input.kind !== 'desk' && input.kind !== 'spot';
}

/** Checks one station against the rules that go across its keys, and makes the settings that the controller is told. */
export function resolveStation(
  id: string,
  input: WaterStationInput,
  context: StationContext,
): StationSettings {
  const { report } = context;
  const path = ['stations', id];
  const devices = [...placingsOf(input), ...placingsOfBasins(input)].flatMap((placing) =>
    placeRole(id, placing, context),
  );
  checkKind(input, path, report);
  checkBasins(input, path, report);
  const buckets = input.kind === 'buckets';
  // What buckets cannot have is said once, and not judged again as plumbing.
  const opens = buckets ? 'cues' : wiring(input, path, report);
  if (opens !== 'cues') checkWater(input, path, report);
  if (!buckets) checkSenses(input, path, report);
  for (const device of devices) {
    if (!(buckets && isOutputRole(device.role))) checkDevice(device, input, path, report);
  }
  adviseBoards(devices, path, report);
  checkBathHomeAssistants(devices, report);
  checkBegin(input, path, context);
  const guarded = buckets || checkGuard(input, opens, path, report);
  return {
    id,
    name: input.name ?? id,
    kind: input.kind,
    vessel: buckets ? null : (input.vessel ?? 'stream'),
    plumbing: guarded ? opens : 'cues',
    devices: devices.map((device) => ({
      id: device.id,
      role: device.role,
      driver: device.driver.name,
      options: device.options,
      travelMs: device.travelMs,
      ...(device.basin === null ? {} : { basin: device.basin }),
    })),
    scaldGuard:
      input.scald_guard === undefined ? null : { by: input.scald_guard.by, maxC: input.scald_guard.max },
    leaseMs: input.lease ?? null,
    volumeL:
      input.vessel === 'basin' || input.vessel === 'two-basins' ? (input.volume ?? DEFAULTS.fillL) : null,
    purgeMs: input.purge ?? DEFAULTS.purgeMs,
    prepareFrom: input.prepare_from === undefined ? LOCAL : asList(input.prepare_from),
    beginFrom: input.begin_from === undefined ? LOCAL : asList(input.begin_from),
  };
}

function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** What the keys of the station itself say. */
function placingsOf(input: StationInput): readonly Placing[] {
  return ROLES.map((role) => ({
    role,
    key: role,
    basin: basinOfRole(input, role),
    written: role === 'cold' ? coldValve(input) : input[role],
  }));
}

interface Placed extends PlacedDevice {
  readonly basin: BasinName | null;
}

function placeRole(
  station: string,
  { role, key, basin, written }: Placing,
  { book, report }: StationContext,
): Placed[] {
  const part = basin === null || basin === 'basin' ? [key] : [basin, key];
  const path = ['stations', station, ...part];
  const refs = asList(written);
  // Of two levels in one basin the last word would hide that the other is silent (I22).
  const one = isOutputRole(role) || role === 'flow' || (role === 'level' && basin !== null);
  if (one && refs.length > 1) {
    report.error(
      [...path, 1],
      'unsupported',
      `several devices as ${role} of one station are not built in this version`,
    );
  }
  return refs.flatMap((ref, index) => {
    const at = Array.isArray(written) ? [...path, index] : path;
    const placed = book.place({ station, role, name: part.join('-') }, index, ref, at);
    return placed === null ? [] : [{ ...placed, basin }];
  });
}

/** The keys that only water on tap has. */
const OF_WATER = [
  'hot',
  'cold',
  'mixer',
  'master',
  'drain',
  'heater',
  'flow',
  'level',
  'leak',
  'scald_guard',
  'purge',
  'lease',
] as const;
/** The outputs that a stream has: the others are of a basin. */
const OF_STREAM: readonly Role[] = ['hot', 'cold', 'mixer', 'master'];

/** What a station of this kind must say, and cannot say. */
function checkKind(input: StationInput, path: Path, report: Report): void {
  const { kind, vessel } = input;
  if (input.quiet_hours !== undefined) {
    const message =
      'only a desk has quiet hours: a bath begins with a press, and is never silent about its water';
    report.error([...path, 'quiet_hours'], 'plumbing', message, 'key');
  }
  for (const key of ['busy', 'calendar'] as const) {
    if (input[key] === undefined) continue;
    const message = 'only a desk is told that somebody is busy: a bath begins with a press';
    report.error([...path, key], 'plumbing', message, 'key');
  }
  for (const key of ['not_for_me', 'cues'] as const) {
    if (input[key] === undefined) continue;
    report.error([...path, key], 'plumbing', `only a desk or a spot has \`${key}\``, 'key');
  }
  if (kind === 'bath') {
    if (vessel === undefined)
      report.error(
        [...path, 'vessel'],
        'missing_key',
        'missing: a bath says how water reaches the feet: `vessel: stream`, `basin` or `two-basins`',
        'key',
      );
    return;
  }
  if (vessel !== undefined) {
    const message =
      kind === 'shower'
        ? 'a shower is a stream by itself: leave `vessel` out'
        : 'buckets are filled by hand: leave `vessel` out';
    report.error([...path, 'vessel'], 'plumbing', message, 'key');
  }
  if (kind !== 'buckets') return;
  for (const key of OF_WATER) {
    if (input[key] === undefined) continue;
    const message = `buckets have no valves, so no \`${key}\`: leave it out, or make it \`kind: bath\` or \`kind: shower\``;
    report.error([...path, key], 'plumbing', message, 'key');
  }
  if (Array.isArray(input.thermometer) && input.thermometer.length > 1) {
    const message = 'buckets have one thermometer at most: it stands in the warm bucket';
    report.error([...path, 'thermometer', 1], 'plumbing', message);
  }
}

function hasBasins({ vessel }: StationInput): boolean {
  return vessel === 'basin' || vessel === 'two-basins';
}

/** What the roles say, before the scald guard is asked. */
function wiring(input: StationInput, path: Path, report: Report): Plumbing {
  const { hot, mixer } = input;
  const cold = coldValve(input);
  if (input.vessel === 'two-basins') return 'two-valves';
  if (mixer !== undefined && (hot !== undefined || cold !== undefined)) {
    report.error(
      [...path, 'mixer'],
      'plumbing',
      'a station has either a mixer or hot and cold, not both',
      'key',
    );
    return 'mixer';
  }
  if (mixer !== undefined) return 'mixer';
  if (hot === undefined && cold === undefined) return 'cues';
  if (hot === undefined || cold === undefined) {
    const [there, missing] = hot === undefined ? ['cold', 'hot'] : ['hot', 'cold'];
    const message = `${there} without ${missing}: a station has both, or a mixer, or neither (cues only)`;
    report.error([...path, there], 'plumbing', message, 'key');
  }
  return 'two-valves';
}

function checkWater(input: StationInput, path: Path, report: Report): void {
  if (input.thermometer === undefined && input.vessel !== 'two-basins') {
    const message =
      'a station that opens water needs a thermometer in the delivered water: add `thermometer`';
    report.error(path, 'plumbing', message, 'key');
  }
}

/** What stands beside the valves of a stream. */
function checkSenses(input: StationInput, path: Path, report: Report): void {
  const opens =
    input.vessel === 'two-basins' ||
    input.hot !== undefined ||
    input.cold !== undefined ||
    input.mixer !== undefined;
  for (const key of ['master', 'flow'] as const) {
    if (input[key] === undefined || opens) continue;
    const message = `a ${key} without a valve behind it has nothing to do: add hot and cold, or a mixer`;
    report.error([...path, key], 'plumbing', message, 'key');
  }
  if (hasBasins(input)) return;
  for (const key of ['drain', 'heater'] as const) {
    if (input[key] === undefined) continue;
    const what =
      key === 'drain' ? 'runs away through an open drain' : 'is warmed ahead of its valves, not by Ebb';
    report.error([...path, key], 'plumbing', `a stream ${what}: leave \`${key}\` out`, 'key');
  }
  if (input.level !== undefined) {
    const message =
      'a stream has no level to hold: here it only tells a drain that is blocked, and closes everything when it is high';
    report.warn([...path, 'level'], 'level_of_stream', message);
  }
}

/** True where warm water may be opened at all. */
function checkGuard(input: StationInput, opens: Plumbing, path: Path, report: Report): boolean {
  const guard = input.scald_guard;
  if (guard === undefined) {
    if (opens === 'cues') return true;
    const message =
      'no scald_guard, so the station runs in cue mode only and no valve is opened; with a hardware limit upstream ' +
      `declare it: scald_guard: { by: valve, max: ${formatTemperature(ENVELOPE.scaldGuardMaxC)} }`;
    report.warn(path, 'no_scald_guard', message);
    return false;
  }
  const two = opens === 'mixer' && asList(input.thermometer).length >= 2;
  const maxC = two ? ENVELOPE.scaldGuardMaxTwoThermometersC : ENVELOPE.scaldGuardMaxC;
  if (guard.max > maxC) {
    const rule = two
      ? 'with a mixer and two thermometers'
      : `(${formatTemperature(ENVELOPE.scaldGuardMaxTwoThermometersC)} only with a mixer and two thermometers)`;
    const message = `a scald guard lets through at most ${formatTemperature(maxC)} ${rule}; found ${exactTemperature(guard.max)}`;
    report.error([...path, 'scald_guard', 'max'], 'envelope', message);
  }
  return true;
}

function checkDevice(device: PlacedDevice, input: StationInput, station: Path, report: Report): void {
  const { declaration, role } = device;
  const travelPath = [...device.path, 'travel'];
  if (!isOutputRole(role)) {
    if (device.travelMs !== null) {
      report.error(
        travelPath,
        'plumbing',
        `travel is a figure of a valve, such as hot or cold; this is a ${role}`,
        'key',
      );
    }
    checkSampling(device, input, report);
    if (hasBasins(input)) checkLevel(device, report);
    return;
  }
  if (declaration.deadline === 'none' && role !== 'cold') {
    const message =
      `the ${role} is opened only by a device that closes by itself; this one has no deadline of its own: ` +
      'use a tasmota relay or an esphome valve';
    report.error(device.rolePath, 'no_deadline', message);
  }
  if (role !== 'mixer' && OF_STREAM.includes(role) && !hasBasins(input))
    checkTravel(device, travelPath, report);
  if (role !== 'mixer' && hasBasins(input)) checkFillTravel(device, input, travelPath, report);
  const { lease } = declaration;
  if (input.lease === undefined || lease === null) return;
  if (input.lease < lease.minMs || input.lease > lease.maxMs || input.lease % lease.stepMs !== 0) {
    const range = `${formatDuration(lease.minMs)} to ${formatDuration(lease.maxMs)} in steps of ${formatDuration(lease.stepMs)}`;
    const message = `the ${role} (${device.driver.name}) takes a lease of ${range}; found ${exactDuration(input.lease)}`;
    report.error([...station, 'lease'], 'out_of_range', message);
  }
}

/** A flow meter's period, at most: T7 needs more than one sample in its 5 s. */
const FLOW_MS = 2_000;

/**
 * L20: just before the next reading comes, the last one is two sensor periods old, and the next may be late by what a
 * report takes. Where nothing is watched, any will do.
 */
function checkSampling(
  { declaration, role, rolePath }: PlacedDevice,
  input: StationInput,
  report: Report,
): void {
  const { sampleMs, reportMs } = declaration;
  if (role === 'flow' && sampleMs !== null && sampleMs > FLOW_MS) {
    const message = `this flow meter speaks every ${exactDuration(sampleMs)}; water that runs unasked is closed within 5 s (T7), so it has to speak every ${formatDuration(FLOW_MS)} or more often`;
    report.error(rolePath, 'envelope', message);
  }
  if (role !== 'thermometer' || sampleMs === null) return;
  const buckets = input.kind === 'buckets';
  const opens =
    hasBasins(input) || input.hot !== undefined || input.cold !== undefined || input.mixer !== undefined;
  if (!buckets && !(opens && input.scald_guard !== undefined)) return;
  if (declaration.shownOnly !== undefined) {
    const message = `no water that people stand in rests on this thermometer: ${declaration.shownOnly}`;
    report.error(rolePath, 'envelope', message);
    return;
  }
  const ageMs = hasBasins(input) ? ENVELOPE.readingAgeBasinMs : ENVELOPE.readingAgeMs;
  if (2 * sampleMs + reportMs <= ageMs) return;
  const why = `this thermometer speaks every ${exactDuration(sampleMs)}, and a reading that people stand in water on is at most ${formatDuration(ageMs)} old (L20)`;
  const remedy = buckets ? 'leave it out and measure by hand, or use a wired probe' : 'use a wired probe';
  report.error(rolePath, 'envelope', `${why}: ${remedy}`);
}

/** On a stream a valve that is slow to move, or to say that it has, cannot keep to the steps. */
function checkTravel(device: PlacedDevice, travelPath: Path, report: Report): void {
  const { travelMs, reportMs } = device.declaration;
  const at = device.travelMs === null ? device.rolePath : travelPath;
  if (travelMs > ENVELOPE.streamTravelMs) {
    const message = `on a stream a valve moves within ${formatDuration(ENVELOPE.streamTravelMs)}; this one takes ${exactDuration(travelMs)}`;
    report.error(at, 'envelope', message);
  } else if (travelMs + reportMs > ENVELOPE.streamTravelReportMs) {
    const limit = formatDuration(ENVELOPE.streamTravelReportMs);
    const message = `on a stream a valve moves and reports within ${limit}; this one takes ${exactDuration(travelMs + reportMs)}`;
    report.error(at, 'envelope', message);
  }
}

function checkBegin(input: StationInput, path: Path, { simulated, report }: StationContext): void {
  const sources = input.begin_from === undefined ? LOCAL : asList(input.begin_from);
  const index = sources.indexOf('mqtt');
  if (index >= 0 && !simulated) {
    const at = Array.isArray(input.begin_from) ? [...path, 'begin_from', index] : [...path, 'begin_from'];
    const message =
      'mqtt may begin a session only where the hardware is simulated (`simulated: true`); accepted here: button, page, cli';
    report.error(at, 'invalid_value', message);
  }
  if (input.button !== undefined && input.presence === undefined && sources.includes('button')) {
    const limit = formatDuration(DEFAULTS.sessionUnaskedMs);
    const message =
      `sessions begun with the button cannot be asked "still OK?" (a bath button is STOP then), so they end ${limit} ` +
      'after the first contact (L8)';
    report.warn([...path, 'button'], 'not_asked', message);
  }
}

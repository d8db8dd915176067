import { BASIN, DEFAULTS } from '../../machines/envelope.ts';
import type { BasinName } from '../model/basin.ts';
import type { Role } from '../model/device.ts';
import { formatDuration } from '../model/units.ts';
import type { PlacedDevice } from './devices.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { BasinInput, DeviceRef, StationInput } from './schema.ts';
import { exactDuration } from './value.ts';

/** What of a station's file stands for one role: of the station, or of one of two basins. */
export interface Placing {
  readonly role: Role;
  readonly key: string;
  readonly basin: BasinName | null;
  readonly written: DeviceRef | readonly DeviceRef[] | undefined;
}

const SIDES = ['warm', 'cold'] as const;
const PARTS = ['fill', 'thermometer', 'level', 'drain'] as const;
/** What the one basin of a station has of its own, beside what fills it. */
const OF_BASIN: readonly Role[] = ['hot', 'cold', 'mixer', 'drain', 'heater', 'thermometer', 'level'];
/** What stands in a basin of its own where there are two. */
const ONE_EACH = ['hot', 'mixer', 'thermometer', 'level', 'drain'] as const;

/** The basin that a role of the station itself belongs to. */
export function basinOfRole({ vessel }: StationInput, role: Role): BasinName | null {
  return vessel === 'basin' && OF_BASIN.includes(role) ? 'basin' : null;
}

/** The parts of the two basins, in the roles that they fill: the warm one is filled by hot water, the cold one by cold. */
export function placingsOfBasins(input: StationInput): readonly Placing[] {
  if (input.vessel !== 'two-basins') return [];
  return SIDES.flatMap((side) => {
    const basin = basinInput(input, side);
    if (basin === null) return [];
    const roles: Record<(typeof PARTS)[number], Role> = {
      fill: side === 'warm' ? 'hot' : 'cold',
      thermometer: 'thermometer',
      level: 'level',
      drain: 'drain',
    };
    return PARTS.map((key) => ({ role: roles[key], key, basin: side, written: basin[key] }));
  });
}

/** `cold` is a valve at every other station. */
export function basinInput(input: StationInput, side: 'warm' | 'cold'): BasinInput | null {
  const written = side === 'warm' ? input.warm : input.cold;
  if (written === undefined || typeof written === 'string' || Array.isArray(written)) return null;
  return 'driver' in written ? null : written;
}

export function coldValve({ cold }: StationInput): DeviceRef | readonly DeviceRef[] | undefined {
  if (cold === undefined || typeof cold === 'string' || Array.isArray(cold)) return cold;
  return 'driver' in cold ? cold : undefined;
}

/** What a station with basins says, and cannot say; and that no other station speaks of basins. */
export function checkBasins(input: StationInput, path: Path, report: Report): void {
  const no = (key: string, message: string): void => {
    report.error([...path, key], 'plumbing', message, 'key');
  };
  const twin = input.cold !== undefined && coldValve(input) === undefined;
  if (input.vessel !== 'two-basins') {
    if (input.warm !== undefined) no('warm', 'only `vessel: two-basins` has a warm basin: leave `warm` out');
    if (twin)
      no('cold', 'only `vessel: two-basins` has a cold basin; here `cold` is a valve: give it a `driver`');
  }
  if (input.vessel !== 'basin' && input.vessel !== 'two-basins' && input.volume !== undefined)
    no('volume', 'only basins have a volume: leave it out, or make it `vessel: basin`');
  // What nothing asks for must not look as if it did something.
  if (input.vessel === 'two-basins' && input.heater !== undefined)
    no('heater', 'two basins hold their bands by letting a little out and topping up: leave `heater` out');
  if (input.vessel === 'basin') checkOne(input, path, report);
  if (input.vessel === 'two-basins') checkTwo(input, path, report);
}

function checkOne(input: StationInput, path: Path, report: Report): void {
  const opens = input.hot !== undefined || input.cold !== undefined || input.mixer !== undefined;
  if (!opens) {
    const message =
      'a basin is filled by `hot` and `cold`, or by a `mixer`; one that is filled by hand is `kind: buckets`';
    report.error(path, 'plumbing', message, 'key');
    return;
  }
  for (const key of ['level', 'drain'] as const) {
    if (input[key] === undefined) report.error(path, 'plumbing', `${NEEDS[key]}: add \`${key}\``, 'key');
  }
  const thermometers = Array.isArray(input.thermometer) ? input.thermometer.length : 1;
  if (input.heater !== undefined && thermometers < 2) {
    const message =
      'a heater goes by what the thermometer says, and no scald guard stands behind it: one that reads less and less would heat the water past every limit, so a heated basin has two that are compared (T5): make `thermometer` a list of two';
    report.error([...path, 'heater'], 'envelope', message, 'key');
  }
}

function checkTwo(input: StationInput, path: Path, report: Report): void {
  for (const key of ['master', 'flow'] as const) {
    if (input[key] === undefined) continue;
    const what = key === 'master' ? 'one master ahead of both' : 'one flow meter for both';
    const message = `two basins are filled each by itself, and ${what} cannot be judged for either: leave \`${key}\` out`;
    report.error([...path, key], 'plumbing', message, 'key');
  }
  for (const key of ONE_EACH) {
    if (input[key] === undefined) continue;
    const message = `each of two basins has its own: write \`${key === 'hot' || key === 'mixer' ? 'fill' : key}\` under \`warm\` and \`cold\``;
    report.error([...path, key], 'plumbing', message, 'key');
  }
  for (const side of SIDES) {
    const basin = basinInput(input, side);
    if (basin === null) {
      const message = `two basins are \`warm: { fill, thermometer, level, drain }\` and the same as \`cold\`; the ${side} one is missing`;
      report.error(side in input ? [...path, side] : path, 'plumbing', message, 'key');
      continue;
    }
    for (const key of PARTS) {
      if (basin[key] === undefined)
        report.error([...path, side], 'plumbing', `${NEEDS[key]}: add \`${key}\``, 'key');
    }
  }
}

const NEEDS: Readonly<Record<(typeof PARTS)[number], string>> = {
  fill: 'a basin is filled by a valve',
  thermometer: 'a basin needs a thermometer in its water',
  level: 'a basin is filled to its level, so it needs one that measures litres',
  drain: 'a basin is let out by a valve that stands open by itself and is held shut',
};

/** What a tap gives at most, litres a second: 9 l/min. */
const TAP_LPS = 9 / 60;
/** A fill stops at 0.95 of the volume and may pass it by a tenth (L17): what runs in meanwhile has to fit. */
const SPARE = 0.15;

/** A valve on a basin may be slow, but not so slow that it fills past L17 after it was told to close. */
export function checkFillTravel(
  { declaration, role }: PlacedDevice,
  { volume }: StationInput,
  path: Path,
  report: Report,
): void {
  if (role === 'drain' || role === 'heater') return;
  const litres = volume ?? DEFAULTS.fillL;
  const mostMs = Math.floor((SPARE * litres * 1_000) / TAP_LPS) - 1_000;
  const takesMs = declaration.travelMs + declaration.reportMs;
  if (takesMs <= mostMs) return;
  const message = `it takes ${exactDuration(takesMs)} to close and say so, and a basin of ${litres} l would be past its volume by then (L17): at most ${exactDuration(mostMs)}; use a solenoid valve`;
  report.error(path, 'out_of_range', message);
}

/** Litres, in the words of the drivers: an ESPHome sensor, or a number on a topic. A float is neither. */
function measuresLitres({ driver, options }: PlacedDevice): boolean {
  if (typeof options !== 'object' || options === null) return false;
  return driver.name === 'esphome' ? 'sensor' in options : driver.name === 'mqtt' && !('map' in options);
}

/** I22: 2 s without a level close the supply, so the sensor speaks each second by itself. */
export function checkLevel(device: PlacedDevice, report: Report): void {
  const { declaration, role, rolePath } = device;
  const { sampleMs } = declaration;
  if (role === 'level' && !measuresLitres(device)) {
    const message =
      'a float that hangs low says nothing while the basin runs over, so a basin needs a level in litres: a `sensor` of an ESPHome node';
    report.error(rolePath, 'envelope', message);
    return;
  }
  if (role !== 'level' || (sampleMs !== null && sampleMs <= BASIN.levelPeriodMs)) return;
  const found = sampleMs === null ? 'speaks on a change only' : `speaks every ${exactDuration(sampleMs)}`;
  const message = `water runs in only as long as the level speaks every ${formatDuration(BASIN.levelPeriodMs)} (I22), and this one ${found}: use a sensor of an ESPHome node`;
  report.error(rolePath, 'envelope', message);
}

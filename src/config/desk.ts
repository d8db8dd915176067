import { DESK_KINDS } from '../model/desk.ts';
import type { DeskKind, DeskSettings, ReminderSettings } from '../model/desk.ts';
import { ROLES } from '../model/device.ts';
import type { Role } from '../model/device.ts';
import type { DayWindow, Rule } from '../model/schedule.ts';
import { WEEKDAYS, usualExpiryMs } from '../model/schedule.ts';
import { MINUTE_MS } from '../model/units.ts';
import { deskCuesOf } from './cues-schema.ts';
import type { DeviceBook } from './devices.ts';
import { calendarsOf } from './calendar.ts';
import { suggestion } from './issues.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { ScheduleEntry } from './schedule-schema.ts';
import type { ConfigInput, StationInput } from './schema.ts';

const SNOOZE_MS = 10 * MINUTE_MS;
/** How long one that is due stays so: by then it has lost its meaning. */

/** What a desk, or a spot, may have. Whatever opens water, or asks for it, belongs to a bath. */
const OF_A_DESK: readonly Role[] = ['light', 'buzzer', 'button', 'presence', 'busy'];
const KEYS: readonly string[] = [
  ...OF_A_DESK,
  'kind',
  'name',
  'quiet_hours',
  'calendar',
  'not_for_me',
  'cues',
];

/** Checks the desks and spots of a file and their schedule, and makes the settings that the controller is told. */
export function resolveDesks(
  input: ConfigInput,
  context: {
    readonly book: DeviceBook;
    readonly report: Report;
    readonly zone: string;
    /** The folder of the file, absolute. */
    readonly dir: string;
  },
): readonly DeskSettings[] {
  const { report, zone } = context;
  const entries = placed(input, report);
  return Object.entries(input.stations).flatMap(([id, station]): DeskSettings[] => {
    const kind = deskKind(station);
    if (kind === null) return [];
    const path = ['stations', id];
    checkKeys(station, path, report);
    const own = entries.filter((one) => one.desk === id);
    const settings: DeskSettings = {
      id,
      name: station.name ?? id,
      kind,
      devices: devicesOf(id, station, context.book),
      zone,
      quietHours: station.quiet_hours ?? null,
      cues: deskCuesOf(station.cues),
      notForMe: station.not_for_me ?? [],
      calendars: calendarsOf(station, path, context),
      reminders: remindersOf(own, zone, report),
    };
    return [settings];
  });
}

/** null: it has to do with water. */
function deskKind({ kind }: StationInput): DeskKind | null {
  return DESK_KINDS.find((one) => one === kind) ?? null;
}

function checkKeys(station: StationInput, path: Path, report: Report): void {
  for (const [key, value] of Object.entries(station)) {
    if (value === undefined || KEYS.includes(key)) continue;
    const message = `a ${station.kind} has no \`${key}\`; it has ${OF_A_DESK.join(', ')}, name, quiet_hours, calendar, not_for_me and cues`;
    report.error([...path, key], 'plumbing', message, 'key');
  }
  if (station.light === undefined && station.buzzer === undefined) {
    const message = `a ${station.kind} without a light and a buzzer reminds nobody by itself: it only tells MQTT`;
    report.warn(path, 'no_cue', message);
  }
}

function devicesOf(station: string, input: StationInput, book: DeviceBook): DeskSettings['devices'] {
  return ROLES.filter((role) => OF_A_DESK.includes(role)).flatMap((role) => {
    const written = input[role];
    const refs = written === undefined ? [] : Array.isArray(written) ? written : [written];
    return refs.flatMap((ref, index) => {
      const path = ['stations', station, role];
      const at = Array.isArray(written) ? [...path, index] : path;
      // Only a cold basin is no device, and a desk has none.
      if (typeof ref !== 'string' && !('driver' in ref)) return [];
      const device = book.place({ station, role, name: role }, index, ref, at);
      if (device === null) return [];
      const { id, driver, options, travelMs } = device;
      return [{ id, role, driver: driver.name, options, travelMs }];
    });
  });
}

interface Placed {
  readonly desk: string;
  readonly entry: ScheduleEntry;
  readonly path: Path;
}

/** The entries of the schedule, each at a desk that there is. */
function placed({ schedule = [], stations }: ConfigInput, report: Report): readonly Placed[] {
  const desks = Object.entries(stations).flatMap(([id, one]) => (deskKind(one) === null ? [] : [id]));
  return schedule.flatMap((entry, index): Placed[] => {
    const path = ['schedule', index];
    const desk = entry.station ?? (desks.length === 1 ? desks[0] : undefined);
    if (desk === undefined) {
      const known =
        desks.length === 0 ? 'there is no station of kind: desk or spot' : `there are ${desks.join(', ')}`;
      report.error(
        [...path, 'station'],
        'missing_key',
        `missing: the desk or spot of the reminder; ${known}`,
        'key',
      );
      return [];
    }
    if (desks.includes(desk)) return [{ desk, entry, path }];
    const message =
      stations[desk] === undefined
        ? `there is no station "${desk}"${suggestion(desk, Object.keys(stations))}`
        : `reminders are for desks and spots, and "${desk}" is a ${stations[desk].kind}`;
    report.error([...path, 'station'], 'unknown_id', message);
    return [];
  });
}

function remindersOf(entries: readonly Placed[], zone: string, report: Report): readonly ReminderSettings[] {
  const ids = new Set<string>();
  return entries.flatMap(({ entry, path }) => {
    const rule = ruleOf(entry, zone, path, report);
    const protocols = asList(entry.reminder);
    const [id] = protocols;
    if (id === undefined || rule === null) return [];
    if (ids.has(id)) {
      const message = `there is a reminder of ${id} at this desk already; put all its times into one entry`;
      report.error([...path, 'reminder'], 'duplicate_id', message);
      return [];
    }
    ids.add(id);
    const expireMs = entry.expire ?? usualExpiryMs(rule);
    return [{ id, protocols, rule, snoozeMs: entry.snooze ?? SNOOZE_MS, expireMs }];
  });
}

function ruleOf(entry: ScheduleEntry, zone: string, path: Path, report: Report): Rule | null {
  const { every, between, at, dates } = entry;
  const on = { zone, days: entry.days === undefined ? WEEKDAYS : [...new Set(entry.days.flat())] };
  const no = (key: string, code: 'missing_key' | 'invalid_value', message: string): null => {
    report.error([...path, key], code, message, 'key');
    return null;
  };
  if (every !== undefined) {
    if (at !== undefined) return no('at', 'invalid_value', 'a reminder has `every` or `at`, not both');
    if (dates !== undefined) return no('dates', 'invalid_value', '`dates` goes with `at`, not with `every`');
    if (between === undefined)
      return no('every', 'missing_key', '`every` needs the hours in which: `between: 09:00-17:30`');
    if (lengthMs(between) < every)
      return no('every', 'invalid_value', 'it never comes: `between` is shorter than `every`');
    return { kind: 'every', ...on, everyMs: every, between };
  }
  if (between !== undefined)
    return no('between', 'invalid_value', '`between` goes with `every`, not with `at`');
  if (at === undefined)
    return no('reminder', 'missing_key', 'when? `every: 60 min` with `between: 09:00-17:30`, or `at: 20:30`');
  return { kind: 'at', ...on, timesMin: asList(at), dates: dates === undefined ? null : asList(dates) };
}

function lengthMs({ fromMin, toMin }: DayWindow): number {
  return ((toMin - fromMin + 1_440) % 1_440) * MINUTE_MS;
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return isList(value) ? value : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

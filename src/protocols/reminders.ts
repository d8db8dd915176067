import type { Config } from '../config/index.ts';
import { suggestion } from '../config/issues.ts';
import type { Path } from '../config/problem.ts';
import type { Report } from '../config/report.ts';
import { valueAt } from '../config/value.ts';
import type { ReminderSettings } from '../model/desk.ts';
import type { DayWindow, Rule } from '../model/schedule.ts';
import { MINUTE_MS } from '../model/units.ts';
import { guideOf } from './guide.ts';
import type { Protocol } from './protocol.ts';

const DAY_MIN = 1_440;

/** What the schedule reminds of is in the library, is something to be done there, and not oftener or at other hours than that says. */
export function checkReminders(
  { desks }: Config,
  protocols: readonly Protocol[],
  written: unknown,
  report: Report,
): void {
  for (const { id: station, notForMe } of desks) {
    for (const [index, id] of notForMe.entries()) {
      if (protocols.some((one) => one.id === id)) continue;
      const near = suggestion(
        id,
        protocols.map((one) => one.id),
      );
      const path = ['stations', station, 'not_for_me', index];
      report.error(path, 'unknown_id', `there is no protocol "${id}"${near}`);
    }
  }
  const all = desks.flatMap(({ kind, reminders }) => reminders.map((reminder) => ({ kind, reminder })));
  for (const { kind, reminder } of all) {
    const able = protocols.filter((one) => guideOf(one, [kind]) !== null);
    for (const id of reminder.protocols) {
      const protocol = protocols.find((one) => one.id === id);
      const at = placeOf(written, id);
      if (protocol === undefined || !able.includes(protocol)) {
        const ids = able.map((one) => one.id);
        const message =
          protocol === undefined
            ? `there is no protocol "${id}"${suggestion(id, ids) || `; there are ${ids.join(', ')}`}`
            : `${id} ${whyNot(protocol)}, which is nothing to be done at a ${kind}; there are ${ids.join(', ')}`;
        report.error(at, 'unknown_id', message);
        continue;
      }
      const why = tooOften(protocol, reminder) ?? outOfHours(protocol, reminder.rule);
      if (why !== null) report.error(at, 'out_of_range', why);
    }
  }
}

function whyNot(protocol: Protocol): string {
  if (guideOf(protocol) === null) return `is of kind ${protocol.kind}`;
  return `is for ${protocol.stations.map((one) => `a ${one}`).join(' or ')}`;
}

function tooOften({ id, perDay }: Protocol, { rule, protocols }: ReminderSettings): string | null {
  if (perDay === null) return null;
  const turns = protocols.filter((one) => one === id).length;
  const times = Math.ceil((timesADay(rule) * turns) / protocols.length);
  return times <= perDay[1] ? null : `${id}: at most ${perDay[1]} a day; this comes to ${times}`;
}

function timesADay(rule: Rule): number {
  if (rule.kind === 'at') return rule.timesMin.length;
  return Math.floor((lengthMin(rule.between) * MINUTE_MS) / rule.everyMs);
}

function outOfHours({ id, hours }: Protocol, rule: Rule): string | null {
  if (hours === null) return null;
  const after = (minutes: number): number => (minutes - hours.fromMin + DAY_MIN) % DAY_MIN;
  const isWithin =
    rule.kind === 'at'
      ? rule.timesMin.every((minutes) => after(minutes) < lengthMin(hours))
      : after(rule.between.fromMin) + lengthMin(rule.between) <= lengthMin(hours);
  return isWithin ? null : `${id} is for ${clock(hours.fromMin)} to ${clock(hours.toMin)} alone`;
}

function lengthMin({ fromMin, toMin }: DayWindow): number {
  return (toMin - fromMin + DAY_MIN) % DAY_MIN;
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Where the schedule names a protocol. */
function placeOf(written: unknown, id: string): Path {
  const schedule = valueAt(written, ['schedule']);
  if (!Array.isArray(schedule)) return ['schedule'];
  for (const index of schedule.keys()) {
    const reminder = valueAt(written, ['schedule', index, 'reminder']);
    if (reminder === id) return ['schedule', index, 'reminder'];
    const at = Array.isArray(reminder) ? reminder.indexOf(id) : -1;
    if (at >= 0) return ['schedule', index, 'reminder', at];
  }
  return ['schedule'];
}

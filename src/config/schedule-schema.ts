import { z } from 'zod';
import { idSchema } from '../model/ids.ts';
import { WEEKDAYS } from '../model/schedule.ts';
import type { DayWindow, Weekday } from '../model/schedule.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/units.ts';
import { duration } from './fields.ts';
import { refuse } from './issues.ts';

const CLOCK = '([01]?\\d|2[0-3]):([0-5]\\d)';
const TIME = new RegExp(`^${CLOCK}$`);
const WINDOW = new RegExp(`^${CLOCK} ?- ?${CLOCK}$`);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const minutesOf = (hours = '', minutes = ''): number => Number(hours) * 60 + Number(minutes);

const time = z
  .string()
  .transform((value, ctx): number => {
    const [, hours, minutes] = TIME.exec(value) ?? [];
    if (hours !== undefined) return minutesOf(hours, minutes);
    refuse(ctx, 'invalid_value', 'must be a time of the day, HH:MM, such as 20:30');
    return z.NEVER;
  })
  .describe('a time of the day, HH:MM');

/** A stretch of the day. */
export const dayWindow = (what: string) =>
  z
    .string()
    .transform((value, ctx): DayWindow => {
      const [, fromHours, fromMinutes, toHours, toMinutes] = WINDOW.exec(value) ?? [];
      const window = { fromMin: minutesOf(fromHours, fromMinutes), toMin: minutesOf(toHours, toMinutes) };
      if (fromHours !== undefined && window.fromMin !== window.toMin) return window;
      refuse(ctx, 'invalid_value', 'must be two times of the day, HH:MM-HH:MM, such as 09:00-17:30');
      return z.NEVER;
    })
    .describe(`${what}: HH:MM-HH:MM; over midnight where the second is the earlier`);

const dayNames = z
  .string()
  .transform((value, ctx): readonly Weekday[] => {
    const [from = '', to = from, ...more] = value.split('-').map((part) => part.trim().toLowerCase());
    const [first, last] = [from, to].map((day) => WEEKDAYS.findIndex((one) => one === day));
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) {
      refuse(ctx, 'invalid_value', 'must be a day such as mon, or two such as mon-fri');
      return z.NEVER;
    }
    const count = ((last - first + 7) % 7) + 1;
    return Array.from({ length: count }, (_, index) => WEEKDAYS[(first + index) % 7]).filter(
      (day) => day !== undefined,
    );
  })
  .describe('mon, or mon-fri');

const date = z
  .string()
  .superRefine((value, ctx) => {
    const atMs = DATE.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
    const isDate = Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(value);
    if (!isDate) refuse(ctx, 'invalid_value', 'must be a date, YYYY-MM-DD');
  })
  .describe('a date, YYYY-MM-DD');

/** At most one reminder in half an hour, however many there are (protocols, the scheduler's rules). */
const LEAST_EVERY_MS = 30 * MINUTE_MS;

/** One entry of the schedule, as it is written. */
export const scheduleEntry = z
  .strictObject({
    reminder: z
      .union([z.array(idSchema).min(1).max(20), idSchema])
      .describe('the protocol to be reminded of; of a list one after the other in turn'),
    station: idSchema.describe('the desk; with only one it need not be named').optional(),
    every: duration(LEAST_EVERY_MS, DAY_MS, 'after so much sitting; needs `between`').optional(),
    between: dayWindow('with `every`: the stretch of the day').optional(),
    at: z
      .union([z.array(time).min(1).max(24), time])
      .describe('in place of `every`: at these times of the day, HH:MM')
      .optional(),
    days: z
      .union([z.array(dayNames).min(1).max(7), dayNames])
      .describe('on these days of the week, such as mon-fri; default: every day')
      .optional(),
    dates: z
      .union([z.array(date).min(1).max(366), date])
      .describe('with `at`: on these dates alone, YYYY-MM-DD')
      .optional(),
    snooze: duration(MINUTE_MS, HOUR_MS, 'how long a snooze puts it off; default 10 min').optional(),
    expire: duration(
      5 * MINUTE_MS,
      12 * HOUR_MS,
      'from being due to being missed; default half of `every`, at most 30 min; with `at` 1 h; a longer one ends with `between`',
    ).optional(),
  })
  .describe('a reminder, and when it is due');
export type ScheduleEntry = z.infer<typeof scheduleEntry>;

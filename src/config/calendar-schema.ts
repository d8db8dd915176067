import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import { duration } from './fields.ts';

const from = z
  .string()
  .min(1)
  .max(2_000)
  .describe(
    'a file (ICS), relative to the file; or an address with https:, http: or webcal:, best as "${CALENDAR_URL}": whoever knows it can read it',
  );

/** A calendar of a desk, or several. */
const one = z.union([
  from,
  z.strictObject({
    from,
    every: duration(
      MINUTE_MS,
      24 * HOUR_MS,
      'how often the server is asked for what has changed; default 10 min',
    ).optional(),
  }),
]);
export const calendarSchema = z
  .union([z.array(one).min(1).max(8), one])
  .describe('of a desk: calendars (ICS); what is due waits while one of them says that somebody is busy');
export type CalendarInput = z.infer<typeof calendarSchema>;

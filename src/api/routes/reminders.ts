import { z } from 'zod';
import { comingAt } from '../../controller/desk/coming.ts';
import type { Coming } from '../../controller/desk/coming.ts';
import type { Controller } from '../../controller/index.ts';
import { remindersPast } from '../../journal/index.ts';
import type { ReminderPast } from '../../journal/index.ts';
import type { StationId } from '../../model/ids.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import { adherenceAt } from '../adherence.ts';
import { CALENDAR_TYPE, calendarText } from '../ics.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';
import { adherenceQuery, adherenceSchema, remindersQuery, remindersSchema } from '../schemas.ts';
import type { RemindersView } from '../schemas.ts';
import type { Served } from '../served.ts';

/** The journal is read in the controller's own thread, so it is not read often. */
const RATE = { max: 30, timeWindow: 10 * SECOND_MS };
const CALENDAR_DAYS = 14;
/** A calendar shows no moments; a reminder takes about as long. */
const EVENT_MS = 5 * MINUTE_MS;
const NOTE = 'Counts of what was said to be done. Whether it does any good, nobody has measured here.';

export function reminderRoutes(app: Server, parts: Parts): void {
  app.get(
    '/api/v1/reminders',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: 'What comes at desks and spots, and what came of what was',
        querystring: remindersQuery,
        response: { 200: remindersSchema, ...PROBLEMS },
      },
    },
    ({ query: { station, days, limit } }) => {
      const served = parts.served();
      const desks = desksOf(served.controller, station);
      return {
        coming: comingIn(served, desks, days),
        past: remindersPast(served.history, { station, limit }).map(pastView),
      };
    },
  );
  app.get(
    '/api/v1/adherence',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: 'How often what was reminded of was done: counts, not benefit',
        querystring: adherenceQuery,
        response: { 200: adherenceSchema, ...PROBLEMS },
      },
    },
    ({ query: { station, days } }) => {
      const served = parts.served();
      const desks = desksOf(served.controller, station);
      return { note: NOTE, days: desks.flatMap((desk) => adherenceAt(served, desk, days)) };
    },
  );
  calendarRoute(app, parts);
}

function calendarRoute(app: Server, parts: Parts): void {
  app.get(
    '/calendar.ics',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: `What comes in the next ${CALENDAR_DAYS} days, as iCalendar`,
        response: {
          200: { description: 'iCalendar', content: { 'text/calendar': { schema: z.string() } } },
          ...PROBLEMS,
        },
      },
    },
    (_request, reply) => {
      const served = parts.served();
      const { controller, clock } = served;
      const events = desksOf(controller, undefined).flatMap((station) =>
        coming(served, station, CALENDAR_DAYS).map(({ reminder, text, dueMs }) => ({
          uid: `${station}.${reminder}.${dueMs}@ebb.${parts.home.site}`,
          summary: text.title,
          description: text.say,
          location: controller.desks.desk(station)?.settings.name ?? station,
          startMs: dueMs,
          endMs: dueMs + EVENT_MS,
        })),
      );
      const name = `Ebb ${parts.home.site}${served.simulated ? ' (SIMULATED)' : ''}`;
      void reply.type(CALENDAR_TYPE);
      return calendarText(name, events, clock.wallMs());
    },
  );
}

function desksOf({ desks }: Controller, station: StationId | undefined): readonly StationId[] {
  if (station === undefined) return desks.ids;
  if (desks.ids.includes(station)) return [station];
  const known = desks.ids.length === 0 ? 'there is none' : `there are ${desks.ids.join(', ')}`;
  throw new HttpProblem('unknown_station', `there is no desk or spot "${station}"; ${known}`);
}

function coming({ controller, clock }: Served, station: StationId, days: number): readonly Coming[] {
  const desk = controller.desks.desk(station);
  return desk === null ? [] : comingAt(desk, clock.wallMs() + days * DAY_MS);
}

function comingIn(served: Served, stations: readonly StationId[], days: number): RemindersView['coming'] {
  return stations
    .flatMap((station) =>
      coming(served, station, days).map(({ reminder, text: { protocol, title, say }, dueMs }) => {
        return { station, reminder, protocol, title, say, due_at: new Date(dueMs).toISOString() };
      }),
    )
    .sort((a, b) => a.due_at.localeCompare(b.due_at));
}

function pastView({ dueAt, waitsFor, ...rest }: ReminderPast): RemindersView['past'][number] {
  return { ...rest, due_at: dueAt, waits_for: waitsFor };
}

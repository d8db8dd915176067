import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';
import {
  idParams,
  protocolSchema,
  protocolsSchema,
  sessionParams,
  sessionSchema,
  sessionsQuery,
  sessionsSchema,
} from '../schemas.ts';
import { SECOND_MS } from '../../model/units.ts';
import { protocolView } from '../view.ts';
import { MAX_SERIES, readResult, readResults, readSeries } from '../series.ts';

/** The journal is read in the controller's own thread, so it is not read often. */
const RATE = { max: 30, timeWindow: 10 * SECOND_MS };

export function recordRoutes(app: Server, parts: Parts): void {
  app.get(
    '/api/v1/sessions',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: 'Sessions that are over, the newest first',
        querystring: sessionsQuery,
        response: { 200: sessionsSchema, ...PROBLEMS },
      },
    },
    (request) => ({ sessions: readResults(parts.served().history, request.query) }),
  );
  app.get(
    '/api/v1/sessions/:id',
    {
      config: { rateLimit: RATE },
      schema: {
        summary: 'A session and its temperature',
        description: `The series has at most ${MAX_SERIES} points.`,
        params: sessionParams,
        response: { 200: sessionSchema, ...PROBLEMS },
      },
    },
    (request) => {
      const { history } = parts.served();
      const result = readResult(history, request.params.id);
      if (result === null) {
        throw new HttpProblem(
          'not_found',
          `no session "${request.params.id}" is over; /api/v1/sessions lists them`,
        );
      }
      return { result, series: readSeries(history, result.id) };
    },
  );
}

export function protocolRoutes(app: Server, { home }: Parts): void {
  app.get(
    '/api/v1/protocols',
    { schema: { summary: 'The library', response: { 200: protocolsSchema, ...PROBLEMS } } },
    () => ({
      protocols: home.protocols.map((protocol) => {
        const { id, title, kind, stations, evidence } = protocolView(protocol);
        return { id, title, kind, stations, evidence };
      }),
    }),
  );
  app.get(
    '/api/v1/protocols/:id',
    { schema: { summary: 'A protocol', params: idParams, response: { 200: protocolSchema, ...PROBLEMS } } },
    (request) => {
      const { id } = request.params;
      const protocol = home.protocols.find((one) => one.id === id);
      if (protocol !== undefined) return protocolView(protocol);
      const known = home.protocols.map((one) => one.id).join(', ');
      throw new HttpProblem('unknown_protocol', `there is no protocol "${id}"; there are ${known}`, {
        status: 404,
      });
    },
  );
}

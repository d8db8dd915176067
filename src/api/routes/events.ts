import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { COOKIE } from '../door.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';

export function eventRoute(app: Server, parts: Parts): void {
  const { streams } = parts;
  app.get(
    '/api/v1/events',
    {
      exposeHeadRoute: false,
      config: { live: true },
      schema: {
        summary: 'What happens, live: server-sent events',
        description:
          'Events `state` (all stations at once when connecting, then on change), `reading`, `event`, and `tick` every second with the wall clock of the controller and how fast it runs.',
        response: {
          200: {
            description: 'a stream that goes on until it is closed',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...PROBLEMS,
        },
      },
    },
    (request, reply) => {
      parts.served();
      if (streams.full) {
        streams.refused += 1;
        const message = 'too many are listening already; close a page, or try again later';
        throw new HttpProblem('too_many_requests', message, { status: 503, retryAfterS: 10 });
      }
      const door = parts.door();
      const id = request.cookies[COOKIE];
      reply.hijack();
      reply.raw.writeHead(200, {
        ...headersOf(reply),
        'content-type': 'text/event-stream; charset=utf-8',
        // A proxy that collects would make it stale.
        'x-accel-buffering': 'no',
      });
      streams.open(reply.raw, () => door === null || door.stillAdmits(id));
    },
  );
}

/** Those that the hooks have set already; what is written to a socket directly goes without them otherwise. */
function headersOf(reply: FastifyReply): Record<string, number | string | string[]> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}

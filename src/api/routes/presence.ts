import { z } from 'zod';
import { PRESENCE_NAME, presenceWordSchema } from '../../model/presence.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';

/** Where `ebb presence` tells who has no broker: the same words as on `ebb-presence/NAME`. */
export function presenceRoute(app: Server, parts: Parts): void {
  app.post(
    '/api/v1/presence/:name',
    {
      schema: {
        summary:
          'Whether somebody is at a computer, as `ebb presence` says it: at each change and every 30 s',
        params: z.object({ name: z.string().regex(PRESENCE_NAME) }),
        body: presenceWordSchema,
        response: { 204: z.undefined().describe('taken'), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      if (parts.served().controller.presence(name, request.body)) return reply.code(204).send();
      const message = `no desk has \`presence: { driver: presence, name: ${name} }\`; nobody was told`;
      throw new HttpProblem('unknown_station', message);
    },
  );
}

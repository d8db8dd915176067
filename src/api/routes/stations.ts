import type { FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { parseSet } from '../../controller/parse.ts';
import { setCommandSchema } from '../../model/command.ts';
import type { SetCommand } from '../../model/command.ts';
import { askedOf, sourceOf } from '../guard.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS } from '../problem.ts';
import { acceptedSchema, idParams, stationSchema, stationsSchema } from '../schemas.ts';
import type { StationView } from '../schemas.ts';
import { stationView } from '../view.ts';

export function stationRoutes(app: Server, parts: Parts): void {
  const { home } = parts;
  const view = (id: string, request: FastifyRequest): StationView => {
    const station = stationView(parts.served().controller, home, id, sourceOf(askedOf(request)));
    if (station === null) throw unknownStation(parts, id);
    return station;
  };
  app.get(
    '/api/v1/stations',
    { schema: { summary: 'All stations', response: { 200: stationsSchema, ...PROBLEMS } } },
    (request) => {
      const { controller, simulated } = parts.served();
      const stations = controller.stations.map((id) => view(id, request));
      return { site: home.site, version: home.version, simulated, stations };
    },
  );
  app.get(
    '/api/v1/stations/:id',
    { schema: { summary: 'A station', params: idParams, response: { 200: stationSchema, ...PROBLEMS } } },
    (request) => view(request.params.id, request),
  );
  app.register((scope: Server, _options, done) => {
    commandRoute(scope, parts);
    done();
  });
}

function commandRoute(app: Server, parts: Parts): void {
  // Whatever the body calls itself, it is read as text: a stop is taken in any form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setValidatorCompiler<z.ZodType>((part) =>
    part.httpPart === 'body' ? readCommand : validatorCompiler(part),
  );
  app.post(
    '/api/v1/stations/:id/commands',
    {
      schema: {
        summary: 'A command: the objects of ebb/STATION/set',
        description:
          'Answered once the controller has taken or refused it. A stop is taken in any form that can be meant as one.',
        params: idParams,
        body: setCommandSchema,
        response: { 202: acceptedSchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const command = request.body;
      const { controller } = parts.served();
      if (controller.station(id) === null) throw unknownStation(parts, id);
      refuseForm(command, request.headers['content-type']);
      const error = await controller.command(id, command, sourceOf(askedOf(request)));
      const { transaction } = command;
      if (error !== null) throw new HttpProblem(error.code, error.message, { transaction });
      const state = controller.state(id);
      if (state === null) throw unknownStation(parts, id);
      return reply
        .code(202)
        .send({ accepted: true, ...(transaction === undefined ? {} : { transaction }), state });
    },
  );
}

function readCommand(body: unknown): { value: SetCommand } | { error: Error } {
  const text = typeof body === 'string' ? body : '';
  const parsed = parseSet(text);
  // On MQTT a word alone is a command; here only a stop may come in any form.
  const isObject = text.trimStart().startsWith('{');
  if (parsed.ok && (isObject || parsed.command.command === 'stop')) return { value: parsed.command };
  const message = parsed.ok ? 'a command is a JSON object such as {"command":"start"}' : parsed.message;
  const transaction = parsed.ok ? undefined : parsed.transaction;
  return { error: new HttpProblem('bad_command', `${message}; nothing was done`, { transaction }) };
}

/** A page of another site can send a form without being asked, but no JSON. */
function refuseForm(command: SetCommand, contentType: string | undefined): void {
  if (command.command === 'stop' || /^application\/json\s*(;|$)/i.test(contentType ?? '')) return;
  const message = 'a command is sent as content-type: application/json; nothing was done';
  throw new HttpProblem('bad_command', message, { status: 415, transaction: command.transaction });
}

function unknownStation(parts: Parts, id: string): HttpProblem {
  const known = parts.served().controller.stations.join(', ');
  return new HttpProblem('unknown_station', `there is no station "${id}"; there are ${known}`);
}

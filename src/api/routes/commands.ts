import type { FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { meansStop, parseSet } from '../../controller/parse.ts';
import { anyCommandSchema } from '../../model/command.ts';
import type { AnyCommand, CommandError } from '../../model/command.ts';
import { askedOf, sourceOf } from '../guard.ts';
import type { Parts, Server } from '../parts.ts';
import { HttpProblem, PROBLEMS, loginNeeded } from '../problem.ts';
import { acceptedSchema, idParams } from '../schemas.ts';
import { MAX_BODY_BYTES } from '../server.ts';
import { placeState, placesOf } from '../view.ts';
import { unknownStation } from './stations.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a body of commands called itself. */
    bodyType: string | undefined;
  }
}

export function commandRoute(app: Server, parts: Parts): void {
  app.register((scope: Server, _options, done) => {
    readAnything(scope);
    admitStops(scope, parts);
    answerCommands(scope, parts);
    done();
  });
}

/** Whatever the body calls itself, and however long it is, it is read as text: a stop is taken in any form. */
function readAnything(app: Server): void {
  app.decorateRequest('bodyType');
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    request.bodyType = headers['content-type'];
    // A type that is none would be refused before anybody looks for a stop.
    delete headers['content-type'];
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    readHead(payload).then(
      ({ text, isAll }) => {
        if (isAll) done(null, text);
        else if (meansStop(text)) done(null, 'stop');
        else if (request.stranger) done(null, '');
        else done(tooLong());
      },
      () => {
        done(new HttpProblem('bad_request', 'the body of the request broke off; nothing was done'));
      },
    );
  });
  app.setValidatorCompiler<z.ZodType>((part) =>
    part.httpPart === 'body' ? readCommand : validatorCompiler(part),
  );
}

/** The first 16 kB of a body at most. What follows is let go of as it comes, until the request has taken too long. */
function readHead(payload: Readable): Promise<{ text: string; isAll: boolean }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (isAll: boolean): void => {
      payload.off('data', take);
      payload.resume();
      resolve({ text: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString(), isAll });
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BODY_BYTES) end(false);
    };
    payload.on('data', take);
    payload.once('end', () => {
      end(length <= MAX_BODY_BYTES);
    });
    payload.once('error', reject);
  });
}

function tooLong(): HttpProblem {
  const message = `a command has at most ${MAX_BODY_BYTES} bytes, this one has more; nothing was done`;
  return new HttpProblem('bad_request', message, { status: 413 });
}

/** Whoever has no login may stop, and is told no more of anything else than that a login is needed. */
function admitStops(app: Server, { meters }: Parts): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const read = readCommand(request.body);
    if (!request.stranger || ('value' in read && read.value.command === 'stop')) {
      done();
      return;
    }
    meters.turnedAway('login');
    done(loginNeeded());
  });
}

function answerCommands(app: Server, parts: Parts): void {
  app.post(
    '/api/v1/stations/:id/commands',
    {
      config: { stopsForAll: true },
      schema: {
        summary: 'A command: the objects of ebb/STATION/set',
        description:
          'Answered once the controller has taken or refused it. A stop is taken in any form that can be meant as one, and without a login.',
        params: idParams,
        body: anyCommandSchema,
        response: { 202: acceptedSchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const command = request.body;
      const { controller } = parts.served();
      if (!placesOf(controller).includes(id)) throw noStation(parts, id, request);
      refuseForm(command, request.bodyType);
      const error = await controller.command(id, command, sourceOf(askedOf(request)));
      const { transaction } = command;
      if (error !== null) throw refusal(error, command, request);
      const taken = { accepted: true as const, ...(transaction === undefined ? {} : { transaction }) };
      if (request.stranger) return reply.code(202).send(taken);
      const state = placeState(controller, id);
      if (state === null) throw unknownStation(parts, id);
      return reply.code(202).send({ ...taken, state });
    },
  );
}

function noStation(parts: Parts, id: string, { stranger }: FastifyRequest): HttpProblem {
  if (!stranger) return unknownStation(parts, id);
  return new HttpProblem('unknown_station', `there is no station "${id}"; nothing was stopped`);
}

function refusal({ code, message }: CommandError, command: AnyCommand, request: FastifyRequest): HttpProblem {
  const { transaction } = command;
  // What went wrong inside is for those who may look.
  const told = request.stranger
    ? 'the stop met an error inside; close the water by hand if it still runs'
    : message;
  return new HttpProblem(code, told, { transaction });
}

function readCommand(body: unknown): { value: AnyCommand } | { error: Error } {
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
function refuseForm(command: AnyCommand, contentType: string | undefined): void {
  if (command.command === 'stop' || /^application\/json\s*(;|$)/i.test(contentType ?? '')) return;
  const message = 'a command is sent as content-type: application/json; nothing was done';
  throw new HttpProblem('bad_command', message, { status: 415, transaction: command.transaction });
}

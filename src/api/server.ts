import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify from 'fastify';
import type { FastifyRequest } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Socket } from 'node:net';
import { setCommandSchema } from '../model/command.ts';
import { messageOf } from '../model/errors.ts';
import { SECOND_MS } from '../model/units.ts';
import { askedOf, isOwnHost, isOwnOrigin } from './guard.ts';
import { boundConnections } from './connections.ts';
import { COOKIE } from './door.ts';
import type { Parts, Server } from './parts.ts';
import { HttpProblem, PROBLEM_TYPE, internalProblem, loginNeeded, notFound, problemOf } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no login. */
    readonly open?: boolean;
    /** Says live what happens, so it is kept from foreign pages as what changes something is. */
    readonly live?: boolean;
    /** Taken from anybody where it is a stop; the route itself refuses the rest. */
    readonly stopsForAll?: boolean;
  }
  interface FastifyRequest {
    /** Has no login where one is needed: may stop, and is told nothing. */
    stranger: boolean;
  }
}

/** Of a command too; only a stop may be longer. */
export const MAX_BODY_BYTES = 16_384;
const MAX_HEADER_BYTES = 16_384;
const MAX_URL_BYTES = 2_048;
const RECEIVE_MS = 10 * SECOND_MS;
const HEADERS_MS = 5 * SECOND_MS;
/** Node looks for connections that take too long no more often than this. */
const CHECK_MS = SECOND_MS;
const KEEP_ALIVE_MS = 5 * SECOND_MS;
/** From one address. A page asks a handful of times a minute. */
const RATE = { max: 600, timeWindow: 10 * SECOND_MS };

/** The server without its routes: limits, headers, who may come in, and how every error is answered. */
export async function createServer(parts: Parts, hosts: ReadonlySet<string>): Promise<Server> {
  const app: Server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: RECEIVE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 100 },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_MS,
      requireHostHeader: true,
    },
    clientErrorHandler: (_error, socket) => {
      parts.meters.turnedAway('malformed');
      refuseMalformed(socket);
    },
    frameworkErrors: (_error, _request, reply) => {
      const { problem } = new HttpProblem('bad_request', 'the address is not one that can be read');
      reply.hijack();
      reply.raw.writeHead(problem.status, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(problem));
    },
  }).withTypeProvider<ZodTypeProvider>();
  boundConnections(app.server, () => {
    parts.meters.turnedAway('connections');
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, parts);
  await app.register(helmet, HEADERS);
  await app.register(cookie);
  guard(app, parts, hosts);
  await app.register(rateLimit, {
    ...RATE,
    cache: 1_000,
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': true,
    },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    // After the body: a stop is not counted, however often it is sent.
    hook: 'preHandler',
    allowList: (request) => isStop(request),
    onExceeded: () => {
      parts.meters.turnedAway('rate');
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ebb',
        version: parts.home.version,
        description: 'Contrast foot baths: stations, commands, live events. Not a medical device.',
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  return app;
}

const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'"],
      'connect-src': ["'self'"],
      'manifest-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // There is no TLS to insist on.
  strictTransportSecurity: false,
} as const;

function guard(app: Server, parts: Parts, hosts: ReadonlySet<string>): void {
  app.decorateRequest('stranger', false);
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (request.url.length > MAX_URL_BYTES) {
      throw new HttpProblem('bad_request', `an address has at most ${MAX_URL_BYTES} characters`, {
        status: 414,
      });
    }
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
    const asked = askedOf(request);
    if (!isOwnHost(asked, hosts)) {
      parts.meters.turnedAway('host');
      const message = `this controller is not ${shown(request.headers.host)}; if it is, list that name in http.hosts of the config`;
      throw new HttpProblem('foreign_host', message);
    }
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if ((changes || config.live === true) && !isOwnOrigin(asked)) {
      parts.meters.turnedAway('origin');
      throw new HttpProblem('foreign_origin', 'a page of another site may neither command nor listen here');
    }
    const door = parts.door();
    if (door === null || config.open === true) return;
    if (await door.admits(request.cookies[COOKIE])) return;
    if (config.stopsForAll === true) {
      request.stranger = true;
      return;
    }
    parts.meters.turnedAway('login');
    throw loginNeeded();
  });
}

function shown(host: string | undefined): string {
  return host === undefined ? 'named' : `"${host.slice(0, 100)}"`;
}

function isStop({ body }: FastifyRequest): boolean {
  return setCommandSchema.safeParse(body).data?.command === 'stop';
}

function answerErrors(app: Server, { home, meters }: Parts): void {
  app.setErrorHandler((error, request, reply) => {
    const known = problemOf(error);
    if (known === null) {
      home.log.error(
        { method: request.method, url: request.url.slice(0, 200), error: messageOf(error) },
        'a request failed',
      );
    }
    const { problem, retryAfterS } = known ?? internalProblem();
    if (retryAfterS !== null) void reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterS))));
    return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  });
  app.setNotFoundHandler(() => {
    throw notFound();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    meters.answered(reply.statusCode);
    done();
  });
}

/** Bytes that are no HTTP: there is no request to answer, only a socket. */
function refuseMalformed(socket: Socket): void {
  if (!socket.writable) return;
  const { problem } = new HttpProblem('bad_request', 'this is not a request that can be read');
  const body = JSON.stringify(problem);
  const head = [
    'HTTP/1.1 400 Bad Request',
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Clock } from '../clock/clock.ts';
import type { Door } from './door.ts';
import type { Meters } from './metrics.ts';
import type { Home, Served } from './served.ts';
import type { Streams } from './streams.ts';

/** What a route works with. */
export interface Parts {
  readonly home: Home;
  /** Real time: sockets and logins have nothing to do with the water's. */
  readonly clock: Clock;
  /** @throws HttpProblem not_ready, while the controller is not up yet */
  served(): Served;
  servedOrNull(): Served | null;
  /** null: bound to this computer alone, and open to it. */
  door(): Door | null;
  readonly streams: Streams;
  readonly meters: Meters;
}

export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

import { isIP } from 'node:net';
import type { AddressInfo } from 'node:net';
import { openPasswords } from '../auth/passwords.ts';
import { SystemClock } from '../clock/system.ts';
import { ConfigError, LinkError, messageOf } from '../model/errors.ts';
import { Door } from './door.ts';
import { isLoopback } from './guard.ts';
import { Meters } from './metrics.ts';
import type { Parts, Server } from './parts.ts';
import type { Home, Served } from './served.ts';
import { HttpProblem } from './problem.ts';
import { commandRoute } from './routes/commands.ts';
import { eventRoute } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { loginRoutes } from './routes/login.ts';
import { pageRoutes } from './routes/page.ts';
import { presenceRoute } from './routes/presence.ts';
import { protocolRoutes, recordRoutes } from './routes/records.ts';
import { reminderRoutes } from './routes/reminders.ts';
import { stationRoutes } from './routes/stations.ts';
import { createServer } from './server.ts';
import { Streams } from './streams.ts';

export interface HttpOptions extends Home {
  /** An address of this computer or a name of one. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Further names this controller goes by. */
  readonly hosts: readonly string[];
  readonly passwordsFile: string;
  /** The folder of the page. */
  readonly web: string;
}

export interface RunningHttp {
  readonly url: string;
  /** The controller is up: from here on there is something to serve. */
  serve(served: Served): void;
  close(): Promise<void>;
}

/**
 * The page and its API. Listens before there is a controller, so that a port that is taken opens nothing; until
 * `serve` every request is told to come back.
 * @throws LinkError port_in_use; ConfigError where the address is none of this computer, or reaches beyond it without
 * a password
 */
export async function openHttp(options: HttpOptions): Promise<RunningHttp> {
  const clock = new SystemClock();
  const streams = new Streams(clock, options.log);
  const meters = new Meters();
  // What is undefined yet: until it is known who may come in, nobody may.
  const late: { served: Served | null; door: Door | null | undefined; bound: boolean } = {
    served: null,
    door: undefined,
    bound: false,
  };
  const parts: Parts = {
    home: options,
    clock,
    streams,
    meters,
    served: () => {
      if (late.served === null || !late.bound) throw starting();
      return late.served;
    },
    servedOrNull: () => late.served,
    door: () => {
      if (late.door === undefined) throw starting();
      return late.door;
    },
  };
  const app = await createServer(parts, namesOf(options));
  const close = async (): Promise<void> => {
    streams.close();
    meters.close();
    await app.close();
  };
  try {
    await routes(app, parts, options.web);
    await listen(app, options);
    late.door = await doorFor(app, options, clock);
    late.bound = true;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: urlOf(app, options.host),
    serve: (served) => {
      streams.serve(served);
      meters.serve(served, streams);
      late.served = served;
    },
    close,
  };
}

/** Addresses are ours where a request arrives at them; names only the config can know. */
function namesOf({ host, hosts }: HttpOptions): ReadonlySet<string> {
  const own = isIP(host) === 0 && host !== 'localhost' ? [host] : [];
  return new Set([...own, ...hosts].map((name) => name.toLowerCase()));
}

async function routes(app: Server, parts: Parts, web: string): Promise<void> {
  stationRoutes(app, parts);
  commandRoute(app, parts);
  eventRoute(app, parts);
  presenceRoute(app, parts);
  recordRoutes(app, parts);
  reminderRoutes(app, parts);
  protocolRoutes(app, parts);
  loginRoutes(app, parts);
  healthRoutes(app, parts);
  await pageRoutes(app, parts, web);
  await app.ready();
}

function starting(): HttpProblem {
  return new HttpProblem('not_ready', 'the controller is starting; try again in a second', {
    status: 503,
    retryAfterS: 1,
  });
}

async function listen(app: Server, { host, port }: HttpOptions): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const where = { host, port };
    if (code === 'EADDRINUSE') {
      const message = `something listens on ${host}:${port} already, so the page cannot (http.port); nothing was opened`;
      const remedy = 'end what is there, or choose another http.port';
      throw new LinkError('port_in_use', message, { ...where, remedy }, error);
    }
    const message = `the page cannot listen on ${host}:${port} (http.host, http.port): ${messageOf(error)}; nothing was opened`;
    throw new ConfigError('config_invalid', message, where, error);
  }
}

/** Decided by the addresses that are listened on, not by the name in the config. */
async function doorFor(app: Server, options: HttpOptions, clock: SystemClock): Promise<Door | null> {
  const beyond = addressesOf(app).find(({ address }) => !isLoopback(address));
  if (beyond === undefined) return null;
  const passwords = await openPasswords(options.passwordsFile);
  if (!passwords.has('http')) {
    const message = `http.host ${options.host} is reached from other computers, and that needs a password; nothing was opened`;
    throw new ConfigError('password_missing', message, {
      host: options.host,
      remedy: 'set one with "ebb passwd", or leave http.host at 127.0.0.1',
    });
  }
  return new Door(passwords, options.passwordsFile, clock, options.log);
}

function addressesOf(app: Server): AddressInfo[] {
  return app.addresses().filter((one) => typeof one !== 'string');
}

function urlOf(app: Server, host: string): string {
  const port = addressesOf(app)[0]?.port ?? 0;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}

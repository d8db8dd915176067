import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { stationsSchema, streamSchemas } from '../../src/api/schemas.ts';
import type { StationView } from '../../src/api/schemas.ts';
import { COMMAND_WORDS } from '../../src/model/command.ts';
import type { StateObject } from '../../src/model/state.ts';

const WEB = join(import.meta.dirname, '..', '..', 'web');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** The controller's clock stands at this moment. */
export const NOW = '2026-03-01T19:30:00.000Z';
export const later = (s: number): string => new Date(Date.parse(NOW) + s * 1_000).toISOString();

export const IDLE: StateObject = {
  state: 'idle',
  phase: 'idle',
  operation: null,
  ready_until: null,
  exposed: false,
  session: null,
  protocol: null,
  person: null,
  step: null,
  water_c: 21.4,
  valves: { hot: 'closed', cold: 'closed' },
  fault: null,
  locked: null,
  prompt: null,
  next: null,
  message: null,
  simulated: false,
};

export const STATION: StationView = {
  id: 'foot-bath',
  name: 'Foot bath',
  kind: 'bath',
  vessel: 'stream',
  plumbing: 'two-valves',
  may: [...COMMAND_WORDS],
  protocols: [
    { id: 'contrast-foot-bath', title: 'Contrast foot bath' },
    { id: 'warm-soak', title: 'Warm soak' },
  ],
  reminders: [],
  band: null,
  block_list: null,
  temperature_unit: 'celsius',
  state: IDLE,
};

/**
 * A controller as the page sees one through its port, for what a real one shows seldom: each test says what its
 * stations are. Everything it sends fits the schemas of the API.
 */
export async function pretend(stations: readonly StationView[], { loggedIn = true, speed = 1 } = {}) {
  let now = stations;
  let isLoggedIn = loggedIn;
  /** What is sent back to a stop; null: nothing at all. */
  let stopStatus: number | null = 202;
  let failing = 0;
  const streams = new Set<ServerResponse>();
  const commands: string[] = [];

  const tell = (event: keyof typeof streamSchemas, data: unknown): void => {
    const line = `event: ${event}\ndata: ${JSON.stringify(streamSchemas[event].parse(data))}\n\n`;
    for (const stream of streams) stream.write(line);
  };
  const tick = (): void => {
    tell('tick', { at: NOW, speed });
  };
  const ticking = setInterval(tick, 1_000);

  const answer = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    });
    response.end(JSON.stringify(body));
  };
  const command = async (id: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    commands.push(text);
    const station = now.find((one) => one.id === id);
    if (stopStatus === null) return;
    if (stopStatus === 202) answer(response, 202, { accepted: true, state: station?.state });
    else answer(response, stopStatus, { code: 'busy', message: 'a session is running already' });
  };
  const routes = (path: string, request: IncomingMessage, response: ServerResponse): void => {
    const simulated = now.some(({ state }) => state.simulated);
    if (path === '/me') answer(response, 200, { source: 'page', login_needed: !isLoggedIn });
    else if (path === '/login') {
      isLoggedIn = true;
      response.writeHead(204).end();
    } else if (!isLoggedIn)
      answer(response, 401, { code: 'login_needed', message: 'the password is needed first' });
    else if (path === '/stations' && failing > 0) {
      failing -= 1;
      answer(response, 503, { code: 'not_ready', message: 'the controller is starting' });
    } else if (path === '/stations') {
      answer(
        response,
        200,
        stationsSchema.parse({ site: 'home', version: '0.1.0', simulated, stations: now }),
      );
    } else if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      tick();
    } else {
      const id = /^\/stations\/([^/]+)\/commands$/.exec(path)?.[1];
      if (id === undefined) answer(response, 404, { code: 'not_found', message: 'nothing here' });
      else void command(id, request, response);
    }
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    response.setHeader('content-security-policy', CSP);
    if (path.startsWith('/api/v1')) {
      routes(path.slice('/api/v1'.length), request, response);
      return;
    }
    const name = path === '/' ? 'index.html' : path.slice(1);
    try {
      const body = readFileSync(join(WEB, name));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    commands,
    /** Tells a new state of the first station. */
    show: (station: StationView): void => {
      now = [station, ...now.slice(1)];
      const { id, band, state } = station;
      tell('state', { station: id, at: NOW, band, state });
    },
    /** Says nothing any more, but stays connected. */
    freeze: (): void => {
      clearInterval(ticking);
    },
    /** Does not say for some times which stations there are. */
    failStations: (times: number): void => {
      failing = times;
    },
    answerCommands: (status: number | null): void => {
      stopStatus = status;
    },
    close: async (): Promise<void> => {
      clearInterval(ticking);
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

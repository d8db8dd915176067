import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SystemClock } from '../clock/system.ts';
import { anyCommandSchema, type AnyCommand, type CommandError } from '../model/command.ts';
import type { PlaceState } from '../model/desk.ts';
import { ConfigError, RefusedError, messageOf } from '../model/errors.ts';
import { idSchema, type StationId } from '../model/ids.ts';
import type { DeviceReport } from '../model/inventory.ts';
import { MAX_REQUEST_BYTES, readLines } from './lines.ts';

/**
 * The control socket of a running controller: JSON lines over a Unix domain socket (a named pipe on Windows), for the
 * commands of this computer. It needs no broker, so that `ebb stop` works when the broker is dead. Who may open the
 * socket is who may read the user's files: its folder is 0700 and it is 0600.
 *
 * In: `{id, type: "command", station, command}`, `{id, type: "state"}`, `{id, type: "devices"}`, `{id, type: "watch"}`. Out: one answer each,
 * `{id, ok: true, at_ms, …}` or `{id, ok: false, message}`; after `watch` also `{type: "news", station, at_ms, news}`.
 */
export interface ControlOptions {
  readonly path: string;
  /** The controller's time: a simulation's own where there is one. */
  time(): ControlTime;
  onCommand(station: StationId, command: AnyCommand): Promise<CommandError | null>;
  states(): Readonly<Record<StationId, PlaceState>>;
  devices(): readonly DeviceReport[];
  /** All news of all stations. Returns how to stop listening. */
  subscribe(listener: (news: ControlNews) => void): () => void;
}

export interface ControlTime {
  /** Monotonic. */
  readonly nowMs: number;
  readonly wallMs: number;
  readonly speed: number;
}

/** One thing a station tells. `news` is plain JSON; who reads it checks it. */
export interface ControlNews {
  readonly station: StationId;
  /** The controller's monotonic time. */
  readonly at_ms: number;
  readonly news: unknown;
}

export interface RunningControl {
  readonly path: string;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 32;
/** A client that does not read its news is cut off; it must not fill the controller's memory. */
const MAX_UNREAD_BYTES = 1_048_576;
/** How long another controller has to answer before its socket counts as left behind. */
const PROBE_MS = 1_000;
/** Linux takes 107 bytes, macOS 103. */
const MAX_PATH_BYTES = 103;

const id = z.int().min(0);
const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('command'), station: idSchema, command: anyCommandSchema }),
  z.strictObject({ id, type: z.literal('state') }),
  z.strictObject({ id, type: z.literal('devices') }),
  z.strictObject({ id, type: z.literal('watch') }),
]);
type Request = z.infer<typeof requestSchema>;

/** Where the controller of a journal listens: short enough for a socket, and the user's own. */
export function controlPath(journalPath: string): string {
  const name = createHash('sha256').update(journalPath).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\ebb-${userInfo().username}-${name}`;
  const path = join(tmpdir(), `ebb-${userInfo().uid}`, `${name}.sock`);
  return Buffer.byteLength(path) <= MAX_PATH_BYTES
    ? path
    : join('/tmp', `ebb-${userInfo().uid}`, `${name}.sock`);
}

/**
 * Listens. A socket that a dead process left behind is replaced.
 * @throws RefusedError controller_running where somebody answers on it; ConfigError where its folder is not ours.
 */
export async function startControl(options: ControlOptions): Promise<RunningControl> {
  const { path } = options;
  const file = process.platform !== 'win32';
  if (file) ownFolder(dirname(path));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await listen(server, path);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw failed(path, error);
    if (await answers(path)) {
      throw new RefusedError('controller_running', `a controller answers at ${path} already`, { path });
    }
    rmSync(path, { force: true });
    await listen(server, path);
  }
  if (file) chmodSync(path, 0o600);
  return {
    path,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        // Node removes the socket file.
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Makes the folder, or makes sure that nobody else made it: in a shared place its name is easy to guess. */
function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (stat.isDirectory() && stat.uid === userInfo().uid && (stat.mode & 0o077) === 0) return;
  throw new ConfigError(
    'config_unreadable',
    `${folder} is not a folder of yours alone, so the control socket cannot be there; remove it, or set TMPDIR`,
    { folder },
  );
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Whether somebody listens there. */
export function answers(path: string): Promise<boolean> {
  const clock = new SystemClock();
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const done = (answered: boolean): void => {
      timer.cancel();
      socket.destroy();
      resolve(answered);
    };
    const timer = clock.at(clock.nowMs() + PROBE_MS, 'control probe', () => {
      done(false);
    });
    socket.once('connect', () => {
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}

function serve(socket: Socket, options: ControlOptions): void {
  const tell = (line: object): void => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(line)}\n`);
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  };
  let unsubscribe: (() => void) | null = null;
  const watch = (): void => {
    unsubscribe ??= options.subscribe((news) => {
      tell({ type: 'news', ...news });
    });
  };
  socket.on('error', () => undefined);
  socket.once('close', () => {
    unsubscribe?.();
  });
  readLines(
    socket,
    MAX_REQUEST_BYTES,
    (line) => {
      void handle(line, options, watch).then(tell);
    },
    () => {
      tell({ id: null, ok: false, message: `a request has at most ${MAX_REQUEST_BYTES} bytes` });
      socket.end();
    },
  );
}

/** Never rejects: whatever goes wrong is the answer. */
async function handle(line: string, options: ControlOptions, watch: () => void): Promise<object> {
  const parsed = requestSchema.safeParse(json(line));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where =
      issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    return { id: idOf(line), ok: false, message: `not a request: ${where}${issue?.message ?? ''}` };
  }
  const request: Request = parsed.data;
  const { nowMs: at_ms, wallMs: wall_ms, speed } = options.time();
  try {
    switch (request.type) {
      case 'command':
        return {
          id: request.id,
          ok: true,
          at_ms,
          error: await options.onCommand(request.station, request.command),
        };
      case 'state':
        return { id: request.id, ok: true, at_ms, wall_ms, speed, states: options.states() };
      case 'devices':
        return { id: request.id, ok: true, at_ms, devices: options.devices() };
      case 'watch':
        watch();
        return { id: request.id, ok: true, at_ms };
    }
  } catch (error) {
    return { id: request.id, ok: false, message: messageOf(error) };
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function idOf(line: string): number | null {
  return z.object({ id }).safeParse(json(line)).data?.id ?? null;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function failed(path: string, error: unknown): ConfigError {
  const message = `the control socket ${path} could not be made: ${messageOf(error)}`;
  return new ConfigError('config_unreadable', message, { path }, error);
}

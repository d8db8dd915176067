import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';
import { SystemClock } from '../clock/system.ts';
import type { Clock } from '../clock/clock.ts';
import type { CommandError, AnyCommand } from '../model/command.ts';
import { LinkError } from '../model/errors.ts';
import { idSchema, type StationId } from '../model/ids.ts';
import { deviceReportSchema, type DeviceReport } from '../model/inventory.ts';
import { placeStateSchema, type PlaceState } from '../model/desk.ts';
import type { ControlNews, ControlTime } from './control.ts';
import { MAX_ANSWER_BYTES, readLines } from './lines.ts';

/** A running controller, reached through its control socket. */
export interface ControlClient {
  /** `error` is null where the command was accepted; `atMs` is the controller's monotonic time when it got it. */
  command(
    station: StationId,
    command: AnyCommand,
  ): Promise<{ readonly error: CommandError | null; readonly atMs: number }>;
  states(): Promise<Readonly<Record<StationId, PlaceState>>>;
  devices(): Promise<readonly DeviceReport[]>;
  /** The controller's time now, by what it said last. */
  time(): ControlTime;
  /** All news of all stations, from now on. */
  watch(listener: (news: ControlNews) => void): Promise<void>;
  /** Called once if the controller goes away. */
  onLost(listener: (error: LinkError) => void): void;
  close(): void;
}

/** A controller that is alive answers at once: its loop is never blocked for longer. */
const ANSWER_MS = 3_000;

const errorSchema = z.object({
  command: z.string(),
  code: z.string(),
  message: z.string(),
  transaction: z.string().optional(),
});
const answerSchema = z.object({
  id: z.int().nullable(),
  ok: z.boolean(),
  at_ms: z.number().default(0),
  wall_ms: z.number().nullable().default(null),
  speed: z.number().positive().default(1),
  message: z.string().default(''),
  error: errorSchema.nullable().default(null),
  states: z.record(idSchema, placeStateSchema).default({}),
  devices: z.array(deviceReportSchema).default([]),
});
type Answer = z.infer<typeof answerSchema>;
const newsSchema = z.object({
  type: z.literal('news'),
  station: idSchema,
  at_ms: z.number(),
  news: z.unknown(),
});

/** @throws LinkError controller_unreachable */
export function connectControl(path: string): Promise<ControlClient> {
  const clock = new SystemClock();
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const give = (): void => {
      socket.destroy();
      reject(lost('no controller answers', path));
    };
    const timer = clock.at(clock.nowMs() + ANSWER_MS, 'control connect', give);
    socket.once('error', () => {
      timer.cancel();
      give();
    });
    socket.once('connect', () => {
      timer.cancel();
      socket.removeAllListeners('error');
      resolve(new Client(socket, path, clock));
    });
  });
}

class Client implements ControlClient {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (answer: Answer) => void; readonly reject: (error: LinkError) => void }
  >();
  readonly #watchers: ((news: ControlNews) => void)[] = [];
  readonly #onLost: ((error: LinkError) => void)[] = [];
  #time: ControlTime;
  #timeTakenMs: number;
  #id = 0;
  #over = false;

  constructor(socket: Socket, path: string, clock: Clock) {
    this.#socket = socket;
    this.#path = path;
    this.#clock = clock;
    this.#time = { nowMs: clock.nowMs(), wallMs: clock.wallMs(), speed: 1 };
    this.#timeTakenMs = clock.nowMs();
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#gone('the controller went away');
    });
    readLines(
      socket,
      MAX_ANSWER_BYTES,
      (line) => {
        this.#line(line);
      },
      () => {
        socket.destroy();
      },
    );
  }

  async command(
    station: StationId,
    command: AnyCommand,
  ): Promise<{ readonly error: CommandError | null; readonly atMs: number }> {
    const { error, at_ms } = await this.#ask({ type: 'command', station, command });
    if (error === null) return { error, atMs: at_ms };
    const { transaction, ...plain } = error;
    return { error: transaction === undefined ? plain : { ...plain, transaction }, atMs: at_ms };
  }

  async states(): Promise<Readonly<Record<StationId, PlaceState>>> {
    const { states, at_ms, wall_ms, speed } = await this.#ask({ type: 'state' });
    this.#time = { nowMs: at_ms, wallMs: wall_ms ?? this.#clock.wallMs(), speed };
    this.#timeTakenMs = this.#clock.nowMs();
    return states;
  }

  async devices(): Promise<readonly DeviceReport[]> {
    return (await this.#ask({ type: 'devices' })).devices;
  }

  time(): ControlTime {
    const { nowMs, wallMs, speed } = this.#time;
    const sinceMs = (this.#clock.nowMs() - this.#timeTakenMs) * speed;
    return { nowMs: nowMs + sinceMs, wallMs: wallMs + sinceMs, speed };
  }

  async watch(listener: (news: ControlNews) => void): Promise<void> {
    this.#watchers.push(listener);
    await this.#ask({ type: 'watch' });
  }

  onLost(listener: (error: LinkError) => void): void {
    this.#onLost.push(listener);
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #ask(request: object): Promise<Answer> {
    if (this.#over) return Promise.reject(lost('the controller went away', this.#path));
    const id = (this.#id += 1);
    return new Promise((resolve, reject) => {
      const timer = this.#clock.at(this.#clock.nowMs() + ANSWER_MS, 'control answer', () => {
        this.#waiting.delete(id);
        reject(lost('the controller did not answer in time', this.#path));
      });
      this.#waiting.set(id, {
        resolve: (answer) => {
          timer.cancel();
          if (answer.ok) resolve(answer);
          else reject(lost(`the controller did not understand: ${answer.message}`, this.#path));
        },
        reject: (error) => {
          timer.cancel();
          reject(error);
        },
      });
      this.#socket.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  #line(line: string): void {
    const value = json(line);
    const news = newsSchema.safeParse(value);
    if (news.success) {
      const { station, at_ms, news: inner } = news.data;
      for (const watcher of this.#watchers) watcher({ station, at_ms, news: inner });
      return;
    }
    const answer = answerSchema.safeParse(value);
    if (!answer.success) {
      this.#gone('the controller speaks another version of Ebb');
      this.#socket.destroy();
      return;
    }
    const { id } = answer.data;
    if (id === null) return;
    this.#waiting.get(id)?.resolve(answer.data);
    this.#waiting.delete(id);
  }

  #gone(why: string): void {
    const error = lost(why, this.#path);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (this.#over) return;
    this.#over = true;
    for (const listener of this.#onLost) listener(error);
  }
}

function lost(what: string, path: string): LinkError {
  return new LinkError('controller_unreachable', `${what} (${path})`, { path });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

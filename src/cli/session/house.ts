import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Home } from '../../main.ts';
import type { BusMessage } from '../../model/bus.ts';
import { placeStateSchema } from '../../model/desk.ts';
import type { PlaceState } from '../../model/desk.ts';
import type { CommandError, AnyCommand } from '../../model/command.ts';
import { LinkError, messageOf } from '../../model/errors.ts';
import type { StationId } from '../../model/ids.ts';
import { SystemClock } from '../../clock/system.ts';
import { connectControl } from '../../transports/control-client.ts';
import type { ControlClient } from '../../transports/control-client.ts';
import { STARTING } from './controller.ts';
import { joinBroker } from './broker.ts';
import { runningController } from './controller-file.ts';
import { parseNews } from './news.ts';
import { realPace } from './pace.ts';

/** The running controller of a config, wherever it is: through its control socket, else through the config's broker. */
export interface House {
  /** What each station told last. */
  readonly states: ReadonlyMap<StationId, PlaceState>;
  /** null: accepted. */
  command(station: StationId, command: AnyCommand): Promise<CommandError | null>;
  onState(listener: (station: StationId, state: PlaceState) => void): void;
  /** Waits for something that a state will show; false if it does not within `limitMs`. */
  until(done: () => boolean, limitMs: number): Promise<boolean>;
  onLost(listener: (error: LinkError) => void): void;
  close(): Promise<void>;
}

/** A controller answers a command at once; over a broker only a change or an error says that it did. */
const ANSWER_MS = 3_000;
/** Longest wait for a controller that is starting. */
const STARTING_MS = 15_000;
/** Retained messages follow a subscription at once. */
const RETAINED_MS = 1_500;

/** @throws LinkError controller_unreachable, broker_unreachable */
export async function openHouse(home: Home): Promise<House> {
  const found = await runningController(home.config.journalPath);
  return found === null ? overBroker(home) : overSocket(found.socket);
}

async function overSocket(path: string): Promise<House> {
  const board = new Board();
  const client = await connectOnceUp(path, board);
  return {
    states: board.states,
    command: async (station, command) => (await client.command(station, command)).error,
    onState: (listener) => {
      board.listeners.push(listener);
    },
    until: (done, limitMs) => board.pace.until(done, limitMs),
    onLost: (listener) => {
      client.onLost(listener);
    },
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** A controller that has just been started has its socket before its broker: it is waited for, within bounds. */
async function connectOnceUp(path: string, board: Board): Promise<ControlClient> {
  const clock = new SystemClock();
  const endMs = clock.nowMs() + STARTING_MS;
  for (;;) {
    const client = await connectControl(path);
    try {
      await client.watch(({ station, news }) => {
        const known = parseNews(news);
        if (known?.type === 'state' || known?.type === 'desk') board.put(station, known.state);
      });
      for (const [station, state] of Object.entries(await client.states())) board.put(station, state);
      return client;
    } catch (error) {
      client.close();
      if (!messageOf(error).includes(STARTING) || clock.nowMs() >= endMs) throw error;
      await new Promise<void>((resolve) => clock.at(clock.nowMs() + 200, 'controller starting', resolve));
    }
  }
}

const errorSchema = z.object({
  command: z.string(),
  code: z.string(),
  message: z.string(),
  transaction: z.string().optional(),
});

async function overBroker(home: Home): Promise<House> {
  const bus = await joinBroker(home);
  const board = new Board();
  const status: { value: string | null } = { value: null };
  const errors = new Map<string, CommandError>();
  /** Counts what came after the retained messages: the controller is alive. */
  let fresh = 0;
  bus.onMessage((message) => {
    if (message.topic === 'ebb/status') status.value = message.payload;
    if (!message.retained) fresh += 1;
    const { station, state, error } = parse(message);
    if (error?.transaction !== undefined) {
      const { transaction, ...plain } = error;
      errors.set(transaction, plain);
    }
    if (station !== null && state !== null) board.put(station, state);
    board.pace.nudge();
  });
  const ids = [...home.config.stations, ...home.config.desks].map(({ id }) => id);
  bus.subscribe(['ebb/status', ...ids.flatMap((id) => [`ebb/${id}/state`, `ebb/${id}/error`])]);
  const all = (): boolean => status.value !== null && ids.every((id) => board.states.has(id));
  await board.pace.until(all, RETAINED_MS);
  if (status.value !== 'online') {
    await bus.close();
    const told = status.value === null ? 'nothing' : `"${status.value}"`;
    const message = `no controller is online at ${home.config.mqtt.url ?? ''}: ebb/status says ${told}`;
    throw new LinkError('controller_unreachable', message, { remedy: 'start one with "ebb serve"' });
  }
  return {
    states: board.states,
    command: async (station, command) => {
      const transaction = randomUUID();
      const before = fresh;
      bus.publish({
        topic: `ebb/${station}/set`,
        payload: JSON.stringify({ ...command, transaction }),
        qos: 1,
      });
      await board.pace.until(() => errors.has(transaction) || fresh > before, ANSWER_MS);
      // A change may have come of something else while the refusal is on its way.
      await board.pace.until(() => errors.has(transaction), SETTLE_MS);
      return errors.get(transaction) ?? null;
    },
    onState: (listener) => {
      board.listeners.push(listener);
    },
    until: (done, limitMs) => board.pace.until(done, limitMs),
    onLost: (listener) => {
      bus.onLink((up) => {
        if (!up) listener(new LinkError('broker_unreachable', 'the connection to the broker was lost'));
      });
    },
    close: () => bus.close(),
  };
}

const SETTLE_MS = 200;

/** The last state of each station, and who wants to know. */
class Board {
  readonly states = new Map<StationId, PlaceState>();
  readonly listeners: ((station: StationId, state: PlaceState) => void)[] = [];
  readonly pace = realPace();

  put(station: StationId, state: PlaceState): void {
    this.states.set(station, state);
    for (const listener of this.listeners) listener(station, state);
    this.pace.nudge();
  }
}

function parse({ topic, payload }: BusMessage): {
  station: StationId | null;
  state: PlaceState | null;
  error: z.infer<typeof errorSchema> | null;
} {
  const [, station = null, what] = topic.split('/');
  const value = json(payload);
  return {
    station,
    state: what === 'state' ? (placeStateSchema.safeParse(value).data ?? null) : null,
    error: what === 'error' ? (errorSchema.safeParse(value).data ?? null) : null,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

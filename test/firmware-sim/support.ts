import type { Clock } from '../../src/clock/clock.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Bus, BusMessage, BusOptions } from '../../src/model/bus.ts';
import type { PlugIn } from '../../src/model/port.ts';
import type { DeviceSettings, PlantSettings } from '../../src/model/station.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { z } from 'zod';

/** Nothing overridden: everything is drawn. */
export const ALL_DRAWN: PlantSettings = {
  hotC: null,
  coldC: null,
  guardC: null,
  flowLpm: null,
  deadTimeMs: null,
  lagMs: null,
};

export interface Logged {
  readonly atMs: number;
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly from: string;
}

function matches(filter: string, topic: string): boolean {
  const want = filter.split('/');
  const have = topic.split('/');
  for (const [place, level] of want.entries()) {
    if (level === '#') return true;
    if (have[place] === undefined || (level !== '+' && level !== have[place])) return false;
  }
  return want.length === have.length;
}

class Client implements Bus {
  readonly options: BusOptions;
  readonly filters: string[] = [];
  readonly #broker: FakeBroker;
  #message: (message: BusMessage) => void = () => undefined;
  #link: (up: boolean) => void = () => undefined;
  closed = false;

  constructor(broker: FakeBroker, options: BusOptions) {
    this.#broker = broker;
    this.options = options;
  }

  publish({ topic, payload, retain = false }: Parameters<Bus['publish']>[0]): void {
    if (!this.closed) this.#broker.take({ topic, payload, retain, from: this.options.clientId });
  }

  subscribe(filters: readonly string[]): void {
    this.filters.push(...filters);
    this.#broker.sendRetained(this, filters);
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#message = listener;
  }

  onTakenOver(): void {
    // Nobody else joins this broker.
  }

  onLink(listener: (up: boolean) => void): void {
    this.#link = listener;
    listener(!this.closed);
  }

  close(): Promise<void> {
    this.closed = true;
    this.#broker.forget(this);
    return Promise.resolve();
  }

  hear(message: BusMessage): void {
    if (!this.closed) this.#message(message);
  }

  link(up: boolean): void {
    this.#link(up);
  }
}

/** A broker in memory, on the virtual clock: retained messages, wills and wildcards, each delivery 1 ms later. */
export class FakeBroker {
  readonly log: Logged[] = [];
  readonly clients = new Set<Client>();
  readonly #retained = new Map<string, string>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly connect = (options: BusOptions): Bus => {
    const client = new Client(this, options);
    this.clients.add(client);
    return client;
  };

  take(message: Omit<Logged, 'atMs'>): void {
    this.log.push({ atMs: this.#clock.nowMs(), ...message });
    const { topic, payload, retain } = message;
    if (retain && payload === '') this.#retained.delete(topic);
    else if (retain) this.#retained.set(topic, payload);
    for (const client of this.clients) {
      if (client.filters.some((filter) => matches(filter, topic)))
        this.#deliver(client, { topic, payload, retained: false });
    }
  }

  /** As if another client said it. */
  say(topic: string, payload: string, retain = false): void {
    this.take({ topic, payload, retain, from: 'test' });
  }

  retained(topic: string): string | undefined {
    return this.#retained.get(topic);
  }

  sendRetained(client: Client, filters: readonly string[]): void {
    for (const [topic, payload] of this.#retained) {
      if (filters.some((filter) => matches(filter, topic)))
        this.#deliver(client, { topic, payload, retained: true });
    }
  }

  forget(client: Client): void {
    this.clients.delete(client);
  }

  /** The connection breaks under a client, and it knows. */
  drop(clientId: string): void {
    for (const client of this.clients) {
      if (client.options.clientId !== clientId) continue;
      const { will } = client.options;
      if (will !== undefined) this.take({ ...will, from: clientId });
      client.link(false);
    }
  }

  restore(clientId: string): void {
    for (const client of this.clients) if (client.options.clientId === clientId) client.link(true);
  }

  #deliver(client: Client, message: BusMessage): void {
    this.#clock.at(this.#clock.nowMs() + 1, 'fake broker', () => {
      client.hear(message);
    });
  }
}

export interface World {
  readonly clock: VirtualClock;
  readonly broker: FakeBroker;
  readonly plug: PlugIn;
  /** Steps the clock. */
  readonly wait: (ms: number) => void;
  /** What the boxes said since the last call, as `topic payload`. */
  readonly heard: () => readonly string[];
  readonly say: (topic: string, payload: string, retain?: boolean) => void;
}

export function createWorld(): World {
  const clock = new VirtualClock();
  const broker = new FakeBroker(clock);
  const ports = new MemoryPorts(clock);
  let read = 0;
  return {
    clock,
    broker,
    plug: (path) => ports.plug(path),
    wait: (ms) => {
      clock.runUntil(clock.nowMs() + ms);
    },
    heard: () => {
      const fresh = broker.log.slice(read).filter(({ from }) => from !== 'test');
      read = broker.log.length;
      return fresh.map(({ topic, payload }) => `${topic} ${payload}`);
    },
    say: (topic, payload, retain) => {
      broker.say(topic, payload, retain);
    },
  };
}

export function device(
  id: string,
  role: DeviceSettings['role'],
  driver: string,
  options: unknown,
): DeviceSettings {
  return { id, role, driver, options, travelMs: null };
}

/** A recorded exchange: what is said to a box, how long to wait, and what it must have said by then. */
export const recordingSchema = z.strictObject({
  source: z.string(),
  exchanges: z.array(
    z.strictObject({
      name: z.string(),
      say: z.array(z.tuple([z.string(), z.string()])),
      wait_ms: z.number(),
      hear: z.array(z.string()),
    }),
  ),
});

import type { Clock } from '../clock/clock.ts';
import type { Bus, BusOptions } from '../model/bus.ts';
import type { Random } from '../random/random.ts';
import { MemoryBus, type BrokerSide, type Published } from './memory-bus.ts';
import { TopicTree } from './topic-tree.ts';
import { topicMatches } from './topics.ts';

/** What a message looked like on the wire, as the broker saw it. */
export interface TappedMessage {
  /** When the broker had it, and when its client published it. Monotonic. */
  readonly atMs: number;
  readonly sentAtMs: number;
  readonly clientId: string;
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  /** Said by the broker in the name of a client that is gone. */
  readonly will: boolean;
}

export interface MemoryBrokerOptions {
  readonly clock: Clock;
  /** A stream of its own, so that the timing of the bus does not move with the rest of the world. */
  readonly random: Random;
  /** From one client to the other, both ways through the broker together. Default 1 to 8 ms. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
}

/** How a connection dies: by default both ends learn of it within one latency, as when a process is killed. */
export interface DropOptions {
  /** Until the broker gives up on the client and publishes its will. A lost network: 1.5 times the keepalive. */
  readonly brokerAfterMs?: number;
  /** Until the client learns of it; what it publishes until then is lost. */
  readonly clientAfterMs?: number;
}

/** More distinct topics than this, and the routes are worked out anew. */
const MAX_ROUTES = 10_000;

/**
 * A broker without a network: the bus of the virtual clock. Everything arrives through the clock, after a seeded
 * latency, in order per connection. It keeps the parts of MQTT that a controller can trip over: retained messages,
 * wildcards, wills, one connection a client id, and messages lost with the connection they were on.
 */
export class MemoryBroker {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #hopMs: { min: number; max: number };
  readonly #retained = new Map<string, string>();
  readonly #clients = new Map<string, MemoryBus>();
  /** Every bus ever made, by client id: the one that `restore` brings back. */
  readonly #known = new Map<string, MemoryBus>();
  /** Who asked for what, and who came when. */
  readonly #tree = new TopicTree<MemoryBus>();
  readonly #joined = new WeakMap<MemoryBus, number>();
  #joins = 0;
  readonly #routes = new Map<string, readonly MemoryBus[]>();
  /** Who waits for a broker that is down; null: it is up. */
  #waiting: Set<MemoryBus> | null = null;
  readonly #taps: ((message: TappedMessage) => void)[] = [];

  constructor(options: MemoryBrokerOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    const latencyMs = options.latencyMs ?? { min: 1, max: 8 };
    this.#hopMs = { min: latencyMs.min / 2, max: latencyMs.max / 2 };
  }

  /** Joins. The link comes up through the clock; a client of the same id is thrown out, as a real broker does. */
  connect(options: BusOptions): Bus {
    const bus = new MemoryBus(options, this.#clock, this.#core);
    this.#known.set(options.clientId, bus);
    this.#join(bus);
    return bus;
  }

  /** Observes every message that reaches the broker. A tap changes nothing. */
  tap(listener: (message: TappedMessage) => void): void {
    this.#taps.push(listener);
  }

  /**
   * For faults: the connection of a client dies, with everything under way on it, and stays dead until `restore`. By
   * its id, or this very connection where another one may have come under that id.
   */
  drop(client: string | Bus, options: DropOptions = {}): void {
    const clientId = typeof client === 'string' ? client : (this.#own(client)?.clientId ?? '');
    const bus = this.#clients.get(clientId);
    if (bus === undefined || (typeof client !== 'string' && bus !== client)) return;
    bus.cut(this.#clock.nowMs() + (options.clientAfterMs ?? this.#hop()));
    this.#routes.clear();
    const epoch = bus.epoch;
    this.#clock.at(
      this.#clock.nowMs() + (options.brokerAfterMs ?? this.#hop()),
      `bus gone ${clientId}`,
      () => {
        // The same client may be back by now: then this connection has been buried already.
        if (this.#clients.get(clientId) === bus && bus.epoch === epoch) this.#bury(bus);
      },
    );
  }

  /** For faults: a dropped client connects again, and subscribes as before. */
  restore(client: string | Bus): void {
    const bus = typeof client === 'string' ? this.#known.get(client) : this.#own(client);
    if (bus !== undefined && !bus.alive && !bus.closed) this.#join(bus);
  }

  /** For faults: it dies with every connection, and says no will. What is retained is on its disk. */
  stop(): void {
    if (this.#waiting !== null) return;
    const waiting = new Set<MemoryBus>();
    for (const bus of this.#clients.values()) {
      bus.cut(this.#clock.nowMs() + this.#hop());
      waiting.add(bus);
    }
    this.#waiting = waiting;
    this.#clients.clear();
    this.#routes.clear();
  }

  /** For faults: it is back, and its clients find it within so long, each in its own time, milliseconds. */
  start(withinMs: number): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    for (const bus of waiting) {
      const atMs = this.#clock.nowMs() + this.#random.between(0, withinMs);
      this.#clock.at(atMs, `bus finds the broker ${bus.clientId}`, () => {
        if (!bus.alive && !bus.closed) this.#join(bus);
      });
    }
  }

  /** The retained message of a topic, or null. */
  retained(topic: string): string | null {
    return this.#retained.get(topic) ?? null;
  }

  /** What a bus may ask of its broker. */
  readonly #core: BrokerSide = {
    hop: () => this.#hop(),
    receive: (bus, message, sentAtMs) => {
      this.#receive(bus.clientId, message, sentAtMs, false);
    },
    subscribed: (bus, filter) => {
      this.#tree.add(filter, bus);
      this.#routes.clear();
      for (const [topic, payload] of this.#retained) {
        if (topicMatches(filter, topic)) bus.deliver({ topic, payload, retained: true });
      }
    },
    left: (bus) => {
      for (const filter of bus.filters) this.#tree.delete(filter, bus);
      this.#routes.clear();
      if (this.#clients.get(bus.clientId) === bus) this.#clients.delete(bus.clientId);
    },
  };

  #hop(): number {
    return this.#random.between(this.#hopMs.min, this.#hopMs.max);
  }

  #own(bus: Bus): MemoryBus | undefined {
    return bus instanceof MemoryBus ? bus : undefined;
  }

  #join(bus: MemoryBus): void {
    if (this.#waiting !== null) {
      this.#waiting.add(bus);
      return;
    }
    const before = this.#clients.get(bus.clientId);
    if (before !== undefined) {
      if (before !== bus) {
        const noticedAtMs = this.#clock.nowMs() + this.#hop();
        before.cut(noticedAtMs);
        before.takenOver(noticedAtMs);
      }
      this.#bury(before);
    }
    this.#clients.set(bus.clientId, bus);
    this.#joins += 1;
    this.#joined.set(bus, this.#joins);
    this.#routes.clear();
    bus.join();
  }

  /** A connection that ended without a goodbye: the broker says its will. */
  #bury(bus: MemoryBus): void {
    this.#clients.delete(bus.clientId);
    if (bus.will !== undefined) {
      this.#receive(bus.clientId, { ...bus.will, qos: 1 }, this.#clock.nowMs(), true);
    }
  }

  #receive(clientId: string, message: Published, sentAtMs: number, will: boolean): void {
    const { topic, payload } = message;
    const retain = message.retain === true;
    if (retain && payload === '') this.#retained.delete(topic);
    else if (retain) this.#retained.set(topic, payload);
    if (this.#taps.length > 0) {
      const tapped = { atMs: this.#clock.nowMs(), sentAtMs, clientId, topic, payload, retain, will };
      for (const tap of this.#taps) tap(tapped);
    }
    const delivered = { topic, payload, retained: false };
    for (const bus of this.#route(topic)) bus.deliver(delivered);
  }

  #route(topic: string): readonly MemoryBus[] {
    const known = this.#routes.get(topic);
    if (known !== undefined) return known;
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
    const route = [...this.#tree.match(topic)]
      .filter((bus) => bus.alive && this.#clients.get(bus.clientId) === bus && bus.wants(topic))
      // In the order in which they came, so that the same seed does the same.
      .sort((a, b) => (this.#joined.get(a) ?? 0) - (this.#joined.get(b) ?? 0));
    this.#routes.set(topic, route);
    return route;
  }
}

import type { Clock } from '../clock/clock.ts';
import type { Bus, BusMessage, BusOptions, Will } from '../model/bus.ts';
import type { Outgoing } from '../model/device.ts';
import { InvariantError } from '../model/errors.ts';
import { isFilter, isTopic, topicMatches } from './topics.ts';

export type Published = Outgoing & { readonly retain?: boolean };

/** What a bus may ask of its broker. */
export interface BrokerSide {
  /** One leg of the way, milliseconds. */
  hop(): number;
  receive(bus: MemoryBus, message: Published, sentAtMs: number): void;
  subscribed(bus: MemoryBus, filter: string): void;
  left(bus: MemoryBus): void;
}

/** More distinct topics than this, and they are looked at anew. */
const MAX_SOUND = 1_000;

/** One client of the `MemoryBroker`: made and driven by it alone. */
export class MemoryBus implements Bus {
  readonly clientId: string;
  readonly will: Will | undefined;
  /** True while the connection carries anything. The client may believe in it a little longer. */
  alive = false;
  closed = false;
  /** Counts connections: what was under way on an earlier one is lost. */
  epoch = 0;
  readonly #clock: Clock;
  readonly #broker: BrokerSide;
  readonly #filters = new Set<string>();
  /** Topics that were looked at and found sound: a client has few, and says much on them. */
  readonly #sound = new Set<string>();
  /** The filters that the broker has of the present connection. */
  readonly #granted = new Set<string>();
  readonly #onMessage: ((message: BusMessage) => void)[] = [];
  readonly #onLink: ((up: boolean) => void)[] = [];
  readonly #onTakenOver: (() => void)[] = [];
  #up: boolean | null = null;
  /** When the last thing sent each way arrives: nothing overtakes it. */
  #upstreamMs = 0;
  #downstreamMs = 0;

  constructor(options: BusOptions, clock: Clock, broker: BrokerSide) {
    this.clientId = options.clientId;
    this.will = options.will;
    this.#clock = clock;
    this.#broker = broker;
  }

  /** Everything ever asked for. */
  get filters(): ReadonlySet<string> {
    return this.#filters;
  }

  publish(message: Published): void {
    if (!this.#sound.has(message.topic)) this.#check(message.topic);
    if (this.#up !== true || this.closed) return;
    const sentAtMs = this.#clock.nowMs();
    // As `#upstream` does it, in one function: of everything that a simulation does this is done most.
    this.#upstreamMs = Math.max(this.#upstreamMs, sentAtMs + this.#broker.hop());
    const { epoch } = this;
    this.#clock.at(this.#upstreamMs, 'bus publish', () => {
      if (this.alive && this.epoch === epoch) this.#broker.receive(this, message, sentAtMs);
    });
  }

  #check(topic: string): void {
    if (!isTopic(topic)) throw new InvariantError('invariant', `"${topic}" is no topic to publish to`);
    if (this.#sound.size >= MAX_SOUND) this.#sound.clear();
    this.#sound.add(topic);
  }

  subscribe(filters: readonly string[]): void {
    for (const filter of filters) {
      if (!isFilter(filter)) throw new InvariantError('invariant', `"${filter}" is no topic filter`);
      this.#filters.add(filter);
      if (this.#up === true) this.#ask(filter);
    }
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#onMessage.push(listener);
  }

  onLink(listener: (up: boolean) => void): void {
    this.#onLink.push(listener);
    if (this.#up !== null) listener(this.#up);
  }

  onTakenOver(listener: () => void): void {
    this.#onTakenOver.push(listener);
  }

  /** Another client has joined under our id; `cut` comes first. */
  takenOver(noticedAtMs: number): void {
    this.#clock.at(noticedAtMs, `bus taken over ${this.clientId}`, () => {
      if (!this.closed) for (const listener of this.#onTakenOver) listener();
    });
  }

  /** Says goodbye after what was published before. Does not wait for it: virtual time moves only if somebody moves it. */
  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.#upstream('bus close', () => {
      this.alive = false;
      this.#broker.left(this);
    });
    this.closed = true;
    return Promise.resolve();
  }

  join(): void {
    this.epoch += 1;
    this.alive = true;
    this.#granted.clear();
    this.#upstreamMs = this.#downstreamMs = this.#clock.nowMs();
    // Out and back: the broker has the subscriptions before the client hears that the link is up.
    this.#upstream('bus connect', () => {
      this.#downstream('bus link up', () => {
        // Back before the loss was noticed: it still has to be told, for whatever was under way is gone.
        this.#link(false);
        this.#link(true);
      });
      for (const filter of this.#filters) this.#grant(filter);
    });
  }

  /** The connection dies now; the client learns of it at `noticedAtMs`. */
  cut(noticedAtMs: number): void {
    if (!this.alive) return;
    this.alive = false;
    const { epoch } = this;
    this.#clock.at(noticedAtMs, `bus link down ${this.clientId}`, () => {
      if (this.epoch === epoch) this.#link(false);
    });
  }

  wants(topic: string): boolean {
    for (const filter of this.#granted) if (topicMatches(filter, topic)) return true;
    return false;
  }

  deliver(message: BusMessage): void {
    // As `#downstream`, in one function.
    this.#downstreamMs = Math.max(this.#downstreamMs, this.#clock.nowMs() + this.#broker.hop());
    const { epoch } = this;
    this.#clock.at(this.#downstreamMs, 'bus message', () => {
      if (!this.alive || this.epoch !== epoch || this.closed) return;
      for (const listener of this.#onMessage) listener(message);
    });
  }

  #ask(filter: string): void {
    this.#upstream('bus subscribe', () => {
      this.#grant(filter);
    });
  }

  #grant(filter: string): void {
    this.#granted.add(filter);
    this.#broker.subscribed(this, filter);
  }

  #link(up: boolean): void {
    if (this.closed || this.#up === up || (!up && this.#up === null)) return;
    this.#up = up;
    for (const listener of this.#onLink) listener(up);
    // Filters added between connecting and now.
    if (up) for (const filter of this.#filters) if (!this.#granted.has(filter)) this.#ask(filter);
  }

  #upstream(what: string, arrive: () => void): void {
    this.#upstreamMs = Math.max(this.#upstreamMs, this.#clock.nowMs() + this.#broker.hop());
    const { epoch } = this;
    this.#clock.at(this.#upstreamMs, what, () => {
      if (this.alive && this.epoch === epoch) arrive();
    });
  }

  #downstream(what: string, arrive: () => void): void {
    this.#downstreamMs = Math.max(this.#downstreamMs, this.#clock.nowMs() + this.#broker.hop());
    const { epoch } = this;
    this.#clock.at(this.#downstreamMs, what, () => {
      if (this.alive && this.epoch === epoch && !this.closed) arrive();
    });
  }
}

import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Clock, Timer } from '../clock/clock.ts';
import type { Bus, BusMessage, BusOptions } from '../model/bus.ts';
import type { Outgoing } from '../model/device.ts';
import { ConfigError, messageOf } from '../model/errors.ts';
import type { LinkError } from '../model/errors.ts';
import { silentLog, type Log } from '../model/log.ts';
import { freshSeed, Random } from '../random/random.ts';
import { failureOf, linkErrorOf, NO_REASON, type Failure } from './link-error.ts';
import { Ownership } from './owner.ts';
import { isFilter, isTopic } from './topics.ts';

export interface MqttOptions extends BusOptions {
  /** `mqtt://host:1883`, `mqtts://…`, `ws://…`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM: the certificates the broker's must come from, with TLS; without it those of the system. */
  readonly ca?: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** A bus over a real broker. */
export interface MqttBus extends Bus {
  /** Each attempt that failed before the first one succeeded. The bus goes on trying; the caller may give up. */
  onError(listener: (error: LinkError) => void): void;
}

const PROTOCOLS = new Set(['mqtt:', 'mqtts:', 'ws:', 'wss:']);
const KEEPALIVE_S = 10;
const CONNECT_TIMEOUT_MS = 10_000;
/** Full jitter: random(0, min(30 s, 0.5 s * 2^n)), so that many controllers do not come back in step. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** A connection that held this long was a good one: the next loss starts from a short wait again. */
const HEALTHY_MS = 60_000;
/** Taken over by another: how long it is left alone before the next look. */
export const HOLD_OFF_MS = 60_000;
/** In a SUBACK. */
const REFUSED = 0x80;
/** Retained messages of a big house; more than that before the link is up is a mistake or an attack. */
const MAX_EARLY = 2_000;
/** How long a goodbye may take. */
const CLOSE_MS = 300;
/** Nothing that belongs to Ebb is near this; what is bigger is a mistake or an attack. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** But for the list of a Zigbee2MQTT bridge: 100 devices make about 1 MB. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024;
const maxBytes = (topic: string): number =>
  topic.endsWith('/bridge/devices') ? MAX_LIST_BYTES : MAX_MESSAGE_BYTES;

/**
 * Connects, and stays connected: broken links are made again for ever, with growing waits. Speaks MQTT 3.1.1.
 * @throws ConfigError where the address is none.
 */
export function connectMqtt(options: MqttOptions): MqttBus {
  const protocol = URL.parse(options.url)?.protocol ?? '';
  if (!PROTOCOLS.has(protocol)) {
    const place = placeOf(options.url);
    throw new ConfigError(
      'config_invalid',
      `mqtt.url is no address of an MQTT broker: ${place}; mqtt://host:1883 is one`,
      {
        url: place,
      },
    );
  }
  return new MqttLink(options);
}

/**
 * Each attempt is a new mqtt.js client that never reconnects by itself. A reconnecting client keeps what was not
 * acknowledged and sends it again on the next connection; an `open` of before must never come out later, when
 * nobody expects water.
 */
class MqttLink implements MqttBus {
  readonly #options: MqttOptions;
  readonly #log: Log;
  readonly #place: string;
  readonly #jitter = new Random(freshSeed(), 'mqtt-backoff');
  readonly #filters = new Set<string>();
  /** What the present connection has been asked for. */
  readonly #asked = new Set<string>();
  readonly #onMessage: ((message: BusMessage) => void)[] = [];
  readonly #onLink: ((up: boolean) => void)[] = [];
  readonly #onError: ((error: LinkError) => void)[] = [];
  readonly #onTakenOver: (() => void)[] = [];
  readonly #owner: Ownership | null;
  #takenOver = false;
  #client: MqttClient;
  #up: boolean | null = null;
  #everUp = false;
  /** What came before the link was up. */
  readonly #early: BusMessage[] = [];
  #attempts = 0;
  #upSinceMs = 0;
  #retry: Timer | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: MqttOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#place = placeOf(options.url);
    const { owner, clientId, clock } = options;
    this.#owner = owner === undefined ? null : new Ownership(owner, clientId, clock);
    if (this.#owner !== null) this.#filters.add(this.#owner.question);
    this.#client = this.#connect();
  }

  publish(message: Outgoing & { readonly retain?: boolean }): void {
    const { topic, payload, qos, retain = false } = message;
    // Never queued: whoever wants it still will say so when the link is up again.
    if (this.#up !== true || !this.#client.connected) {
      this.#log.warn({ topic }, 'message dropped: no connection to the broker');
      return;
    }
    if (!isTopic(topic) || Buffer.byteLength(payload) > maxBytes(topic)) {
      this.#log.error({ topic: topic.slice(0, 200) }, 'message dropped: not a topic, or too big');
      return;
    }
    this.#client.publish(topic, payload, { qos, retain }, (error) => {
      if (error) this.#log.warn({ topic, error: messageOf(error) }, 'message not delivered');
    });
    // mqtt.js lets the bytes go only once the turn is over. A close must not wait for what its turn still has to do:
    // that takes milliseconds, more than all of the way through the broker.
    const { stream } = this.#client;
    while (stream.writableCorked > 0) stream.uncork();
  }

  subscribe(filters: readonly string[]): void {
    for (const filter of filters) {
      if (!isFilter(filter)) {
        this.#log.error({ filter: filter.slice(0, 200) }, 'not subscribed: not a topic filter');
        continue;
      }
      this.#filters.add(filter);
    }
    if (this.#client.connected) this.#askMissing(this.#client, () => undefined);
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#onMessage.push(listener);
  }

  onLink(listener: (up: boolean) => void): void {
    this.#onLink.push(listener);
    if (this.#up !== null) listener(this.#up);
  }

  onError(listener: (error: LinkError) => void): void {
    this.#onError.push(listener);
  }

  onTakenOver(listener: () => void): void {
    this.#onTakenOver.push(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#sayGoodbye();
    return this.#closing;
  }

  /** Ends the connection after what was published, without the last will; by force if the broker does not answer. */
  #sayGoodbye(): Promise<void> {
    this.#retry?.cancel();
    this.#owner?.close();
    const client = this.#client;
    this.#up = false;
    return new Promise((resolve) => {
      const { clock } = this.#options;
      const force = clock.at(clock.nowMs() + CLOSE_MS, 'mqtt close', () => {
        destroy(client);
        resolve();
      });
      client.end(!client.connected, {}, () => {
        force.cancel();
        destroy(client);
        resolve();
      });
    });
  }

  #connect(): MqttClient {
    const { clientId, will } = this.#options;
    this.#asked.clear();
    this.#early.length = 0;
    const client = this.#open({
      clientId,
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1 } }),
    });
    let failure = NO_REASON;
    client.on('error', (error) => {
      failure = failureOf(error);
    });
    client.on('connect', () => {
      this.#connected(client);
    });
    client.on('message', (topic, payload, packet) => {
      this.#received(topic, payload, packet.retain);
    });
    client.once('close', () => {
      this.#lost(client, failure);
    });
    return client;
  }

  /** One connection that never reconnects by itself. A new object each time: mqtt.js writes into the one it is given. */
  #open(more: IClientOptions): MqttClient {
    const { url, username, password, ca } = this.#options;
    return mqtt.connect(url, {
      ...more,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
      // Said, so that no variable of the environment can switch it off.
      rejectUnauthorized: true,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      timerVariant: 'native',
    });
  }

  #connected(client: MqttClient): void {
    // Nagle and delayed acknowledgements together cost 40 to 90 ms a message.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    const up = (): void => {
      if (client !== this.#client || this.#closing !== null) return;
      this.#everUp = true;
      this.#takenOver = false;
      this.#upSinceMs = this.#options.clock.nowMs();
      this.#owner?.claim(client);
      this.#log.info({ broker: this.#place }, 'connected to the broker');
      this.#setLink(true);
    };
    // Up only once the broker has the subscriptions: the answer to the first question must not be missed.
    this.#askMissing(client, up);
  }

  /** Subscribes to what this connection has not asked for yet. */
  #askMissing(client: MqttClient, done: () => void): void {
    const missing = [...this.#filters].filter((filter) => !this.#asked.has(filter));
    if (missing.length === 0) {
      done();
      return;
    }
    for (const filter of missing) this.#asked.add(filter);
    this.#ask(client, missing, done);
  }

  #ask(client: MqttClient, filters: string[], done: () => void): void {
    client.subscribe(filters, { qos: 1 }, (error, _granted, packet) => {
      if (client !== this.#client || this.#closing !== null) return;
      // Where one was refused, mqtt.js fails the whole subscription, and only the packet says which it was.
      const answers = packet?.granted ?? [];
      const refused = filters.filter((_, index) => answers[index] === REFUSED);
      if (refused.length > 0) this.#log.error({ topics: refused }, 'the broker refused a subscription');
      if (error && refused.length === 0) {
        // Deaf is worse than gone: connect again.
        this.#log.warn({ error: messageOf(error) }, 'could not subscribe');
        this.#lost(client, { kind: 'way', reason: messageOf(error) });
        return;
      }
      done();
    });
  }

  #received(topic: string, payload: Buffer, retained: boolean): void {
    if (topic === this.#owner?.question) {
      this.#owner.answer(this.#client);
      return;
    }
    const message: BusMessage =
      payload.length > maxBytes(topic)
        ? { topic, payload: payload.toString('utf8', 0, MAX_MESSAGE_BYTES), retained, cut: true }
        : { topic, payload: payload.toString('utf8'), retained };
    if (this.#up !== true) {
      // The broker sends what it kept before it has granted the last subscription. Whoever answered now would not be
      // heard, so it waits for the link.
      if (this.#early.length < MAX_EARLY) this.#early.push(message);
      return;
    }
    this.#deliver(message);
  }

  #deliver(message: BusMessage): void {
    for (const listener of this.#onMessage) listener(message);
  }

  #lost(client: MqttClient, failure: Failure): void {
    destroy(client);
    if (client !== this.#client || this.#closing !== null) return;
    const { clock } = this.#options;
    if (this.#up === true && clock.nowMs() - this.#upSinceMs >= HEALTHY_MS) this.#attempts = 0;
    this.#retryLater(failure.reason);
    this.#setLink(false);
    if (this.#everUp) return;
    const error = linkErrorOf(failure, this.#place);
    for (const listener of this.#onError) listener(error);
  }

  #retryLater(reason: string): void {
    const waitMs = this.#jitter.between(0, Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts));
    this.#attempts += 1;
    this.#log.warn(
      { broker: this.#place, reason, retryMs: Math.round(waitMs) },
      'no connection to the broker',
    );
    this.#retryIn(waitMs);
  }

  #retryIn(waitMs: number): void {
    const { clock } = this.#options;
    this.#retry = clock.at(clock.nowMs() + waitMs, 'mqtt reconnect', () => {
      if (this.#everUp && this.#owner !== null) void this.#lookFirst(this.#owner);
      else this.#client = this.#connect();
    });
  }

  /** After a loss: is it ours still? Coming back blindly would throw whoever took the id over out again. */
  async #lookFirst(owner: Ownership): Promise<void> {
    const found = await owner.look((more) => this.#open(more));
    if (this.#closing !== null) return;
    if (found === 'free') this.#client = this.#connect();
    else if (found === 'unreachable') this.#retryLater('no answer');
    else this.#leaveAlone();
  }

  #leaveAlone(): void {
    this.#attempts = 0;
    this.#log.error(
      { broker: this.#place, client: this.#options.clientId, retryMs: HOLD_OFF_MS },
      'another client took this id over: end one of the two, or give each a `site` of its own',
    );
    this.#retryIn(HOLD_OFF_MS);
    if (this.#takenOver) return;
    this.#takenOver = true;
    for (const listener of this.#onTakenOver) listener();
  }

  #setLink(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    for (const listener of this.#onLink) listener(up);
    for (const message of this.#early.splice(0)) if (up) this.#deliver(message);
  }
}

/** Nothing more comes from it. mqtt.js may still report an error of the dead socket, which nobody needs. */
function destroy(client: MqttClient): void {
  client.removeAllListeners();
  client.on('error', () => undefined);
  client.end(true);
}

/** The address without user and password. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url.replace(/\/\/[^@/]*@/, '//') : `${parsed.protocol}//${parsed.host}`;
}

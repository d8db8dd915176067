import { Socket } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import type { Clock, Timer } from '../clock/clock.ts';
import type { Bus, BusMessage, BusOptions } from '../model/bus.ts';
import type { Outgoing } from '../model/device.ts';
import { ConfigError, LinkError, messageOf } from '../model/errors.ts';
import { silentLog, type Log } from '../model/log.ts';
import { freshSeed, Random } from '../random/random.ts';
import { isFilter, isTopic } from './topics.ts';

export interface MqttOptions extends BusOptions {
  /** `mqtt://host:1883`, `mqtts://…`, `ws://…`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
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
/** How long a goodbye may take. */
const CLOSE_MS = 300;
/** Nothing that belongs to Ebb is near this; what is bigger is a mistake or an attack. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

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
  #client: MqttClient;
  #up: boolean | null = null;
  #everUp = false;
  #attempts = 0;
  #upSinceMs = 0;
  #retry: Timer | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: MqttOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#place = placeOf(options.url);
    this.#client = this.#connect();
  }

  publish(message: Outgoing & { readonly retain?: boolean }): void {
    const { topic, payload, qos, retain = false } = message;
    // Never queued: whoever wants it still will say so when the link is up again.
    if (this.#up !== true || !this.#client.connected) {
      this.#log.warn({ topic }, 'message dropped: no connection to the broker');
      return;
    }
    if (!isTopic(topic) || Buffer.byteLength(payload) > MAX_MESSAGE_BYTES) {
      this.#log.error({ topic: topic.slice(0, 200) }, 'message dropped: not a topic, or too big');
      return;
    }
    this.#client.publish(topic, payload, { qos, retain }, (error) => {
      if (error) this.#log.warn({ topic, error: messageOf(error) }, 'message not delivered');
    });
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

  close(): Promise<void> {
    this.#closing ??= this.#sayGoodbye();
    return this.#closing;
  }

  /** Ends the connection after what was published, without the last will; by force if the broker does not answer. */
  #sayGoodbye(): Promise<void> {
    this.#retry?.cancel();
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
    const { url, username, password, clientId, will } = this.#options;
    this.#asked.clear();
    // A new object each time: mqtt.js writes into the one it is given.
    const client = mqtt.connect(url, {
      clientId,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1 } }),
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      timerVariant: 'native',
    });
    let reason = '';
    client.on('error', (error) => {
      reason = textOf(error);
    });
    client.on('connect', () => {
      this.#connected(client);
    });
    client.on('message', (topic, payload, packet) => {
      this.#received(topic, payload, packet.retain);
    });
    client.once('close', () => {
      this.#lost(client, reason);
    });
    return client;
  }

  #connected(client: MqttClient): void {
    // Nagle and delayed acknowledgements together cost 40 to 90 ms a message.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    const up = (): void => {
      if (client !== this.#client || this.#closing !== null) return;
      this.#everUp = true;
      this.#upSinceMs = this.#options.clock.nowMs();
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
    client.subscribe(filters, { qos: 1 }, (error, granted) => {
      if (client !== this.#client || this.#closing !== null) return;
      const refused = granted?.filter((grant) => grant.qos === 128).map((grant) => grant.topic) ?? [];
      if (refused.length > 0) this.#log.error({ topics: refused }, 'the broker refused a subscription');
      if (error && refused.length === 0) {
        // Deaf is worse than gone: connect again.
        this.#log.warn({ error: messageOf(error) }, 'could not subscribe');
        destroy(client);
        return;
      }
      done();
    });
  }

  #received(topic: string, payload: Buffer, retained: boolean): void {
    if (payload.length > MAX_MESSAGE_BYTES) {
      this.#log.warn({ topic, bytes: payload.length }, 'message dropped: too big');
      return;
    }
    const message: BusMessage = { topic, payload: payload.toString('utf8'), retained };
    for (const listener of this.#onMessage) listener(message);
  }

  #lost(client: MqttClient, reason: string): void {
    destroy(client);
    if (client !== this.#client || this.#closing !== null) return;
    const { clock } = this.#options;
    if (this.#up === true && clock.nowMs() - this.#upSinceMs >= HEALTHY_MS) this.#attempts = 0;
    const waitMs = this.#jitter.between(0, Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts));
    this.#attempts += 1;
    this.#log.warn(
      { broker: this.#place, reason, retryMs: Math.round(waitMs) },
      'no connection to the broker',
    );
    this.#retry = clock.at(clock.nowMs() + waitMs, 'mqtt reconnect', () => {
      this.#client = this.#connect();
    });
    this.#setLink(false);
    if (!this.#everUp) this.#tellError(reason);
  }

  #tellError(reason: string): void {
    const error = new LinkError(
      'broker_unreachable',
      `no MQTT broker answers at ${this.#place}${reason === '' ? '' : ` (${reason})`}; no valve was opened. ` +
        'Check mqtt.url, mqtt.username and mqtt.password, and that the broker runs',
      { url: this.#place },
    );
    for (const listener of this.#onError) listener(error);
  }

  #setLink(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    for (const listener of this.#onLink) listener(up);
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

function textOf(error: Error & { code?: unknown }): string {
  if (error.message !== '') return error.message;
  // Node tries every address of a name and leaves the message of the sum empty.
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : error.name;
}

import type { Clock } from '../../src/clock/clock.ts';
import type { Listen, Socket } from '../../src/model/homeassistant.ts';
import { Random } from '../../src/random/random.ts';
import { z } from 'zod';
import { serve, type Entity, type House } from './homeassistant/services.ts';
import type { Gadget } from './ports.ts';

export interface HomeAssistantOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly listen: Listen;
  /** `http://homeassistant.local:8123` */
  readonly url: string;
  readonly token: string;
  readonly entities: readonly Entity[];
}

const VERSION = '2026.11.2';
const BOOT_MS = 8_000;

const commandSchema = z.looseObject({ id: z.int(), type: z.string() });
const authSchema = z.object({ type: z.literal('auth'), access_token: z.string() });
const subscribeSchema = z.object({ entity_ids: z.array(z.string()).optional() });
const unsubscribeSchema = z.object({ subscription: z.int() });
const callSchema = z.object({
  domain: z.string(),
  service: z.string(),
  service_data: z.record(z.string(), z.unknown()).default({}),
  target: z.object({ entity_id: z.union([z.string(), z.array(z.string())]) }).optional(),
});

interface Client {
  readonly socket: Socket;
  known: boolean;
  lastId: number;
  /** By the id of the command; null: all entities. */
  readonly subscriptions: Map<number, ReadonlySet<string> | null>;
}

/**
 * A Home Assistant as its WebSocket API shows it (developers.home-assistant.io/docs/api/websocket; `subscribe_entities` as
 * home-assistant/core, components/websocket_api, and home-assistant-js-websocket have it), with as many entities as it is
 * given.
 */
export class HomeAssistant implements Gadget, House {
  readonly name: string;
  readonly entities: Map<string, Entity>;
  /** What was called, in order: `light.turn_on {"brightness":255}`. */
  readonly called: string[] = [];
  /** Notifications on its own pages, by id. */
  readonly notices = new Map<string, string>();
  readonly #options: HomeAssistantOptions;
  readonly #random: Random;
  readonly #clients = new Set<Client>();
  #listening: { close(): void } | null = null;
  #hung = false;

  constructor(options: HomeAssistantOptions) {
    this.#options = options;
    this.name = `homeassistant:${options.url}`;
    this.#random = new Random(options.seed, this.name);
    this.entities = new Map(options.entities.map((entity) => [entity.id, entity]));
    this.#listen();
  }

  /** Something changed by itself, or by a hand. */
  change(id: string, state: string, attributes: Readonly<Record<string, unknown>> = {}): void {
    const entity = this.entities.get(id);
    if (entity === undefined) return;
    entity.state = state;
    Object.assign(entity.attributes, attributes);
    const change = { s: state, ...(Object.keys(attributes).length === 0 ? {} : { a: attributes }) };
    this.#tell(id, { c: { [id]: { '+': { ...change, ...this.#stamp() } } } });
  }

  /** It is there from now on, or no more. */
  place(entity: Entity): void {
    this.entities.set(entity.id, entity);
    this.#tell(entity.id, { a: { [entity.id]: this.#whole(entity) } });
  }

  remove(id: string): void {
    this.entities.delete(id);
    this.#tell(id, { r: [id] });
  }

  /** When something happened, as the states of events and buttons have it. */
  now(): string {
    return new Date(this.#options.clock.wallMs()).toISOString().replace('Z', '+00:00');
  }

  /** It hears and says nothing any more, and nobody is told. */
  disconnect(): void {
    this.#hung = true;
  }

  reconnect(): void {
    this.#hung = false;
    // What was said into the dark is lost, and so is the connection.
    for (const { socket } of this.#clients) socket.close();
    this.#clients.clear();
  }

  /** A restart: every connection ends, and entities are unavailable until their devices have been found again. */
  reboot(): void {
    const { clock } = this.#options;
    this.#unlisten();
    const before = [...this.entities.values()].map(({ id, state }) => ({ id, state }));
    for (const entity of this.entities.values()) entity.state = 'unavailable';
    clock.at(clock.nowMs() + BOOT_MS, this.name, () => {
      this.#listen();
    });
    clock.at(clock.nowMs() + 2 * BOOT_MS, this.name, () => {
      for (const { id, state } of before) this.change(id, state);
    });
  }

  close(): Promise<void> {
    this.#unlisten();
    return Promise.resolve();
  }

  #listen(): void {
    const { listen, url } = this.#options;
    this.#listening = listen(`${url.replace(/^http/, 'ws')}/api/websocket`, (socket) => {
      const client: Client = { socket, known: false, lastId: 0, subscriptions: new Map() };
      this.#clients.add(client);
      this.#say(client, { type: 'auth_required', ha_version: VERSION });
      return {
        text: (text) => {
          if (!this.#hung) this.#text(client, text);
        },
        closed: () => {
          this.#clients.delete(client);
        },
      };
    });
  }

  #unlisten(): void {
    this.#listening?.close();
    this.#listening = null;
    for (const { socket } of this.#clients) socket.close();
    this.#clients.clear();
  }

  #text(client: Client, text: string): void {
    const said = jsonOf(text);
    if (!client.known) {
      this.#auth(client, said);
      return;
    }
    const command = commandSchema.safeParse(said).data;
    if (command === undefined) {
      this.#fail(client, 0, 'invalid_format', 'Message incorrectly formatted.');
      return;
    }
    if (command.id <= client.lastId) {
      this.#fail(client, command.id, 'id_reuse', 'Identifier values have to increase.');
      return;
    }
    client.lastId = command.id;
    this.#command(client, command);
  }

  #auth(client: Client, said: unknown): void {
    const auth = authSchema.safeParse(said).data;
    if (auth?.access_token === this.#options.token) {
      client.known = true;
      this.#say(client, { type: 'auth_ok', ha_version: VERSION });
      return;
    }
    this.#say(client, { type: 'auth_invalid', message: 'Invalid access token or password' });
    this.#clients.delete(client);
    client.socket.close();
  }

  #command(client: Client, command: z.output<typeof commandSchema>): void {
    const { id, type } = command;
    switch (type) {
      case 'ping':
        this.#say(client, { id, type: 'pong' });
        return;
      case 'subscribe_entities': {
        const ids = subscribeSchema.parse(command).entity_ids;
        client.subscriptions.set(id, ids === undefined ? null : new Set(ids));
        this.#done(client, id, null);
        const of = [...this.entities.values()].filter((entity) => ids?.includes(entity.id) ?? true);
        const a = Object.fromEntries(of.map((entity) => [entity.id, this.#whole(entity)]));
        this.#say(client, { id, type: 'event', event: { a } });
        return;
      }
      case 'unsubscribe_events':
        client.subscriptions.delete(unsubscribeSchema.parse(command).subscription);
        this.#done(client, id, null);
        return;
      case 'call_service':
        this.#call(client, id, command);
        return;
      default:
        this.#fail(client, id, 'unknown_command', 'Unknown command.');
    }
  }

  #call(client: Client, id: number, command: unknown): void {
    const call = callSchema.safeParse(command).data;
    if (call === undefined) {
      this.#fail(client, id, 'invalid_format', 'Message incorrectly formatted.');
      return;
    }
    const { domain, service, service_data: data, target } = call;
    this.called.push(`${domain}.${service} ${JSON.stringify(data)}`);
    const of =
      target === undefined
        ? []
        : typeof target.entity_id === 'string'
          ? [target.entity_id]
          : target.entity_id;
    const why = serve(this, { domain, service, data, entities: of });
    if (why === null) {
      const context = { id: this.#random.word(26).toUpperCase(), parent_id: null, user_id: 'ebb' };
      this.#done(client, id, { context, response: null });
    } else this.#fail(client, id, why.code, why.message);
  }

  #whole({ state, attributes }: Entity): object {
    return { s: state, a: attributes, ...this.#stamp() };
  }

  #stamp(): { readonly c: string; readonly lc: number } {
    return { c: this.#random.word(26).toUpperCase(), lc: this.#options.clock.wallMs() / 1_000 };
  }

  #tell(entity: string, event: object): void {
    for (const client of this.#clients)
      for (const [id, of] of client.subscriptions)
        if (of === null || of.has(entity)) this.#say(client, { id, type: 'event', event });
  }

  #done(client: Client, id: number, result: unknown): void {
    this.#say(client, { id, type: 'result', success: true, result });
  }

  #fail(client: Client, id: number, code: string, message: string): void {
    this.#say(client, { id, type: 'result', success: false, error: { code, message } });
  }

  #say({ socket }: Client, message: object): void {
    if (!this.#hung) socket.send(JSON.stringify(message));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { z } from 'zod';
import type { Clock, Timer } from '../../clock/clock.ts';
import { messageOf } from '../../model/errors.ts';
import type { HaCall, HaState, OpenSocket, Socket } from '../../model/homeassistant.ts';
import type { Log } from '../../model/log.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import type { Random } from '../../random/random.ts';
import { States, updateSchema } from './states.ts';

export interface LinkOptions {
  /** `http://homeassistant.local:8123` */
  readonly url: string;
  /** Long-lived. It is sent in the one message that asks for it, and is never logged. */
  readonly token: string;
  readonly open: OpenSocket;
  readonly clock: Clock;
  /** For the waits, so that many houses do not come back in step after a cut. */
  readonly random: Random;
  readonly log: Log;
  readonly onLink: (link: { readonly up: true } | { readonly up: false; readonly why: string }) => void;
  readonly onState: (entity: string, state: HaState) => void;
  /** What was asked of an entity could not be done. */
  readonly onFailed: (entity: string, why: string) => void;
}

/** A connection that opens and then says nothing, or a login that is not answered. */
const GREETING_MS = 10 * SECOND_MS;
/** Home Assistant is asked whether it is there, as its own frontend does. */
const PING_MS = 30 * SECOND_MS;
const PONG_MS = 10 * SECOND_MS;
const RETRY_MS = SECOND_MS;
const RETRY_MAX_MS = MINUTE_MS;
/** A token that was refused stays so, and Home Assistant shuts out whoever goes on trying (`ip_ban_enabled`). */
const REFUSED_MS = HOUR_MS;
/** Calls that are not answered: of no further interest. */
const MAX_CALLS = 200;

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth_required') }),
  z.object({ type: z.literal('auth_ok'), ha_version: z.string().default('') }),
  z.object({ type: z.literal('auth_invalid'), message: z.string().default('') }),
  z.object({
    type: z.literal('result'),
    id: z.int(),
    success: z.boolean(),
    error: z.object({ code: z.unknown(), message: z.string() }).optional(),
  }),
  z.object({ type: z.literal('event'), id: z.int(), event: z.unknown() }),
  z.object({ type: z.literal('pong'), id: z.int() }),
]);
type Message = z.infer<typeof messageSchema>;

/**
 * The way to one Home Assistant, over its WebSocket API (developers.home-assistant.io/docs/api/websocket): greeting,
 * token, then one subscription to the entities that somebody asked for. It comes back for ever, with growing waits.
 */
export class HomeAssistantLink {
  readonly #options: LinkOptions;
  readonly #entities = new Set<string>();
  #socket: Socket | null = null;
  #states = new States();
  #up = false;
  /** Counts in each connection from 1: Home Assistant wants it to grow. */
  #id = 0;
  #subscription = 0;
  /** What is subscribed to has been told as it stands. */
  #met = false;
  readonly #calls = new Map<number, string>();
  #pinged: number | null = null;
  #attempts = 0;
  #timer: Timer | null = null;
  #why: string | null = null;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#in(0, () => {
      this.#connect();
    });
  }

  /** Wants to be told of an entity, from now on and over every reconnect. */
  follow(entity: string): void {
    if (this.#entities.has(entity)) return;
    this.#entities.add(entity);
    if (this.#up) this.#subscribe();
  }

  /** Does nothing while Home Assistant is away: what was asked then must not be done later. */
  call(entity: string, { domain, service, data, targeted }: HaCall): void {
    if (!this.#up) return;
    const id = this.#send('call_service', {
      ...{ domain, service, service_data: data },
      ...(targeted ? { target: { entity_id: entity } } : {}),
    });
    this.#calls.set(id, entity);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > MAX_CALLS && oldest !== undefined) this.#calls.delete(oldest);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#socket?.close();
    this.#socket = null;
  }

  // --- the connection ----------------------------------------------------------------------------------------------

  #connect(): void {
    const url = `${this.#options.url.replace(/^http/, 'ws')}/api/websocket`;
    let socket: Socket | null = null;
    const mine = (): boolean => socket !== null && socket === this.#socket;
    try {
      socket = this.#options.open(url, {
        open: () => undefined,
        text: (text) => {
          if (mine()) this.#text(text);
        },
        closed: (why) => {
          if (mine()) this.#down(why);
        },
      });
    } catch (error) {
      // Whatever is wrong with an address, it is a light that stays dark, and no bath that ends.
      this.#away(`it cannot be reached (${messageOf(error)})`);
      return;
    }
    this.#socket = socket;
    this.#in(GREETING_MS, () => {
      this.#down('it does not answer; is this the address of Home Assistant?');
    });
  }

  /** `againMs`: when it is tried next, unless it is after the usual growing wait. */
  #down(why: string, againMs: number | null = null): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    socket.close();
    this.#away(why, againMs);
  }

  #away(why: string, againMs: number | null = null): void {
    const { url, log, onLink, random } = this.#options;
    const wasUp = this.#up;
    this.#up = false;
    [this.#states, this.#id, this.#pinged, this.#met] = [new States(), 0, null, false];
    this.#calls.clear();
    // Once for each reason, and not for each attempt.
    const said = `Home Assistant at ${url}: ${why}`;
    if (this.#why !== said) log.warn({ url, why }, 'home assistant is away');
    if (wasUp || this.#why !== said) onLink({ up: false, why: said });
    this.#why = said;
    const usualMs =
      Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(10, this.#attempts)) * random.between(0.8, 1.2);
    this.#attempts += 1;
    this.#in(againMs ?? usualMs, () => {
      this.#connect();
    });
  }

  #text(text: string): void {
    const message = parsed(text);
    // It has more to say than was asked for, and will have more tomorrow.
    if (message === null) return;
    switch (message.type) {
      case 'auth_required':
        this.#socket?.send(JSON.stringify({ type: 'auth', access_token: this.#options.token }));
        return;
      case 'auth_invalid':
        this.#down(
          'it refuses the token; make a new one there (your profile, Security, Long-lived access tokens), put it into the environment, and restart Ebb',
          REFUSED_MS,
        );
        return;
      case 'auth_ok':
        this.#ready();
        return;
      case 'pong':
        if (message.id === this.#pinged) this.#alive();
        return;
      case 'result':
        this.#result(message);
        return;
      case 'event':
        if (message.id === this.#subscription) this.#event(message.event);
    }
  }

  #ready(): void {
    const { url, log, onLink } = this.#options;
    this.#up = true;
    this.#attempts = 0;
    this.#why = null;
    log.info({ url }, 'home assistant is there');
    onLink({ up: true });
    this.#subscribe();
    this.#alive();
  }

  /** It is there: it is asked again in a while. */
  #alive(): void {
    this.#pinged = null;
    this.#in(PING_MS, () => {
      this.#pinged = this.#send('ping', {});
      this.#in(PONG_MS, () => {
        this.#down('it does not answer any more');
      });
    });
  }

  #subscribe(): void {
    if (this.#entities.size === 0) return;
    this.#met = false;
    const before = this.#subscription;
    // Of an earlier connection there is nothing to take back.
    const takesBack = before !== 0 && before <= this.#id;
    this.#subscription = this.#send('subscribe_entities', { entity_ids: [...this.#entities] });
    if (takesBack) this.#send('unsubscribe_events', { subscription: before });
  }

  #result({ id, success, error }: Extract<Message, { type: 'result' }>): void {
    const entity = this.#calls.get(id);
    this.#calls.delete(id);
    if (success) return;
    const why = error?.message ?? 'it said no';
    if (entity !== undefined) this.#options.onFailed(entity, why);
    else if (id === this.#subscription) this.#down(`it does not tell of the entities: ${why}`);
  }

  #event(event: unknown): void {
    const update = updateSchema.safeParse(event).data;
    if (update === undefined) return;
    const first = !this.#met;
    this.#met = true;
    const changed = this.#states.update(update);
    // The first word is of all that there are; what is not in it is not there.
    const of = first ? [...this.#entities] : changed.filter((entity) => this.#entities.has(entity));
    for (const entity of of) {
      const known = this.#states.get(entity);
      const { state, attributes } = known ?? { state: null, attributes: {} };
      this.#options.onState(entity, { state, attributes, first });
    }
  }

  #send(type: string, fields: Readonly<Record<string, unknown>>): number {
    this.#id += 1;
    this.#socket?.send(JSON.stringify({ id: this.#id, type, ...fields }));
    return this.#id;
  }

  /** One thing is waited for at a time. */
  #in(ms: number, act: () => void): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = clock.at(clock.nowMs() + ms, 'home assistant', act);
  }
}

function parsed(text: string): Message | null {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

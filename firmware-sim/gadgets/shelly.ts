import type { Clock } from '../../src/clock/clock.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import type { Gadget, Press, ProbePort, RelayPort } from './ports.ts';
import { Answers, type Misbehaviour } from './answers.ts';
import { Radio, type Connect } from './radio.ts';
import { Inputs } from './shelly/inputs.ts';
import { Probes } from './shelly/probes.ts';
import { outcomeOf, type Box, type Result } from './shelly/methods.ts';
import { parseRequest, type Request } from './shelly/rpc.ts';
import { Switches } from './shelly/switches.ts';

export interface ShellyOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  /** Twelve hex digits, part of its name; drawn unless given. */
  readonly mac?: string;
  /** `topic_prefix` of its MQTT settings. */
  readonly prefix: string;
  /** Switch 0, 1, ... */
  readonly switches: readonly RelayPort[];
  /** The probes at its add-on, by id: 100 is the first. */
  readonly probes: ReadonlyMap<number, ProbePort>;
  readonly inputs: readonly number[];
  /** What the owner has set once, at the bench: `SetConfig` requests, which are in flash and survive a reboot. */
  readonly commissioned: readonly Pick<Request, 'method' | 'params'>[];
}

/** What an event says besides its component and its time. */
interface ShellyEvent {
  readonly id: number;
  readonly event: string;
  readonly restart_required?: boolean;
  readonly cfg_rev?: number;
}

/** `keep_alive` of its MQTT connection, its default. */
const KEEP_ALIVE_MS = 60_000;
/** FAILED_PRECONDITION of its common errors. */
const NOT_NOW: Result = { error: { code: -109, message: 'Failed precondition' } };

/**
 * A Shelly since Gen2 with its switches, inputs and an add-on, as its public documentation says
 * (shelly-api-docs.shelly.cloud gen2: Mqtt, RPC Protocol, Notifications, Switch, Input, Temperature). Its timers are
 * its own: they run without broker and network. `online` is not retained, as in captured connections, and
 * `status_ntf` is off, its default.
 */
export class Shelly implements Gadget {
  readonly name: string;
  readonly #options: ShellyOptions;
  readonly #id: string;
  readonly #mac: string;
  readonly #radio: Radio;
  readonly #switches: Switches;
  readonly #answers: Answers<number>;
  readonly #inputs: Inputs;
  readonly #probes: Probes;
  #bootMs: number;
  readonly #box: Box;
  readonly #events: string;
  readonly #toEvents: string;
  readonly #requests: string;
  /** Who asked last, and where the answer to it goes. */
  #reply = { to: '', topic: '' };
  #revision = 10;
  /** Notifications that wait for a reply to be sent first; null while none is due. */
  #waiting: (() => void)[] | null = null;

  constructor(options: ShellyOptions) {
    const { clock, seed, prefix } = options;
    const random = new Random(seed, `shelly ${prefix}`);
    this.name = `shelly:${prefix}`;
    this.#options = options;
    this.#events = `${prefix}/events/rpc`;
    this.#toEvents = `${prefix}/events`;
    this.#requests = `${prefix}/rpc`;
    const half = (): string =>
      random
        .int(0, 16 ** 6 - 1)
        .toString(16)
        .toUpperCase()
        .padStart(6, '0');
    this.#mac = options.mac ?? `${half()}${half()}`;
    this.#id = `shellyplus2pm-${this.#mac.toLowerCase()}`;
    this.#bootMs = clock.nowMs();
    this.#answers = new Answers(clock);
    this.#switches = new Switches({
      clock,
      ports: options.switches,
      tell: (id, change) => {
        this.#answers.say(id, () => {
          this.#notifyStatus(`switch:${id}`, { id, ...change });
        });
      },
      clings: (id) => this.#answers.clings(id),
    });
    this.#inputs = new Inputs({
      clock,
      ids: options.inputs,
      event: (id, event) => {
        if (event === 'btn_down') this.#toggleAttached(id, 'button');
        this.#notifyEvent(`input:${id}`, { id, event });
      },
      changed: (id, state) => {
        this.#toggleAttached(id, 'switch');
        this.#notifyStatus(`input:${id}`, { id, state });
      },
    });
    this.#probes = new Probes({
      clock,
      ports: options.probes,
      tell: (id, status) => {
        this.#notifyStatus(`temperature:${id}`, status);
      },
    });
    this.#box = {
      switches: this.#switches,
      inputs: this.#inputs,
      probes: this.#probes,
      info: () => this.#info(),
      sys: () => this.#sys(),
      configured: (component, id) => {
        this.#configured(component, id);
      },
    };
    // At the bench nobody listened.
    this.#waiting = [];
    for (const { method, params } of options.commissioned)
      outcomeOf(this.#box, { id: 0, src: null, method, params });
    this.#waiting = null;
    this.#switches.boot([]);
    this.#radio = new Radio({
      clock,
      random,
      connect: options.connect,
      clientId: this.#id,
      will: { topic: `${prefix}/online`, payload: 'false', retain: false },
      filters: [`${prefix}/rpc`, `${prefix}/command`, `${prefix}/command/#`],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [2_000, 5_000],
      handlers: {
        up: () => {
          this.#publish('online', 'true');
        },
        // The switches and their timers do not care for the broker.
        down: () => undefined,
        message: (message) => {
          this.#heard(message);
        },
      },
    });
  }

  /** A finger at an input. */
  /** A contact at an input: it is closed, or open. */
  drive(input: number, on: boolean): void {
    this.#inputs.drive(input, on);
  }

  press(input: number, press: Press): void {
    this.#inputs.press(input, press);
  }

  /** The truth: whether the output is on. */
  isOn(id: number): boolean {
    return this.#switches.isOn(id);
  }

  /** It protects itself: `overtemp`, `overpower`, ...; none, and it has recovered. */
  fail(id: number, errors: readonly string[]): void {
    this.#switches.fail(id, errors);
  }

  /** How switch 0, 1, ... answers from now on. */
  misbehave(id: number, how: Misbehaviour | null): void {
    this.#answers.misbehave(id, how);
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  reboot(): void {
    this.#radio.reboot();
    this.#inputs.stop();
    const before = this.#switches.fall();
    this.#bootMs = this.#options.clock.nowMs();
    this.#switches.boot(before);
    this.#probes.start();
  }

  async close(): Promise<void> {
    this.#inputs.stop();
    this.#probes.stop();
    this.#switches.fall();
    await this.#radio.close();
  }

  #heard({ topic, payload }: BusMessage): void {
    if (topic === this.#requests) this.#answer(payload);
    else if (topic.startsWith(`${this.#options.prefix}/command/switch:`)) this.#control(topic, payload);
  }

  /** `<prefix>/command/switch:0` with `on[,seconds]`, `off[,seconds]`, `toggle`, `status_update` (enable_control). */
  #control(topic: string, payload: string): void {
    const id = Number(topic.slice(topic.lastIndexOf(':') + 1));
    const match = /^(on|off|toggle|status_update)(?:,(\d+(?:\.\d+)?))?$/.exec(payload);
    if (match === null || !this.#switches.has(id)) {
      this.#publish(`error/switch:${id}`, `Invalid command: ${payload}`);
      return;
    }
    const [, word, after] = match;
    if (word === 'status_update')
      this.#publish(`status/switch:${id}`, JSON.stringify(this.#switches.status(id)));
    else {
      const on = word === 'toggle' ? !this.#switches.isOn(id) : word === 'on';
      this.#switches.set(id, on, after === undefined ? null : Number(after), 'MQTT');
    }
  }

  #answer(payload: string): void {
    const request = parseRequest(payload);
    if (request === null) return;
    const { id, src, method, params } = request;
    const target = params['id'];
    const own = method.startsWith('Switch.') && typeof target === 'number' ? target : null;
    // The reply is sent before what it changed is told.
    const told: (() => void)[] = [];
    this.#waiting = told;
    const refused = own !== null && params['on'] === true && this.#answers.refuses(own);
    const outcome = refused ? NOT_NOW : outcomeOf(this.#box, request);
    this.#waiting = null;
    if (src !== null) {
      const frame = { id, src: this.#id, dst: src, ...outcome };
      if (this.#reply.to !== src) this.#reply = { to: src, topic: `${src}/rpc` };
      const { topic } = this.#reply;
      const reply = (): void => {
        this.#radio.publish(topic, JSON.stringify(frame));
      };
      if (own !== null) this.#answers.say(own, reply);
      else if (!(method.startsWith('Temperature.') && this.#probes.hung(Number(target)))) reply();
    }
    for (const publish of told) publish();
  }

  #configured(component: string, id: number): void {
    this.#revision += 1;
    this.#notifyEvent(component, {
      id,
      event: 'config_changed',
      restart_required: false,
      cfg_rev: this.#revision,
    });
  }

  #info(): Result {
    return {
      name: null,
      id: this.#id,
      mac: this.#mac,
      slot: 1,
      model: 'SNSW-102P16EU',
      gen: 2,
      fw_id: '20240726-114505/1.4.0-gb2aeadb',
      ver: '1.4.0',
      app: 'Plus2PM',
      auth_en: false,
      auth_domain: null,
      profile: 'switch',
    };
  }

  #sys(): Result {
    const { clock } = this.#options;
    return {
      mac: this.#mac,
      restart_required: false,
      unixtime: Math.floor(clock.wallMs() / 1_000),
      uptime: Math.floor((clock.nowMs() - this.#bootMs) / 1_000),
      ram_size: 259_508,
      ram_free: 126_632,
      fs_size: 458_752,
      fs_free: 147_456,
      cfg_rev: this.#revision,
      kvs_rev: 0,
      schedule_rev: 0,
      webhook_rev: 0,
      available_updates: {},
    };
  }

  /** An input that nobody detached from its switch moves it. */
  #toggleAttached(input: number, source: string): void {
    const config = this.#switches.config(input);
    if (config === null || config.in_mode === 'detached' || config.in_locked) return;
    this.#switches.set(input, !this.#switches.isOn(input), null, source);
  }

  #notifyStatus(component: string, status: Readonly<Record<string, unknown>>): void {
    const ts = this.#ts();
    this.#notify('NotifyStatus', { ts, [component]: status });
  }

  #notifyEvent(component: string, { id, event, ...more }: ShellyEvent): void {
    const ts = this.#ts();
    this.#notify('NotifyEvent', { ts, events: [{ component, id, event, ...more, ts }] });
  }

  #notify(method: string, params: Readonly<Record<string, unknown>>): void {
    const frame = JSON.stringify({ src: this.#id, dst: this.#toEvents, method, params });
    const publish = (): void => {
      this.#radio.publish(this.#events, frame);
    };
    if (this.#waiting === null) publish();
    else this.#waiting.push(publish);
  }

  #ts(): number {
    return Math.round(this.#options.clock.wallMs() / 10) / 100;
  }

  #publish(name: string, payload: string): void {
    this.#radio.publish(`${this.#options.prefix}/${name}`, payload);
  }
}

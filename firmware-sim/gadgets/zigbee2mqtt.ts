import type { Clock } from '../../src/clock/clock.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import type { ContactPort, Gadget, LampPort, ProbePort, RelayPort } from './ports.ts';
import { Answers, type Misbehaviour } from './answers.ts';
import { Radio, type Connect } from './radio.ts';
import { Air } from './zigbee2mqtt/air.ts';
import type { BridgeSide, Listing, ZigbeeDevice } from './zigbee2mqtt/device.ts';
import { RelayModule } from './zigbee2mqtt/relay.ts';
import {
  BatteryContact,
  BatteryThermometer,
  ColourLamp,
  TimedValve,
  WirelessButton,
} from './zigbee2mqtt/small.ts';

/** What is paired with a bridge, by its friendly name. */
export type Paired =
  | { readonly kind: 'relays'; readonly ports: ReadonlyMap<string, RelayPort> }
  | { readonly kind: 'timed-valve'; readonly port: RelayPort }
  | { readonly kind: 'lamp'; readonly port: LampPort }
  | { readonly kind: 'thermometer'; readonly port: ProbePort; readonly property: string }
  | { readonly kind: 'contact'; readonly port: ContactPort; readonly property: string }
  | { readonly kind: 'button' }
  /** On the list and nothing more. */
  | {
      readonly kind: 'other';
      readonly listing: Partial<Listing>;
      readonly more?: Readonly<Record<string, unknown>>;
    };

export interface Zigbee2mqttOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  readonly base: string;
  readonly paired: ReadonlyMap<string, Paired>;
}

/** The default of Zigbee2MQTT's `mqtt.keepalive`. */
const KEEP_ALIVE_MS = 60_000;
/** From connected to listening: what is said to a bridge before that is lost. */
const START_MS = 300;
const LINKQUALITY = 120;
/** A device that is on the list and on the network, and does nothing. */
const IDLE: Omit<ZigbeeDevice, 'listing'> = {
  set: () => undefined,
  get: () => undefined,
  route: () => undefined,
  forget: () => undefined,
  powerCycle: () => undefined,
  close: () => undefined,
};

interface Member {
  readonly name: string;
  readonly device: ZigbeeDevice;
  readonly more: Readonly<Record<string, unknown>>;
  /** What the bridge remembers, and repeats with everything it publishes of the device. */
  memory: Readonly<Record<string, unknown>>;
}

/**
 * A Zigbee2MQTT bridge and what is paired with it, after zigbee2mqtt.io ("MQTT topics and messages") and
 * Koenkk/zigbee2mqtt `lib/controller.ts`, `lib/extension/{publish,bridge}.ts`. The bridge may die; the devices and
 * their timers go on without it.
 */
export class Zigbee2mqtt implements Gadget {
  readonly name: string;
  readonly #options: Zigbee2mqttOptions;
  readonly #radio: Radio;
  readonly #members = new Map<string, Member>();
  /** By friendly name and endpoint. */
  readonly #answers: Answers<string>;
  #listening = false;
  #lastError = '';

  constructor(options: Zigbee2mqttOptions) {
    const { clock, base, seed } = options;
    this.name = `zigbee2mqtt:${base}`;
    this.#options = options;
    this.#answers = new Answers(clock);
    for (const [name, paired] of options.paired) this.#pair(name, paired);
    this.#radio = new Radio({
      clock,
      random: new Random(seed, `zigbee2mqtt ${base}`),
      connect: options.connect,
      clientId: `zigbee2mqtt_${base.replaceAll('/', '_')}`,
      will: { topic: `${base}/bridge/state`, payload: JSON.stringify({ state: 'offline' }), retain: true },
      filters: [`${base}/#`],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [4_000, 8_000],
      handlers: {
        up: (booted) => {
          this.#up(booted);
        },
        down: () => undefined,
        message: (message) => {
          this.#heard(message);
        },
      },
    });
  }

  /** A paired device, to be broken by hand. */
  device(name: string): ZigbeeDevice | undefined {
    return this.#members.get(name)?.device;
  }

  /** How the relay at an endpoint of a paired device answers from now on; '' where it has one. */
  misbehave(name: string, endpoint: string, how: Misbehaviour | null): void {
    this.#answers.misbehave(keyOf(name, endpoint), how);
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  /** The computer of the bridge, power off and on. Nothing paired with it notices. */
  reboot(): void {
    this.#listening = false;
    for (const { device } of this.#members.values()) device.forget();
    this.#radio.reboot();
  }

  async close(): Promise<void> {
    for (const { device } of this.#members.values()) device.close();
    await this.#radio.close();
  }

  #pair(name: string, paired: Paired): void {
    const { clock, seed } = this.#options;
    const slowMs = paired.kind === 'timed-valve' ? 500 : 0;
    const air = new Air(clock, new Random(seed, `zigbee ${name}`), slowMs);
    const common = { clock, air, bridge: this.#side(name), name };
    const device = ((): ZigbeeDevice => {
      switch (paired.kind) {
        case 'relays':
          return new RelayModule({
            ...common,
            ports: paired.ports,
            clings: (endpoint) => this.#answers.clings(keyOf(name, endpoint)),
          });
        case 'timed-valve':
          return new TimedValve(common, paired.port);
        case 'lamp':
          return new ColourLamp(common, paired.port);
        case 'thermometer':
          return new BatteryThermometer(common, paired.port, paired.property);
        case 'contact':
          return new BatteryContact(common, paired.port, paired.property);
        case 'button':
          return new WirelessButton(common);
        case 'other':
          return { ...IDLE, listing: { ...PLAIN, ...paired.listing } };
      }
    })();
    const more = paired.kind === 'other' ? (paired.more ?? {}) : {};
    this.#members.set(name, { name, device, more, memory: {} });
  }

  #side(name: string): BridgeSide {
    return {
      publish: (values, remember = true) => {
        const member = this.#members.get(name);
        // A bridge that is off hears no radio either.
        if (member === undefined || !this.#listening) return;
        // What is remembered comes with the next answer: it is lost with this one.
        this.#answers.say(keyOf(name, endpointOf(values)), () => {
          this.#tell(member, values, remember);
        });
      },
      error: (message) => {
        const payload = stable({ level: 'error', message, namespace: 'z2m' });
        // The same error twice in a row is told once.
        if (payload !== this.#lastError) this.#publish('bridge/logging', payload);
        this.#lastError = payload;
      },
      announce: () => {
        const data = { friendly_name: name, ieee_address: ieeeOf(name) };
        this.#publish('bridge/event', stable({ type: 'device_announce', data }));
      },
    };
  }

  #tell(member: Member, values: Readonly<Record<string, unknown>>, remember: boolean): void {
    const all = { ...member.memory, ...values, linkquality: LINKQUALITY };
    if (remember) member.memory = all;
    this.#say(member.name, all);
  }

  #up(booted: boolean): void {
    this.#publish('bridge/state', stable({ state: 'online' }), true);
    if (!booted) {
      this.#listening = true;
      return;
    }
    const { clock } = this.#options;
    clock.at(clock.nowMs() + START_MS, 'zigbee2mqtt starts', () => {
      if (!this.#radio.up) return;
      this.#listening = true;
      this.#publish('bridge/devices', stable(this.#list()), true);
      // `cache_state_send_on_startup`.
      for (const { name, memory } of this.#members.values())
        if (Object.keys(memory).length > 0) this.#say(name, memory);
    });
  }

  #heard({ topic, payload }: BusMessage): void {
    const { base } = this.#options;
    if (!this.#listening || !topic.startsWith(`${base}/`)) return;
    const match = /^(.+?)\/(get|set)(?:\/(.+))?$/.exec(topic.slice(base.length + 1));
    const [, name = '', type, attribute] = match ?? [];
    if (match === null || name.startsWith('bridge')) return;
    const member = this.#members.get(name);
    if (member === undefined) {
      this.#side(name).error(`z2m: Entity '${name}' is unknown`);
      return;
    }
    if (member.device.listing.definition === null) {
      this.#side(name).error(`z2m: Cannot publish to unsupported device '${name}'`);
      return;
    }
    const message = parse(payload, attribute);
    if (message === null)
      this.#side(name).error(`z2m: Invalid message '${payload.slice(0, 50)}', skipping...`);
    else if (type === 'set' && this.#refuses(name, message))
      this.#side(name).error(
        `z2m: Publish 'set' 'state' to '${name}' failed: 'Error: ZCL command ${ieeeOf(name)}/1 genOnOff.on failed (Status 'FAILURE')'`,
      );
    else if (type === 'set') member.device.set(message);
    else member.device.get(message);
  }

  #refuses(name: string, message: Readonly<Record<string, unknown>>): boolean {
    return Object.entries(message).some(
      ([key, value]) =>
        /^state(_|$)/.test(key) && value === 'ON' && this.#answers.refuses(keyOf(name, key.slice(6))),
    );
  }

  #say(name: string, values: Readonly<Record<string, unknown>>): void {
    this.#publish(name, stable(values));
  }

  #publish(path: string, payload: string, retain = false): void {
    this.#radio.publish(`${this.#options.base}/${path}`, payload, retain);
  }

  #list(): readonly unknown[] {
    const coordinator = {
      definition: null,
      disabled: false,
      friendly_name: 'Coordinator',
      ieee_address: '0x00124b0000000000',
      interview_state: 'SUCCESSFUL',
      supported: true,
      type: 'Coordinator',
    };
    return [coordinator, ...[...this.#members.values()].map(entryOf)];
  }
}

const keyOf = (name: string, endpoint: string): string => `${name}/${endpoint}`;

/** Which relay a message is of: the endpoint is the end of its keys. */
function endpointOf(values: Readonly<Record<string, unknown>>): string {
  const key = Object.keys(values).find((name) => /^(state|countdown)(_|$)/.test(name)) ?? '';
  return key.replace(/^(state|countdown)_?/, '');
}

const PLAIN: Listing = {
  modelId: 'unknown',
  manufacturer: 'unknown',
  powerSource: 'Mains (single phase)',
  type: 'Router',
  definition: null,
};

function entryOf({ name, device: { listing }, more }: Member): unknown {
  const { definition } = listing;
  return {
    definition: definition === null ? null : { ...definition, options: [] },
    disabled: false,
    friendly_name: name,
    ieee_address: ieeeOf(name),
    interview_completed: true,
    interview_state: 'SUCCESSFUL',
    manufacturer: listing.manufacturer,
    model_id: listing.modelId,
    power_source: listing.powerSource,
    supported: definition !== null,
    type: listing.type,
    ...more,
  };
}

/** An address of its own for each name. */
function ieeeOf(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 0xffff_ffff;
  return `0xa4c138${hash.toString(16).padStart(10, '0')}`;
}

/** Keys in order, as the bridge writes them. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function parse(payload: string, attribute: string | undefined): Readonly<Record<string, unknown>> | null {
  const value = json(payload);
  if (attribute !== undefined) return { [attribute]: value ?? payload };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  return /^(on|off|toggle)$/i.test(payload) ? { state: payload.toUpperCase() } : null;
}

function json(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

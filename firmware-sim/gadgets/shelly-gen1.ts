import type { Clock, Timer } from '../../src/clock/clock.ts';
import { Random } from '../../src/random/random.ts';
import type { Gadget, Press, RelayPort } from './ports.ts';
import { Radio, type Connect } from './radio.ts';

export interface ShellyGen1Options {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  /** `shellies/<name>`. */
  readonly prefix: string;
  readonly relays: readonly RelayPort[];
  /** Inputs with buttons that are detached from the relays. */
  readonly inputs: readonly number[];
}

const KEEP_ALIVE_MS = 60_000;
/** `update_period`: everything is told again this often. */
const UPDATE_MS = 30_000;
const DEBOUNCE_MS = 50;
const TAP_MS = 300;
const TAP_HELD_MS = 150;

/**
 * A Shelly of the first generation: relays by `on` and `off`, inputs by `1` and `0`, no timer in its MQTT. After
 * shelly-api-docs.shelly.cloud gen1 ("Shelly1/1PM: MQTT", "Availability and announces").
 */
export class ShellyGen1 implements Gadget {
  readonly name: string;
  readonly #options: ShellyGen1Options;
  readonly #radio: Radio;
  readonly #on: boolean[];
  readonly #levels: Map<number, boolean>;
  readonly #timers = new Set<Timer>();

  constructor(options: ShellyGen1Options) {
    const { clock, prefix } = options;
    this.name = `shelly:${prefix}`;
    this.#options = options;
    this.#on = options.relays.map(() => false);
    this.#levels = new Map(options.inputs.map((id) => [id, false]));
    this.#radio = new Radio({
      clock,
      random: new Random(options.seed, `shelly ${prefix}`),
      connect: options.connect,
      clientId: prefix.slice(prefix.lastIndexOf('/') + 1),
      will: { topic: `${prefix}/online`, payload: 'false', retain: true },
      filters: [`${prefix}/relay/+/command`, `${prefix}/command`, 'shellies/command'],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [2_000, 5_000],
      handlers: {
        up: () => {
          this.#radio.publish(`${prefix}/online`, 'true', true);
          this.#tellAll();
        },
        down: () => undefined,
        message: ({ topic, payload }) => {
          this.#heard(topic, payload);
        },
      },
    });
    this.#again();
  }

  press(input: number, press: Press): void {
    const nowMs = this.#options.clock.nowMs() + DEBOUNCE_MS;
    const [times, heldMs] = 'holdMs' in press ? [1, press.holdMs] : [press.times, TAP_HELD_MS];
    for (let each = 0; each < times; each += 1) {
      this.#at(nowMs + each * TAP_MS, () => {
        this.#level(input, true);
      });
      this.#at(nowMs + each * TAP_MS + heldMs, () => {
        this.#level(input, false);
      });
    }
  }

  isOn(relay: number): boolean {
    return this.#on[relay] === true;
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  reboot(): void {
    this.#radio.reboot();
    for (const relay of this.#on.keys()) this.#switch(relay, false);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    for (const relay of this.#on.keys()) this.#switch(relay, false);
    await this.#radio.close();
  }

  #heard(topic: string, payload: string): void {
    const { prefix } = this.#options;
    const match = /\/relay\/(\d+)\/command$/.exec(topic);
    if (match === null) {
      if (payload === 'update' || payload === 'announce') this.#tellAll();
      return;
    }
    const relay = Number(match[1]);
    if (this.#on[relay] === undefined || !['on', 'off', 'toggle'].includes(payload)) return;
    this.#switch(relay, payload === 'toggle' ? !this.isOn(relay) : payload === 'on');
    this.#radio.publish(`${prefix}/relay/${relay}`, this.isOn(relay) ? 'on' : 'off', true);
  }

  #switch(relay: number, on: boolean): void {
    this.#on[relay] = on;
    this.#options.relays[relay]?.set(on);
  }

  #level(input: number, level: boolean): void {
    this.#levels.set(input, level);
    this.#radio.publish(`${this.#options.prefix}/input/${input}`, level ? '1' : '0', true);
  }

  #tellAll(): void {
    const { prefix } = this.#options;
    for (const [relay, on] of this.#on.entries())
      this.#radio.publish(`${prefix}/relay/${relay}`, on ? 'on' : 'off', true);
    for (const [input, level] of this.#levels)
      this.#radio.publish(`${prefix}/input/${input}`, level ? '1' : '0', true);
  }

  #again(): void {
    this.#at(this.#options.clock.nowMs() + UPDATE_MS, () => {
      this.#tellAll();
      this.#again();
    });
  }

  #at(atMs: number, act: () => void): void {
    const timer = this.#options.clock.at(atMs, 'shelly gen1', () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

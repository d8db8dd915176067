import type { Clock, Timer } from '../../src/clock/clock.ts';
import { Random } from '../../src/random/random.ts';
import type { ContactPort, Gadget, Press } from './ports.ts';
import { Radio, type Connect } from './radio.ts';

export interface MqttThingOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  /** Tells it from the others: two things of one client id would fight. */
  readonly id: string;
  /** Where it speaks; null: it never does. */
  readonly state: string | null;
  /** Where it listens; null: nowhere. */
  readonly set: string | null;
  readonly part: Part;
}

export type Part =
  | {
      readonly kind: 'thermometer';
      readonly everyMs: number;
      /** What it says now, as its owner's device would: the number in its own units, where it stands in its message; null: nothing. */
      say(): string | null;
    }
  | {
      readonly kind: 'contact';
      readonly port: ContactPort;
      /** It repeats what it is this often; null: it speaks on a change only. */
      readonly everyMs: number | null;
      say(): string;
    }
  | { readonly kind: 'button'; readonly words: Words }
  | { readonly kind: 'output'; hear(payload: string): void; off(): void };

/** What a button says, as whole payloads; null: it has no word for that. */
export interface Words {
  readonly press: string;
  readonly double: string | null;
  readonly hold: string | null;
  readonly release: string | null;
}

const KEEP_ALIVE_MS = 15_000;
const TAP_MS = 300;
/** From then on a button that has a word for it says that it is held. */
const HOLD_MS = 1_000;

/**
 * A thing with one topic to speak on and one to listen to, of no known make: a sketch on a microcontroller, a script
 * beside a sensor. It says what its config expects of it, so a whole config can be tried; what the real thing does
 * differently, only the real thing shows.
 */
export class MqttThing implements Gadget {
  readonly name: string;
  readonly #options: MqttThingOptions;
  readonly #radio: Radio;
  readonly #timers = new Set<Timer>();

  constructor(options: MqttThingOptions) {
    const { clock, seed, connect, id, state, set, part } = options;
    this.name = `mqtt:${id}`;
    this.#options = options;
    const random = new Random(seed, `mqtt ${id}`);
    const home = `${state ?? set ?? id}/availability`;
    this.#radio = new Radio({
      clock,
      random,
      connect,
      clientId: `thing-${id}`,
      will: { topic: home, payload: 'offline', retain: true },
      filters: set === null ? [] : [set],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [500, 2_000],
      handlers: {
        up: () => {
          this.#radio.publish(home, 'online', true);
        },
        down: () => undefined,
        message: ({ payload }) => {
          if (part.kind !== 'output') return;
          part.hear(payload);
          // Many say back what they were told.
          this.#say(payload);
        },
      },
    });
    if (part.kind === 'thermometer') this.#measure(part.everyMs, random.between(0, part.everyMs));
    if (part.kind === 'contact') {
      part.port.onChange(() => {
        this.#say(part.say());
      });
      if (part.everyMs !== null) this.#measure(part.everyMs, random.between(0, part.everyMs));
    }
  }

  /** Nothing where it is no button. */
  press(press: Press): void {
    const { part } = this.#options;
    if (part.kind !== 'button') return;
    const { words } = part;
    if ('times' in press) {
      if (press.times === 2 && words.double !== null) this.#sayAfter(0, words.double);
      else for (let each = 0; each < press.times; each += 1) this.#sayAfter(each * TAP_MS, words.press);
    } else if (words.hold === null || press.holdMs < HOLD_MS) {
      this.#sayAfter(0, words.press);
    } else {
      this.#sayAfter(HOLD_MS, words.hold);
      if (words.release !== null) this.#sayAfter(press.holdMs, words.release);
    }
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  reboot(): void {
    this.#radio.reboot();
    this.#off();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#off();
    await this.#radio.close();
  }

  #off(): void {
    const { part } = this.#options;
    if (part.kind === 'output') part.off();
  }

  #measure(everyMs: number, inMs: number): void {
    this.#after(inMs, () => {
      const { part } = this.#options;
      const said = part.kind === 'thermometer' || part.kind === 'contact' ? part.say() : null;
      if (said !== null) this.#say(said);
      this.#measure(everyMs, everyMs);
    });
  }

  #sayAfter(ms: number, payload: string): void {
    this.#after(ms, () => {
      this.#say(payload);
    });
  }

  #say(payload: string): void {
    const { state } = this.#options;
    if (state !== null) this.#radio.publish(state, payload);
  }

  #after(ms: number, act: () => void): void {
    const { clock } = this.#options;
    const timer = clock.at(clock.nowMs() + ms, this.name, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

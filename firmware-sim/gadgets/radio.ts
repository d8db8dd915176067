import type { Clock, Timer } from '../../src/clock/clock.ts';
import type { Bus, BusMessage, BusOptions, Will } from '../../src/model/bus.ts';
import type { Random } from '../../src/random/random.ts';

export type Connect = (options: BusOptions) => Bus;

export interface RadioOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly connect: Connect;
  readonly clientId: string;
  readonly will: Will;
  readonly filters: readonly string[];
  /** The MQTT keep-alive of the dialect, milliseconds: a broker gives up on a silent client after 1.5 of them. */
  readonly keepAliveMs: number;
  /** How long a box needs from power to network, milliseconds, drawn in between. */
  readonly bootMs: readonly [number, number];
  readonly handlers: RadioHandlers;
}

export interface RadioHandlers {
  /** Connected; `booted` after power-up, false when only the connection was lost. */
  up(booted: boolean): void;
  /** The box has noticed that the broker is gone. */
  down(): void;
  message(message: BusMessage): void;
}

/** From a message arriving to the box acting on it, milliseconds (Wi-Fi and one turn of its loop). */
const LATENCY_MS = { min: 5, max: 60 };
/** Between the old connection being closed and the new one, milliseconds: two with one client id would fight. */
const TAKEOVER_MS = 150;

/**
 * What every MQTT box shares: one connection, a latency of its own, and the ways a connection ends. A box that loses
 * its network cannot be made to vanish from a broker by the interface of a bus, so its will is published here at the
 * moment the broker would do it: after 1.5 keep-alives of silence, or when the box comes back earlier.
 */
export class Radio {
  readonly #options: RadioOptions;
  #bus: Bus | null = null;
  #up = false;
  #booted = true;
  #lastActMs = -Infinity;
  /** What was in the box's hands when it lost power or network is dropped. */
  #life = 0;
  readonly #timers = new Set<Timer>();
  readonly #name: string;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#name = `radio ${options.clientId}`;
    this.#join();
  }

  get up(): boolean {
    return this.#up;
  }

  publish(topic: string, payload: string, retain = false): void {
    if (this.#up) this.#bus?.publish({ topic, payload, qos: 0, retain });
  }

  /** Runs when the box gets to it: after its latency, in the order of asking. */
  later(act: () => void): void {
    const { clock, random } = this.#options;
    const life = this.#life;
    const actMs = clock.nowMs() + random.between(LATENCY_MS.min, LATENCY_MS.max);
    this.#lastActMs = Math.max(actMs, this.#lastActMs);
    // Kept nowhere: it comes within milliseconds, and what was closed meanwhile has ended this life.
    clock.at(this.#lastActMs, this.#name, () => {
      if (life === this.#life) act();
    });
  }

  disconnect(): void {
    if (this.#bus === null || !this.#up) return;
    this.#mute();
    const lost = this.#bus;
    const now = this.#options.clock.nowMs();
    // The box notices when its own ping stays unanswered, the broker a little later.
    this.#at(now + this.#options.keepAliveMs, () => {
      if (!this.#up) this.#options.handlers.down();
    });
    this.#at(now + this.#options.keepAliveMs * 1.5, () => {
      if (this.#bus === lost && !this.#up) this.#bury();
    });
  }

  reconnect(): void {
    if (this.#up) return;
    this.#joinAfter(200, 1_000);
  }

  /** Power off and on. The caller has let its outputs fall already. */
  reboot(): void {
    this.#mute();
    this.#booted = true;
    this.#joinAfter(...this.#options.bootMs);
  }

  async close(): Promise<void> {
    this.#mute();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    const bus = this.#bus;
    this.#bus = null;
    await bus?.close();
  }

  /** The broker buries the old connection when the new one takes it over; never later, or `offline` would stay. */
  #joinAfter(minMs: number, maxMs: number): void {
    const { clock, random } = this.#options;
    const life = this.#life;
    const backAtMs = clock.nowMs() + random.between(minMs, maxMs);
    this.#at(backAtMs, () => {
      if (life === this.#life && !this.#up) this.#bury();
    });
    this.#at(backAtMs + TAKEOVER_MS, () => {
      if (life === this.#life && this.#bus === null) this.#join();
    });
  }

  #join(): void {
    const { connect, clientId, will, filters } = this.#options;
    const bus = connect({ clientId, will });
    this.#bus = bus;
    // The link first: a box is up before it hears what the broker kept for it.
    bus.onLink((up) => {
      if (this.#bus === bus) this.#link(up);
    });
    bus.onMessage((message) => {
      if (this.#bus !== bus || !this.#up) return;
      this.later(() => {
        this.#options.handlers.message(message);
      });
    });
    bus.subscribe(filters);
  }

  #link(up: boolean): void {
    if (!up) {
      const noticed = this.#up;
      this.#mute();
      if (noticed) this.#options.handlers.down();
      return;
    }
    const life = this.#life;
    this.#at(this.#options.clock.nowMs(), () => {
      if (life !== this.#life || this.#up) return;
      this.#up = true;
      const booted = this.#booted;
      this.#booted = false;
      this.#options.handlers.up(booted);
    });
  }

  #mute(): void {
    this.#up = false;
    this.#life += 1;
  }

  /** What the broker does with a client that died without a goodbye. */
  #bury(): void {
    const { topic, payload, retain } = this.#options.will;
    this.#bus?.publish({ topic, payload, qos: 0, retain });
    void this.#bus?.close();
    this.#bus = null;
  }

  #at(atMs: number, act: () => void): void {
    const timer = this.#options.clock.at(atMs, this.#name, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { RelayPort } from '../ports.ts';

/** As `Switch.GetConfig` has it. What a factory sets is `FACTORY`. */
export interface SwitchConfig {
  readonly id: number;
  readonly name: string | null;
  readonly in_mode: string;
  readonly in_locked: boolean;
  readonly initial_state: string;
  readonly auto_on: boolean;
  readonly auto_on_delay: number;
  readonly auto_off: boolean;
  readonly auto_off_delay: number;
}

const FACTORY: Omit<SwitchConfig, 'id'> = {
  name: null,
  in_mode: 'follow',
  in_locked: false,
  initial_state: 'match_input',
  auto_on: false,
  auto_on_delay: 60,
  auto_off: false,
  auto_off_delay: 60,
};

/** What changed in a status; null is a key that went away. */
export type Change = Readonly<Record<string, unknown>>;

interface Running {
  readonly startedS: number;
  readonly durationS: number;
  readonly timer: Timer;
}

interface Held {
  config: SwitchConfig;
  output: boolean;
  source: string;
  running: Running | null;
  errors: readonly string[];
  readonly port: RelayPort;
}

export interface SwitchesOptions {
  readonly clock: Clock;
  readonly ports: readonly RelayPort[];
  /** Tell what changed in the status of a switch. */
  readonly tell: (id: number, change: Change) => void;
  /** True while the timers of this switch run out and switch nothing. */
  readonly clings: (id: number) => boolean;
}

/**
 * The switches of one device and the timers in them. `toggle_after` flips the output back; without it `auto_off` and
 * `auto_on` do, where they are set; whoever switches replaces the timer that runs. After shelly-api-docs.shelly.cloud
 * gen2 "Switch", and captured notifications, in which a manual off ends the timer.
 */
export class Switches {
  readonly #options: SwitchesOptions;
  readonly #held: readonly Held[];

  constructor(options: SwitchesOptions) {
    this.#options = options;
    this.#held = options.ports.map((port, id) => ({
      config: { id, ...FACTORY },
      output: false,
      source: 'init',
      running: null,
      errors: [],
      port,
    }));
  }

  get count(): number {
    return this.#held.length;
  }

  has(id: number): boolean {
    return this.#held[id] !== undefined;
  }

  isOn(id: number): boolean {
    return this.#held[id]?.output === true;
  }

  config(id: number): SwitchConfig | null {
    return this.#held[id]?.config ?? null;
  }

  configure(id: number, config: SwitchConfig): void {
    const held = this.#held[id];
    if (held !== undefined) held.config = config;
  }

  status(id: number): Readonly<Record<string, unknown>> {
    const held = this.#held[id];
    if (held === undefined) return {};
    const { output, source, running, errors } = held;
    const timer =
      running === null ? {} : { timer_started_at: running.startedS, timer_duration: running.durationS };
    return {
      id,
      source,
      output,
      ...timer,
      ...(errors.length === 0 ? {} : { errors }),
      temperature: { tC: 45.2, tF: 113.4 },
    };
  }

  /** Switches, and tells what changed. Returns what it was. */
  set(id: number, on: boolean, toggleAfterS: number | null, source: string): boolean {
    const held = this.#held[id];
    if (held === undefined) return false;
    const before = held.output;
    // What is over the limits stays off.
    const output = on && held.errors.length === 0;
    this.#apply(held, output, source, this.#flipBackS(held, output, toggleAfterS));
    return before;
  }

  /** It protects itself: off, with an error until it is cleared. */
  fail(id: number, errors: readonly string[]): void {
    const held = this.#held[id];
    if (held === undefined) return;
    held.errors = errors;
    if (errors.length > 0 && held.output) this.#apply(held, false, errors[0] ?? 'overtemp', null);
    this.#options.tell(id, { errors });
  }

  /** Power is gone: everything off, no timer survives, nothing is told. `boot` decides what comes after. */
  fall(): readonly boolean[] {
    const before = this.#held.map(({ output }) => output);
    for (const held of this.#held) {
      held.running?.timer.cancel();
      held.running = null;
      held.source = 'init';
      held.output = false;
      held.port.set(false);
    }
    return before;
  }

  /** `initial_state` at power-up. An input at rest matches off. */
  boot(before: readonly boolean[]): void {
    for (const [id, held] of this.#held.entries()) {
      const { initial_state } = held.config;
      const on = initial_state === 'on' || (initial_state === 'restore_last' && before[id] === true);
      held.output = on;
      held.port.set(on);
      const afterS = this.#flipBackS(held, on, null);
      if (afterS !== null) this.#arm(held, afterS);
    }
  }

  #flipBackS({ config }: Held, on: boolean, toggleAfterS: number | null): number | null {
    if (toggleAfterS !== null && toggleAfterS > 0) return toggleAfterS;
    if (on) return config.auto_off ? config.auto_off_delay : null;
    return config.auto_on ? config.auto_on_delay : null;
  }

  #apply(held: Held, output: boolean, source: string, flipBackS: number | null): void {
    const before = { output: held.output, source: held.source, timer: held.running };
    held.running?.timer.cancel();
    held.running = null;
    held.output = output;
    held.source = source;
    held.port.set(output);
    if (flipBackS !== null) this.#arm(held, flipBackS);
    // Keys in the order in which devices tell them.
    const change: Record<string, unknown> = {};
    if (before.output !== output) change['output'] = output;
    if (before.output !== output || before.source !== source) change['source'] = source;
    const now = this.#timerOf(held);
    if (before.timer?.durationS !== now?.durationS) change['timer_duration'] = now?.durationS ?? null;
    if (before.timer?.startedS !== now?.startedS) change['timer_started_at'] = now?.startedS ?? null;
    if (Object.keys(change).length > 0) this.#options.tell(held.config.id, change);
  }

  #timerOf(held: Held): Running | null {
    return held.running;
  }

  #arm(held: Held, durationS: number): void {
    const { clock } = this.#options;
    const { id } = held.config;
    if (held.output) held.port.leased?.(durationS * 1_000);
    const timer = clock.at(clock.nowMs() + durationS * 1_000, `shelly switch ${id}`, () => {
      if (held.output && this.#options.clings(id)) return;
      this.#apply(held, !held.output, 'timer', this.#flipBackS(held, !held.output, null));
    });
    held.running = { startedS: Math.round(clock.wallMs() / 10) / 100, durationS, timer };
  }
}

import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { Press } from '../ports.ts';

/** As `Input.GetConfig` has it. */
export interface InputConfig {
  readonly id: number;
  readonly name: string | null;
  readonly type: string;
  readonly enable: boolean;
  readonly invert: boolean;
  readonly factory_reset: boolean;
}

export interface InputsOptions {
  readonly clock: Clock;
  readonly ids: readonly number[];
  /** An input of type button: `btn_down`, `btn_up`, `single_push`, ... */
  readonly event: (id: number, event: string) => void;
  /** An input of type switch changed. */
  readonly changed: (id: number, state: boolean) => void;
}

/** From a finger on the button to the device being sure of it. */
const DEBOUNCE_MS = 50;
const TAP_HELD_MS = 180;
/** From one press to the next of a quick finger. */
const TAP_MS = 300;
/** After the last release it waits this long for another press (captured: 0.32 s). */
const WINDOW_MS = 320;
/** Held this long is a long push, told while it is still held (captured: 1.00 s). */
const LONG_MS = 1_000;
const PUSHES = ['single_push', 'double_push', 'triple_push'];

/** The inputs of a device. After shelly-api-docs.shelly.cloud gen2 "Input" and captured notifications. */
export class Inputs {
  readonly #options: InputsOptions;
  readonly #configs = new Map<number, InputConfig>();
  readonly #states = new Map<number, boolean>();
  readonly #timers = new Set<Timer>();

  constructor(options: InputsOptions) {
    this.#options = options;
    for (const id of options.ids)
      this.#configs.set(id, {
        id,
        name: null,
        type: 'switch',
        enable: true,
        invert: false,
        factory_reset: true,
      });
  }

  config(id: number): InputConfig | null {
    return this.#configs.get(id) ?? null;
  }

  configure(id: number, config: InputConfig): void {
    this.#configs.set(id, config);
  }

  /** A button has no state. */
  status(id: number): Readonly<Record<string, unknown>> {
    const isSwitch = this.#configs.get(id)?.type === 'switch';
    return { id, state: isSwitch ? (this.#states.get(id) ?? false) : null };
  }

  press(id: number, press: Press): void {
    const config = this.#configs.get(id);
    if (config?.enable !== true) return;
    const touchedMs = this.#options.clock.nowMs() + DEBOUNCE_MS;
    if (config.type === 'button') this.#button(id, touchedMs, press);
    else this.#flips(id, touchedMs, 'holdMs' in press ? 1 : press.times);
  }

  /** What is wired to an input of type switch has gone to this state, and stays there. */
  drive(id: number, state: boolean): void {
    const config = this.#configs.get(id);
    if (config?.enable !== true || (this.#states.get(id) ?? false) === state) return;
    this.#states.set(id, state);
    if (config.type === 'switch') this.#options.changed(id, state);
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #button(id: number, touchedMs: number, press: Press): void {
    const say = (atMs: number, event: string): void => {
      this.#at(atMs, () => {
        this.#options.event(id, event);
      });
    };
    const times = 'holdMs' in press ? 1 : Math.max(1, Math.min(press.times, PUSHES.length));
    const heldMs = 'holdMs' in press ? press.holdMs : TAP_HELD_MS;
    for (let each = 0; each < times; each += 1) {
      say(touchedMs + each * TAP_MS, 'btn_down');
      say(touchedMs + each * TAP_MS + heldMs, 'btn_up');
    }
    if (heldMs >= LONG_MS) say(touchedMs + LONG_MS, 'long_push');
    else say(touchedMs + (times - 1) * TAP_MS + heldMs + WINDOW_MS, PUSHES[times - 1] ?? 'single_push');
  }

  /** A rocker: each press is one flip. */
  #flips(id: number, touchedMs: number, times: number): void {
    for (let each = 0; each < times; each += 1) {
      this.#at(touchedMs + each * TAP_MS, () => {
        const state = this.#states.get(id) !== true;
        this.#states.set(id, state);
        this.#options.changed(id, state);
      });
    }
  }

  #at(atMs: number, act: () => void): void {
    const timer = this.#options.clock.at(atMs, 'shelly input', () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

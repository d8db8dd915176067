import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { Press } from '../ports.ts';

export interface ButtonsOptions {
  readonly clock: Clock;
  /** `SetOption32`, tenths of a second until a hold. */
  readonly holdTenths: () => number;
  /** `SetOption13`: act at the first touch and never wait for a second one. */
  readonly immediate: () => boolean;
  readonly action: (button: number, action: string) => void;
}

/** Another press within this joins the first (DOUBLE_CLICK_WINDOW). */
const WINDOW_MS = 500;
/** From one press to the next of a quick finger, and how long one lasts. */
const TAP_MS = 250;
const TAP_HELD_MS = 120;
/** The button is looked at this often (ButtonDebounce 50). */
const DEBOUNCE_MS = 50;
const WORDS = ['SINGLE', 'DOUBLE', 'TRIPLE', 'QUAD', 'PENTA'];

/**
 * The buttons of a box. A single press is known only when the window for a second one has passed, so it is told half
 * a second late unless `SetOption13` is on. After arendst/Tasmota `support_button_v4.ino` (ButtonHandler).
 */
export class Buttons {
  readonly #options: ButtonsOptions;
  readonly #timers = new Set<Timer>();

  constructor(options: ButtonsOptions) {
    this.#options = options;
  }

  press(button: number, press: Press): void {
    const touchedMs = this.#options.clock.nowMs() + DEBOUNCE_MS;
    if ('holdMs' in press) this.#hold(button, touchedMs, press.holdMs);
    else this.#tap(button, touchedMs, Math.max(1, Math.min(press.times, WORDS.length)));
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #tap(button: number, touchedMs: number, times: number): void {
    if (this.#options.immediate()) {
      for (let each = 0; each < times; each += 1) this.#say(touchedMs + each * TAP_MS, button, 'SINGLE');
      return;
    }
    this.#say(touchedMs + (times - 1) * TAP_MS + WINDOW_MS, button, WORDS[times - 1] ?? 'SINGLE');
  }

  #hold(button: number, touchedMs: number, heldMs: number): void {
    const limitMs = this.#options.holdTenths() * 100;
    if (this.#options.immediate()) this.#say(touchedMs, button, 'SINGLE');
    else if (heldMs < limitMs)
      this.#say(touchedMs + Math.max(WINDOW_MS, heldMs, TAP_HELD_MS), button, 'SINGLE');
    else {
      this.#say(touchedMs + limitMs, button, 'HOLD');
      this.#say(touchedMs + heldMs, button, 'CLEAR');
    }
  }

  #say(atMs: number, button: number, action: string): void {
    const timer = this.#options.clock.at(atMs, `tasmota button ${button}`, () => {
      this.#timers.delete(timer);
      this.#options.action(button, action);
    });
    this.#timers.add(timer);
  }
}

import type { ContactPort } from '../../gadgets/ports.ts';
import { BUTTON_HELD_MS, BUTTON_MS } from './limits.ts';
import type { News } from './news.ts';
import type { Alarm, Ticks } from './ticks.ts';
import type { Valves } from './valves.ts';

/** The button: looked at each millisecond while it is pressed and not yet held, or bounces. */
export class Button {
  readonly #ticks: Ticks;
  readonly #port: ContactPort;
  readonly #news: News;
  readonly #valves: Valves;
  readonly #alarm: Alarm;
  /** As it was told. */
  #down = false;
  #touched = false;
  #steadyMs = 0;
  /** The tick that saw it low first, of this time. */
  #lowSince: number | null = null;

  constructor(ticks: Ticks, port: ContactPort, news: News, valves: Valves) {
    this.#ticks = ticks;
    this.#port = port;
    this.#news = news;
    this.#valves = valves;
    this.#alarm = ticks.alarm('board: button', (dueMs) => {
      this.#tick(dueMs);
    });
    this.changed(ticks.timeOf(0));
  }

  get down(): boolean {
    return this.#down;
  }

  held(atMs: number): boolean {
    return this.#lowSince !== null && this.#ticks.at(atMs) - this.#lowSince + 1 >= BUTTON_HELD_MS;
  }

  /** Somebody presses it or lets go. */
  changed(atMs: number): void {
    if (this.#port.read() || this.#touched || this.#down) this.#next(this.#ticks.at(atMs) + 1);
  }

  #next(tick: number): void {
    this.#alarm.set(this.#ticks.timeOf(tick));
  }

  #tick(dueMs: number): void {
    const tick = this.#ticks.at(dueMs);
    const low = this.#port.read();
    const held = this.#lowSince !== null && tick - this.#lowSince >= BUTTON_HELD_MS;
    const pressed = low && !this.#touched && !this.#down;
    if ((pressed || held) && this.#valves.anyOpen) this.#valves.stop('button', dueMs);
    this.#touched = low;
    this.#lowSince = low ? (this.#lowSince ?? tick) : null;
    if (low === this.#down) {
      this.#steadyMs = 0;
      // What is left to see is that it was held.
      if (low && this.#lowSince !== null && !held) this.#next(this.#lowSince + BUTTON_HELD_MS);
      return;
    }
    this.#steadyMs += 1;
    if (this.#steadyMs >= BUTTON_MS) {
      this.#steadyMs = 0;
      this.#down = low;
      this.#news.button(low, dueMs);
    }
    this.#next(tick + 1);
  }
}

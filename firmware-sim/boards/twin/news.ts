import type { Ticks, Alarm } from './ticks.ts';
import type { Mouth } from './mouth.ts';

export type Why = 'lease' | 'link' | 'hot' | 'sensor' | 'cap' | 'stop';
export type Trip = { readonly why: 'hot' | 'sensor'; readonly tempC: number | null };

/** Degrees with two decimals, or `na`. */
export const degrees = (tempC: number | null): string => (tempC === null ? 'na' : tempC.toFixed(2));

/** What happened and is not yet told. Of several of one kind the last is. */
export class News {
  readonly #ticks: Ticks;
  readonly #mouth: Mouth;
  readonly #alarm: Alarm;
  /** In the order in which they are told. */
  readonly #waiting = {
    stop: null as string | null,
    trip: null as string | null,
    closed: [null, null, null, null] as (string | null)[],
    lost: null as string | null,
    button: null as string | null,
  };

  constructor(ticks: Ticks, mouth: Mouth) {
    this.#ticks = ticks;
    this.#mouth = mouth;
    this.#alarm = ticks.alarm('board: news', (dueMs) => {
      this.#tell(dueMs);
    });
  }

  stopped(by: 'host' | 'button', atMs: number): void {
    this.#waiting.stop = `!stop why=${by}`;
    this.#raise(atMs);
  }

  tripped({ why, tempC }: Trip, atMs: number): void {
    this.#waiting.trip = `!trip why=${why} t=${degrees(tempC)}`;
    this.#raise(atMs);
  }

  closed(valve: number, why: Why, atMs: number): void {
    this.#waiting.closed[valve] = `!closed v=${valve + 1} why=${why}`;
    this.#raise(atMs);
  }

  lost(atMs: number): void {
    this.#waiting.lost = '!lost';
    this.#raise(atMs);
  }

  button(down: boolean, atMs: number): void {
    this.#waiting.button = `!btn n=1 ${down ? 'down' : 'up'}`;
    this.#raise(atMs);
  }

  #raise(atMs: number): void {
    if (this.#alarm.dueMs === null) this.#alarm.set(this.#ticks.turnAfter(atMs));
  }

  #tell(dueMs: number): void {
    const waiting = this.#waiting;
    const told = (text: string | null): string | null =>
      text === null || this.#mouth.say(text, dueMs) ? null : text;
    waiting.stop = told(waiting.stop);
    waiting.trip = told(waiting.trip);
    for (const [valve, text] of waiting.closed.entries()) waiting.closed[valve] = told(text);
    waiting.lost = told(waiting.lost);
    waiting.button = told(waiting.button);
    const left = [waiting.stop, waiting.trip, ...waiting.closed, waiting.lost, waiting.button];
    if (left.some((text) => text !== null)) this.#alarm.set(this.#ticks.turnAfter(dueMs + 0.5));
  }
}

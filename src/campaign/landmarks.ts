import type { Clock } from '../clock/clock.ts';
import { parseMoment } from './moment.ts';
import type { Moment } from './moment.ts';

type From = Moment['from'];

/** Where a session is by its landmarks (ready, warm 2, cold 1, change 3 …), and who waits for one of them. */
export class Landmarks {
  readonly #clock: Clock;
  readonly #counts = new Map<From, number>();
  readonly #waiting = new Map<string, { plusMs: number; act: () => void }[]>();
  #phase = '';
  #cycle = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back at a moment, or never where the session does not come to it. @throws RangeError it is none */
  when(text: string, act: () => void): void {
    const moment = parseMoment(text);
    if (moment === null) throw new RangeError(`"${text}" is no moment`);
    const key = `${moment.from} ${moment.nth}`;
    const list = this.#waiting.get(key) ?? [];
    list.push({ plusMs: moment.plusMs, act });
    this.#waiting.set(key, list);
  }

  reached(from: From, nth = (this.#counts.get(from) ?? 0) + 1): void {
    this.#counts.set(from, nth);
    const key = `${from} ${nth}`;
    const list = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const { plusMs, act } of list) this.#clock.at(this.#clock.nowMs() + plusMs, `moment ${key}`, act);
  }

  state(state: string, phase: string, cycle: number): void {
    if (phase === this.#phase && cycle === this.#cycle) return;
    const changed = phase !== this.#phase;
    this.#phase = phase;
    this.#cycle = cycle;
    if (!changed) return;
    if (phase === 'ready' || phase === 'warm' || phase === 'cold') this.reached(phase);
    else if (phase === 'changing') this.reached('change');
    else if (phase === 'paused') this.reached('held');
    else if (state === 'complete' || state === 'stopped' || state === 'aborted') this.reached('end');
  }
}

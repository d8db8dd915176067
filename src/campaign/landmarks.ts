import type { Clock } from '../clock/clock.ts';
import { parseMoment } from './moment.ts';
import type { Moment } from './moment.ts';

type From = Moment['from'];

/** Where a session is by its landmarks (ready, warm 2, cold 1, change 3, stopping …), and who waits for one of them. */
export class Landmarks {
  readonly #clock: Clock;
  readonly #times = new Map<string, number>();
  readonly #counts = new Map<From, number>();
  /** What was waited for and happened, as it was written. */
  readonly came = new Set<string>();
  readonly #waiting = new Map<string, { plusMs: number; act: () => void }[]>();
  #state = '';
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
    list.push({
      plusMs: moment.plusMs,
      act: () => {
        this.came.add(text);
        act();
      },
    });
    this.#waiting.set(key, list);
  }

  /** When a moment was; null where the session did not come to it. */
  whenWas(text: string): number | null {
    const moment = parseMoment(text);
    const atMs = moment === null ? undefined : this.#times.get(`${moment.from} ${moment.nth}`);
    return moment === null || atMs === undefined ? null : atMs + moment.plusMs;
  }

  reached(from: From, nth = (this.#counts.get(from) ?? 0) + 1): void {
    this.#counts.set(from, nth);
    const key = `${from} ${nth}`;
    if (!this.#times.has(key)) this.#times.set(key, this.#clock.nowMs());
    const list = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const { plusMs, act } of list) this.#clock.at(this.#clock.nowMs() + plusMs, `moment ${key}`, act);
  }

  /** What the station tells: the session's state, substates and all, what people see, and the cycle. */
  state(state: string, phase: string, cycle: number): void {
    if (state !== this.#state) this.#entered(state);
    if (phase === this.#phase && cycle === this.#cycle) return;
    const changed = phase !== this.#phase;
    this.#phase = phase;
    this.#cycle = cycle;
    if (!changed) return;
    if (phase === 'ready' || phase === 'warm' || phase === 'cold') this.reached(phase);
    else if (phase === 'changing') this.reached('change');
    else if (phase === 'paused') this.reached('held');
  }

  #entered(state: string): void {
    const [head = '', inside] = state.split('.');
    if (inside === 'parked') this.reached('parked');
    if (head !== this.#state.split('.')[0]) {
      const passing = PASSING.find((one) => one === head);
      if (passing !== undefined) this.reached(passing);
    }
    this.#state = state;
  }
}

/** States on the way in and out, which a landmark is named after. */
const PASSING = ['holding', 'restarting', 'completing', 'stopping', 'aborting'] as const;

import type { ProbePort } from '../../gadgets/ports.ts';
import { CONVERT_MS, HOT_C, PROBE_HOT_ANSWERS, PROBE_LOST_ANSWERS } from './limits.ts';
import type { Alarm, Ticks } from './ticks.ts';
import type { Valves } from './valves.ts';

/** What it answers when it lost its power in the middle: not a temperature. */
const POWER_ON_C = 85;
/** One slot of the wire a millisecond: reset and presence, two bytes that ask, nine that answer. */
const RESET_TICKS = 2;
const ASK_TICKS = 16;
const ANSWER_TICKS = 72;
const MOST_AGE_MS = 65_535;

/**
 * The DS18B20, a measurement after the other: told to convert, waited for, fetched. Its own part of the wire (what it
 * holds between the two) is here as well.
 */
export class Probe {
  readonly #ticks: Ticks;
  readonly #port: ProbePort | null;
  readonly #valves: Valves;
  readonly #alarm: Alarm;
  #next: (tick: number) => void = () => undefined;
  /** What it converted last, degrees Celsius; NaN: nothing since it had no wire. */
  #held = POWER_ON_C;
  #tempC: number | null = null;
  #takenTick = 0;
  #conversionTick = 0;
  #answered = false;
  #missing = 0;
  #hotAnswers = 0;
  /** A test makes its checksum wrong. */
  corrupt: () => boolean = () => false;

  constructor(ticks: Ticks, port: ProbePort | null, valves: Valves) {
    this.#ticks = ticks;
    this.#port = port;
    this.#valves = valves;
    this.#alarm = ticks.alarm('board: DS18B20', (dueMs) => {
      this.#next(ticks.at(dueMs));
    });
    if (port !== null) this.#ask(0);
  }

  /** null: it never answered, or does not any more. */
  get tempC(): number | null {
    return this.#tempC;
  }

  /** It answered once, and does not any more. */
  get lost(): boolean {
    return this.#answered && this.#missing >= PROBE_LOST_ANSWERS;
  }

  /** Since the conversion began that it last told; since the start where there was none. */
  ageMs(atMs: number): number {
    return Math.min(MOST_AGE_MS, this.#ticks.at(atMs) - this.#takenTick);
  }

  #gone(): boolean {
    return this.#port === null || Number.isNaN(this.#port.read());
  }

  #at(tick: number, next: (tick: number) => void): void {
    this.#next = next;
    this.#alarm.set(this.#ticks.timeOf(tick));
  }

  #ask(from: number): void {
    this.#at(from + RESET_TICKS, (tick) => {
      if (this.#gone()) {
        this.#missed(tick);
        return;
      }
      this.#conversionTick = tick + ASK_TICKS;
      this.#at(this.#conversionTick + CONVERT_MS, (done) => {
        const tempC = this.#port?.read() ?? NaN;
        this.#held = Number.isNaN(tempC) ? POWER_ON_C : Math.round(tempC * 16) / 16;
        this.#fetch(done);
      });
    });
  }

  #fetch(done: number): void {
    this.#at(done + 1 + RESET_TICKS, (tick) => {
      if (this.#gone()) {
        this.#missed(tick);
        return;
      }
      this.#at(tick + ASK_TICKS + ANSWER_TICKS, (at) => {
        if (this.#gone() || this.corrupt() || this.#held === POWER_ON_C) this.#missed(at);
        else this.#answer(at);
      });
    });
  }

  #missed(tick: number): void {
    this.#hotAnswers = 0;
    this.#missing = Math.min(PROBE_LOST_ANSWERS, this.#missing + 1);
    if (this.#missing >= PROBE_LOST_ANSWERS) {
      this.#tempC = null;
      if (this.#answered) this.#valves.trip('sensor', null, this.#ticks.timeOf(tick));
    }
    this.#ask(tick + CONVERT_MS + 1);
  }

  #answer(tick: number): void {
    // Sixteenths are told in hundredths, cut off.
    const tempC = Math.trunc((this.#held * 16 * 25) / 4) / 100;
    this.#tempC = tempC;
    this.#takenTick = this.#conversionTick;
    this.#answered = true;
    this.#missing = 0;
    this.#hotAnswers = tempC >= HOT_C ? this.#hotAnswers + 1 : 0;
    if (this.#hotAnswers >= PROBE_HOT_ANSWERS) {
      this.#hotAnswers = 0;
      this.#valves.trip('hot', tempC, this.#ticks.timeOf(tick));
    }
    this.#ask(tick);
  }
}

import type { ProbePort } from '../../gadgets/ports.ts';
import { thermistorCelsius, thermistorVolts } from '../thermistor.ts';
import { HOT_C, LOOKS, LOOK_MS, SAMPLE_MS } from './limits.ts';
import type { Alarm, Ticks } from './ticks.ts';
import type { Valves } from './valves.ts';

/** Of 1024 steps of the converter: open below the first, shorted above the second. */
const COUNTS = 1024;
const LEAST_COUNT = 140;
const MOST_COUNT = 960;
/** The step that 43 C lies in counts as hot. */
const HOT_COUNT = countOf(HOT_C);
/**
 * No sleeve lets a thermistor change faster; what jumps all the same is told by its port. So as long as it is far from
 * too hot it need not be looked at as often as the board does.
 */
const SLEW_K_PER_S = 40;
const LONGEST_MS = 1_000;
/** From here on each sample is taken. */
const CLOSE_K = 0.5;

/** From a sample to its figure being there: neither the look nor the telemetry of the same millisecond has it. */
const CONVERTS_MS = 0.12;

interface Sample {
  readonly count: number;
  readonly atMs: number;
}

function countOf(tempC: number): number {
  return Math.min(COUNTS - 1, Math.floor((thermistorVolts(tempC) / 5) * COUNTS));
}

const broken = (count: number): boolean => count < LEAST_COUNT || count > MOST_COUNT;
const hot = (count: number): boolean => !broken(count) && count >= HOT_COUNT;

/** The thermistor: the middle of three samples, looked at every 10 ms; exact where it matters, lazy where it does not. */
export class Thermistor {
  readonly #ticks: Ticks;
  readonly #port: ProbePort;
  readonly #valves: Valves;
  readonly #alarm: Alarm;
  /** The last ones, and when each was taken. */
  #samples: readonly Sample[] = [];
  /** Samples since they are taken one by one. */
  #fresh = 0;
  #hotLooks = 0;
  #brokenLooks = 0;
  #known = false;
  /** Each sample is taken; else it is as if it had been whatever it is now. */
  #fine = true;

  constructor(ticks: Ticks, port: ProbePort, valves: Valves) {
    this.#ticks = ticks;
    this.#port = port;
    this.#valves = valves;
    this.#alarm = ticks.alarm('board: thermistor', (dueMs) => {
      this.#due(dueMs);
    });
    this.#alarm.set(ticks.timeOf(SAMPLE_MS));
  }

  /** It had a sound reading since the start. */
  get known(): boolean {
    return this.#known;
  }

  /** null: it is broken, or there is none yet. */
  tempC(atMs: number): number | null {
    if (!this.#fine) this.#fill();
    const count = this.#median(atMs);
    return count === null || broken(count) ? null : thermistorCelsius((count / COUNTS) * 5);
  }

  /** Milliseconds since the last sample, and what it took. */
  ageMs(atMs: number): number {
    return (this.#ticks.at(atMs) % SAMPLE_MS) + SAMPLE_MS;
  }

  /** What it feels jumps: from now on as the board does it. */
  jumped(atMs: number): void {
    if (this.#fine) this.#fresh = 0;
    else this.#refine(atMs);
  }

  #read(): number {
    return countOf(this.#port.read());
  }

  #fill(): void {
    const sample = { count: this.#read(), atMs: -Infinity };
    this.#samples = [sample, sample, sample];
  }

  /** The middle of the three that are there at that time; null: there are not yet three. */
  #median(atMs: number): number | null {
    const there = this.#samples.filter((sample) => sample.atMs + CONVERTS_MS <= atMs);
    const [a, b, c] = there.slice(-3);
    if (a === undefined || b === undefined || c === undefined) return null;
    const low = Math.min(a.count, b.count);
    const high = Math.max(a.count, b.count);
    return Math.max(low, Math.min(high, c.count));
  }

  #refine(atMs: number): void {
    this.#fine = true;
    this.#fresh = 0;
    this.#alarm.set(this.#ticks.timeOf(this.#nextTick(this.#ticks.at(atMs))));
  }

  #nextTick(after: number): number {
    const next = (every: number): number => (Math.floor(after / every) + 1) * every;
    return Math.min(next(SAMPLE_MS), next(LOOK_MS));
  }

  #due(dueMs: number): void {
    if (!this.#fine) {
      const before = this.#samples;
      this.#fill();
      if (!this.#rest(dueMs)) {
        // It came close since it was last looked at.
        this.#samples = before;
        this.#refine(dueMs);
      }
      return;
    }
    const tick = this.#ticks.at(dueMs);
    if (tick % LOOK_MS === 0) this.#look(dueMs);
    if (tick % SAMPLE_MS === 0) {
      this.#samples = [...this.#samples.slice(-3), { count: this.#read(), atMs: dueMs }];
      this.#fresh += 1;
    }
    if (this.#fresh < 3 || !this.#rest(dueMs)) this.#alarm.set(this.#ticks.timeOf(this.#nextTick(tick)));
  }

  #look(dueMs: number): void {
    const count = this.#median(dueMs);
    if (count === null) return;
    this.#brokenLooks = broken(count) ? this.#brokenLooks + 1 : 0;
    this.#hotLooks = hot(count) ? this.#hotLooks + 1 : 0;
    if (this.#brokenLooks >= LOOKS) {
      this.#brokenLooks = 0;
      this.#valves.trip('sensor', null, dueMs);
    }
    if (this.#hotLooks >= LOOKS) {
      this.#hotLooks = 0;
      this.#valves.trip('hot', this.tempC(dueMs), dueMs);
    }
    if (!broken(count)) this.#known = true;
  }

  /** True where nothing can come of the next looks: then it is looked at when that may have changed. */
  #rest(dueMs: number): boolean {
    const last = this.#samples.slice(-3).map(({ count }) => count);
    const [first = NaN] = last;
    const same = last.every((count) => Math.abs(count - first) <= 2);
    if (!same || this.#hotLooks + this.#brokenLooks > 0) return false;
    const waitMs = this.#quietMs(first);
    if (waitMs === null) return false;
    this.#fine = false;
    this.#alarm.set(dueMs + waitMs);
    return true;
  }

  #quietMs(count: number): number | null {
    if (broken(count)) return this.#valves.latched('sensor') ? LONGEST_MS : null;
    if (!this.#known) return null;
    if (this.#valves.latched('hot')) return LONGEST_MS;
    const farK = HOT_C - thermistorCelsius((count / COUNTS) * 5);
    return farK < CLOSE_K ? null : Math.min(LONGEST_MS, (farK / SLEW_K_PER_S) * 1_000);
  }
}

import { VALVES } from './limits.ts';
import type { Mouth } from './mouth.ts';
import { degrees } from './news.ts';
import type { Probe } from './probe.ts';
import type { Thermistor } from './thermistor.ts';
import type { Alarm, Ticks } from './ticks.ts';
import type { Valves } from './valves.ts';

/** Of one turn of the main loop the news come first. */
const AFTER_NEWS_MS = 0.01;

/** What is told every so often, where it was asked for; one that finds no room on the line is left out. */
export class Telemetry {
  readonly #ticks: Ticks;
  readonly #alarm: Alarm;
  #periodMs = 0;

  constructor(ticks: Ticks, mouth: Mouth, valves: Valves, thermistor: Thermistor, probe: Probe) {
    this.#ticks = ticks;
    this.#alarm = ticks.alarm('board: telemetry', (dueMs) => {
      let open = 0;
      for (let index = 0; index < VALVES; index += 1) if (valves.left(index, dueMs) > 0) open |= 1 << index;
      const temps = `t1=${degrees(thermistor.tempC(dueMs))} t2=${degrees(probe.tempC)}`;
      mouth.say(`!tele ${temps} v=${open} up=${ticks.at(dueMs)}`, dueMs);
      this.every(this.#periodMs, dueMs);
    });
  }

  /** 0: never. */
  every(periodMs: number, atMs: number): void {
    this.#periodMs = periodMs;
    const due = (): number => this.#ticks.turnAfter(this.#ticks.timeOf(this.#ticks.at(atMs) + periodMs));
    this.#alarm.set(periodMs === 0 ? null : due() + AFTER_NEWS_MS);
  }
}

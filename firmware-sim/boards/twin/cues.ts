import type { Alarm, Ticks } from './ticks.ts';

export interface Pattern {
  readonly onMs: number;
  readonly offMs: number;
  readonly count: number;
  /** What stays when it is over. */
  readonly then: boolean;
}

/** A light or a buzzer that blinks by itself. */
class Blinker {
  readonly #ticks: Ticks;
  readonly #alarm: Alarm;
  readonly #set: (on: boolean, atMs: number) => void;
  #pattern: Pattern = { onMs: 0, offMs: 0, count: 0, then: false };
  #left = 0;
  #on = false;

  constructor(ticks: Ticks, name: string, set: (on: boolean, atMs: number) => void) {
    this.#ticks = ticks;
    this.#set = set;
    this.#alarm = ticks.alarm(name, (dueMs) => {
      this.#turn(dueMs);
    });
  }

  play(pattern: Pattern, steady: boolean, atMs: number): void {
    this.#pattern = pattern;
    this.#left = pattern.count;
    this.#on = pattern.count > 0;
    this.#set(this.#on || steady, atMs);
    this.#alarm.set(this.#on ? this.#after(atMs, pattern.onMs) : null);
  }

  #after(atMs: number, ms: number): number {
    return this.#ticks.timeOf(this.#ticks.at(atMs) + ms);
  }

  #turn(dueMs: number): void {
    const { onMs, offMs, then } = this.#pattern;
    if (this.#on) {
      this.#on = false;
      this.#set(false, dueMs);
      this.#alarm.set(this.#after(dueMs, offMs));
      return;
    }
    this.#left -= 1;
    this.#on = this.#left > 0;
    if (this.#on || then) this.#set(true, dueMs);
    if (this.#on) this.#alarm.set(this.#after(dueMs, onMs));
  }
}

/** A passive buzzer is toggled so long before its toggles are told. */
const TOLD_MS = 10;

/** A tone is a pin that goes up and down: told in bunches, each edge with its own time. */
class Tone {
  readonly #alarm: Alarm;
  readonly #set: (high: boolean, atMs: number) => void;
  #halfMs = 0;
  #edgeMs = 0;
  #high = false;

  constructor(ticks: Ticks, set: (high: boolean, atMs: number) => void) {
    this.#set = set;
    this.#alarm = ticks.alarm('board: tone', (dueMs) => {
      this.#until(dueMs);
      this.#alarm.set(dueMs + TOLD_MS);
    });
  }

  /** 0 is a buzzer that only wants its pin high. */
  start(freqHz: number, atMs: number): void {
    this.#alarm.set(null);
    this.#high = false;
    if (freqHz === 0) {
      this.#set(true, atMs);
      return;
    }
    this.#set(false, atMs);
    this.#halfMs = 500 / freqHz;
    this.#edgeMs = atMs + this.#halfMs;
    this.#alarm.set(atMs + TOLD_MS);
  }

  stop(atMs: number): void {
    if (this.#alarm.dueMs !== null) this.#until(atMs);
    this.#alarm.set(null);
    this.#set(false, atMs);
  }

  #until(atMs: number): void {
    for (; this.#edgeMs < atMs; this.#edgeMs += this.#halfMs) {
      this.#high = !this.#high;
      this.#set(this.#high, this.#edgeMs);
    }
  }
}

/** Light and sound, which go on when the host does not. */
export class Cues {
  readonly #light: Blinker;
  readonly #buzzer: Blinker;
  #freqHz = 0;

  constructor(ticks: Ticks, set: (pin: 'light' | 'buzzer', high: boolean, atMs: number) => void) {
    const tone = new Tone(ticks, (high, atMs) => {
      set('buzzer', high, atMs);
    });
    this.#light = new Blinker(ticks, 'board: light', (on, atMs) => {
      set('light', on, atMs);
    });
    this.#buzzer = new Blinker(ticks, 'board: buzzer', (on, atMs) => {
      if (on) tone.start(this.#freqHz, atMs);
      else tone.stop(atMs);
    });
  }

  light(pattern: Pattern, atMs: number): void {
    this.#light.play(pattern, pattern.count === 0 && pattern.onMs > 0, atMs);
  }

  buzz(freqHz: number, pattern: Pattern, atMs: number): void {
    this.#buzzer.play({ ...pattern, count: 0 }, false, atMs);
    this.#freqHz = freqHz;
    this.#buzzer.play(pattern, false, atMs);
  }
}

import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { ProbePort } from '../ports.ts';

export interface TasmotaProbe {
  /** The `Id` of the sensor: 12 hex digits. */
  readonly id: string;
  readonly port: ProbePort;
}

interface Held {
  readonly probe: TasmotaProbe;
  readonly name: string;
  converted: number;
  valueC: number;
  /** How many failed reads until the sensor counts as gone. */
  valid: number;
}

/** SENSOR_MAX_MISS: the last value stays on show through this many failed reads. */
const MAX_MISS = 5;
/** 12 bits need this long. */
const CONVERSION_MS = 750;
const SECOND_MS = 1_000;
/** One step of a DS18B20 at 12 bits, kelvin. */
const STEP_K = 1 / 16;

/**
 * The DS18B20 of a box: converted in odd seconds, read in even ones, so that a value is up to 2 s old and is shown
 * twice to whoever asks each second; a probe that fails keeps its last value for up to 10 s. After arendst/Tasmota
 * `xsns_05_ds18x20.ino` (Ds18x20EverySecond, Ds18x20Read, Ds18x20Show).
 */
export class Probes {
  readonly #clock: Clock;
  readonly #held: readonly Held[];
  #timer: Timer | null = null;

  constructor(clock: Clock, probes: readonly TasmotaProbe[]) {
    this.#clock = clock;
    // Numbered by address.
    const sorted = probes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#held = sorted.map((probe, index) => ({
      probe,
      name: sorted.length === 1 ? 'DS18B20' : `DS18B20-${index + 1}`,
      converted: NaN,
      valueC: NaN,
      valid: 0,
    }));
    this.start();
  }

  /** Power-up: nothing is known yet. */
  start(): void {
    this.stop();
    for (const held of this.#held) held.valid = 0;
    if (this.#held.length > 0) this.#convertAt(this.#clock.nowMs() + SECOND_MS);
  }

  /** The bus of the probes is blocked, and with it what is said of them. */
  get hung(): boolean {
    return this.#held.some(({ probe }) => probe.port.hung?.() === true);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /**
   * Adds the part of a `SENSOR` object that is theirs: one sensor has no number, and one that is gone has no entry.
   * False where none has.
   */
  show(sensor: Record<string, unknown>): boolean {
    let any = false;
    for (const { valid, name, probe, valueC } of this.#held) {
      if (valid === 0) continue;
      any = true;
      // TempRes 1, the default.
      sensor[name] = { Id: probe.id, Temperature: Math.round(valueC * 10) / 10 };
    }
    return any;
  }

  #convertAt(atMs: number): void {
    this.#timer = this.#clock.at(atMs + CONVERSION_MS, 'tasmota probe converts', () => {
      for (const held of this.#held) held.converted = Math.round(held.probe.port.read() / STEP_K) * STEP_K;
      this.#timer = this.#clock.at(atMs + SECOND_MS, 'tasmota probe is read', () => {
        for (const held of this.#held) {
          held.valid = Math.max(0, held.valid - 1);
          if (Number.isNaN(held.converted)) continue;
          held.valueC = held.converted;
          held.valid = MAX_MISS;
        }
        this.#convertAt(atMs + 2 * SECOND_MS);
      });
    });
  }
}

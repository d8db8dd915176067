import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { ProbePort } from '../ports.ts';

export interface ProbesOptions {
  readonly clock: Clock;
  readonly ports: ReadonlyMap<number, ProbePort>;
  readonly tell: (id: number, status: Readonly<Record<string, unknown>>) => void;
}

/** How often the add-on measures is not documented; a DS18B20 at 12 bits could do it each second. */
const MEASURE_MS = 1_000;
/** `report_thr_C`, kelvin. The documentation allows 0.5 to 5. */
const THRESHOLD_C = 0.5;
/** Whatever it is, it is told this often. */
const REPORT_MS = 60_000;

interface Held {
  readonly port: ProbePort;
  valueC: number;
  toldC: number;
  toldAtMs: number;
}

/** The probes at the add-on. After shelly-api-docs.shelly.cloud gen2 "Temperature". */
export class Probes {
  readonly #options: ProbesOptions;
  readonly #held: ReadonlyMap<number, Held>;
  #timer: Timer | null = null;

  constructor(options: ProbesOptions) {
    this.#options = options;
    this.#held = new Map(
      [...options.ports].map(([id, port]) => [
        id,
        { port, valueC: port.read(), toldC: NaN, toldAtMs: -Infinity },
      ]),
    );
    this.start();
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** Nothing is measured, and nobody is told. */
  hung(id: number): boolean {
    return this.#held.get(id)?.port.hung?.() === true;
  }

  status(id: number): Readonly<Record<string, unknown>> {
    const valueC = this.#held.get(id)?.valueC ?? NaN;
    if (Number.isNaN(valueC)) return { id, tC: null, tF: null, errors: ['read'] };
    const tenth = (value: number): number => Math.round(value * 10) / 10;
    return { id, tC: tenth(valueC), tF: tenth(valueC * 1.8 + 32) };
  }

  start(): void {
    this.stop();
    if (this.#held.size > 0) this.#measureAt(this.#options.clock.nowMs() + MEASURE_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #measureAt(atMs: number): void {
    this.#timer = this.#options.clock.at(atMs, 'shelly probe', () => {
      for (const [id, held] of this.#held) this.#measure(id, held, atMs);
      this.#measureAt(atMs + MEASURE_MS);
    });
  }

  #measure(id: number, held: Held, atMs: number): void {
    if (this.hung(id)) return;
    held.valueC = held.port.read();
    const same = Math.abs(held.valueC - held.toldC) < THRESHOLD_C;
    const bothLost = Number.isNaN(held.valueC) && Number.isNaN(held.toldC);
    if ((same || bothLost) && atMs - held.toldAtMs < REPORT_MS) return;
    held.toldC = held.valueC;
    held.toldAtMs = atMs;
    this.#options.tell(id, this.status(id));
  }
}

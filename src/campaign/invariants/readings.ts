import type { ReadingEvent } from '../trace.ts';

export interface Sample {
  readonly atMs: number;
  readonly valueC: number;
}

/** The valid readings of each thermometer as they came in, as far back as `keepMs`. */
export class Readings {
  readonly #keepMs: number;
  readonly #of = new Map<string, Sample[]>();

  constructor(devices: readonly string[], keepMs: number) {
    this.#keepMs = keepMs;
    for (const device of devices) this.#of.set(device, []);
  }

  /** Takes it down, if it was a valid one of a thermometer. */
  reading({ device, kind, value, atMs }: ReadingEvent): void {
    if (kind !== 'temperature' || typeof value !== 'number') return;
    const list = this.#of.get(device);
    if (list === undefined) return;
    list.push({ atMs, valueC: value });
    // Now and then, so that a reading costs no copying.
    if (list.length > 400)
      list.splice(
        0,
        list.findIndex((sample) => sample.atMs >= atMs - this.#keepMs),
      );
  }

  /** Oldest first; some may be older than asked for. */
  of(device: string): readonly Sample[] {
    return this.#of.get(device) ?? [];
  }

  /** When the last one came; -Infinity: none did. */
  lastMs(device: string): number {
    return this.#of.get(device)?.at(-1)?.atMs ?? -Infinity;
  }

  lastC(device: string): number | null {
    return this.#of.get(device)?.at(-1)?.valueC ?? null;
  }
}

import type { ReadingEvent } from '../trace.ts';

export interface Sample {
  readonly atMs: number;
  readonly valueC: number;
}

/** Those of one thermometer, oldest first. */
export class Track {
  readonly samples: Sample[] = [];
  /** When the last one came; -Infinity: none did. */
  lastMs = -Infinity;
  lastC: number | null = null;
}

/** The valid readings of each thermometer as they came in, as far back as `keepMs`. */
export class Readings {
  readonly #keepMs: number;
  readonly #of = new Map<string, Track>();

  constructor(devices: readonly string[], keepMs: number) {
    this.#keepMs = keepMs;
    for (const device of devices) this.#of.set(device, new Track());
  }

  /** Takes it down, if it was a valid one of a thermometer. */
  reading({ device, kind, value, atMs }: ReadingEvent): void {
    if (kind !== 'temperature' || typeof value !== 'number') return;
    const track = this.#of.get(device);
    if (track === undefined) return;
    track.lastMs = atMs;
    track.lastC = value;
    const list = track.samples;
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
    return this.#of.get(device)?.samples ?? [];
  }

  /** What is kept of one; nothing ever comes of a device that is none of them. */
  track(device: string): Track {
    return this.#of.get(device) ?? new Track();
  }
}

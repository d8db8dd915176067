import type { TraceEvent } from './trace.ts';

/** What one session did, in figures that a campaign keeps the worst of. */
export interface Measured {
  /** Faults that truly began, by id, each once. */
  readonly fired: readonly string[];
  /** Detectors that tripped, each once. */
  readonly tripped: readonly string[];
  /** From the first trip to every water valve truly shut, milliseconds; null: no trip, or nothing was open. */
  readonly tripToShutMs: number | null;
  /** From the last fault before that trip to the same; null where no fault came first. */
  readonly faultToShutMs: number | null;
  /** A valve was still open a minute after the trip, or at the end: only a fault of the valve itself can do that. */
  readonly neverShut: boolean;
}

const WATER: ReadonlySet<string> = new Set(['hot', 'cold', 'mixer', 'master']);

/** Folds the events of one session to its figures. */
export class Measures {
  readonly #fired = new Set<string>();
  readonly #tripped = new Set<string>();
  readonly #open = new Set<string>();
  #faultAtMs: number | null = null;
  #tripAtMs: number | null = null;
  #openAtTrip = false;
  #before: number | null = null;
  #shutAtMs: number | null = null;

  event(event: TraceEvent): void {
    switch (event.type) {
      case 'fault':
        if (event.on) {
          this.#fired.add(event.id);
          this.#faultAtMs = event.atMs;
        }
        return;
      case 'trip':
        this.#tripped.add(event.detector);
        if (this.#tripAtMs === null) {
          this.#tripAtMs = event.atMs;
          this.#before = this.#faultAtMs;
          this.#openAtTrip = this.#open.size > 0;
        }
        return;
      case 'moved':
        if (!isWater(event.output)) return;
        if (event.open) this.#open.add(event.output);
        else this.#open.delete(event.output);
        if (this.#tripAtMs !== null && this.#open.size === 0) this.#shutAtMs ??= event.atMs;
        return;
      default:
    }
  }

  get measured(): Measured {
    const tripAtMs = this.#openAtTrip ? this.#tripAtMs : null;
    const shutAtMs = tripAtMs === null ? null : this.#shutAtMs;
    return {
      fired: [...this.#fired],
      tripped: [...this.#tripped],
      tripToShutMs: shutAtMs === null || tripAtMs === null ? null : Math.max(0, shutAtMs - tripAtMs),
      faultToShutMs: shutAtMs === null || this.#before === null ? null : shutAtMs - this.#before,
      neverShut: tripAtMs !== null && shutAtMs === null,
    };
  }
}

/** `hot`, and with basins `warm-hot`: an output that lets water in. */
function isWater(output: string): boolean {
  return WATER.has(output.split('-').at(-1) ?? '');
}

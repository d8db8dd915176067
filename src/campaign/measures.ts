import { LOOK_MS, RESPONSE_MS } from './invariants/limits.ts';
import { travelOf } from './invariants/outputs.ts';
import type { Troubles } from './invariants/troubles.ts';
import type { Happening, SessionFacts } from './trace.ts';

/** What one session did, in figures that a campaign keeps the worst of. */
export interface Measured {
  /** Faults that truly began, by id, each once. */
  readonly fired: readonly string[];
  /** What tripped, each detector and reason once: `T5 stale_reading`. */
  readonly tripped: readonly string[];
  /** From the first trip to every water valve truly shut, milliseconds; null: no trip, or nothing was open. */
  readonly tripToShutMs: number | null;
  /** From the last fault before that trip to the same; null where no fault came first. */
  readonly faultToShutMs: number | null;
  /**
   * What safety.md allows for `tripToShutMs`: 0.5 s and the valves' travel; where a fault may keep a command from a
   * valve, what was left of the leases at the trip or of those still under way then, and the travel. null like
   * `tripToShutMs`.
   */
  readonly boundMs: number | null;
  /** It took longer than that, and no fault held the valve itself. */
  readonly late: boolean;
  /** A valve was still open a minute after the trip, or at the end: only a fault of the valve itself can do that. */
  readonly neverShut: boolean;
}

const WATER: ReadonlySet<string> = new Set(['hot', 'cold', 'mixer', 'master']);

/** Folds the events of one session to its figures. */
export class Measures {
  readonly #fired = new Set<string>();
  readonly #tripped = new Set<string>();
  readonly #open = new Set<string>();
  readonly #troubles: Troubles;
  readonly #travelMs: number;
  /** Until when each output may stay open by the last lease that it took. */
  readonly #leasedToMs = new Map<string, number>();
  #boundMs = 0;
  /** By output: what the bound is by a lease that came after the trip. */
  readonly #underWayMs = new Map<string, number>();
  #faultAtMs: number | null = null;
  #tripAtMs: number | null = null;
  #openAtTrip = false;
  #before: number | null = null;
  #shutAtMs: number | null = null;
  /** A fault held a valve beyond the trip, and let go of it. */
  #held = false;

  /** `troubles` are told of each event first. */
  constructor(facts: Pick<SessionFacts, 'travelMs'>, troubles: Troubles) {
    this.#troubles = troubles;
    this.#travelMs = travelOf(facts);
  }

  event(event: Happening): void {
    switch (event.type) {
      case 'fault':
        if (event.on) {
          this.#fired.add(event.id);
          this.#faultAtMs = event.atMs;
        }
        return;
      case 'trip':
        this.#tripped.add(`${event.detector} ${event.code}`);
        if (this.#tripAtMs === null) {
          this.#tripAtMs = event.atMs;
          this.#before = this.#faultAtMs;
          this.#openAtTrip = this.#open.size > 0;
          this.#boundMs =
            this.#travelMs +
            (this.#hindered(event.atMs) ? leftOf(this.#leasedToMs, this.#open, event.atMs) : 0);
          this.#boundMs = Math.max(this.#boundMs, RESPONSE_MS + this.#travelMs);
        }
        return;
      case 'leased':
        this.#leasedToMs.set(event.output, event.atMs + event.forMs);
        this.#underWay(event.output, event.atMs);
        return;
      case 'moved':
        if (!isWater(event.output)) return;
        if (event.open) {
          this.#open.add(event.output);
          this.#underWay(event.output, event.atMs);
        } else {
          this.#open.delete(event.output);
          this.#held ||= this.#tripAtMs !== null && this.#troubles.holds(event.output, event.atMs);
        }
        if (this.#tripAtMs !== null && this.#open.size === 0) this.#shutAtMs ??= event.atMs;
        return;
      default:
    }
  }

  /** What was on its way when the trip came, and reaches the device after it, holds the valve as long as it says. */
  #underWay(output: string, atMs: number): void {
    if (this.#tripAtMs === null || this.#shutAtMs !== null || !this.#hindered(atMs)) return;
    // The last one counts: a device may take the ceiling that it is set to first, and the countdown right after it.
    const leasedToMs = this.#leasedToMs.get(output) ?? atMs;
    this.#underWayMs.set(output, leasedToMs - this.#tripAtMs + this.#travelMs);
  }

  /** A close may not arrive then, or its valve may not follow it. */
  #hindered(atMs: number): boolean {
    return this.#troubles.hindered(atMs, atMs) || this.#troubles.lasts('valve', atMs, atMs);
  }

  get measured(): Measured {
    const tripAtMs = this.#openAtTrip ? this.#tripAtMs : null;
    const shutAtMs = tripAtMs === null ? null : this.#shutAtMs;
    const tripToShutMs = shutAtMs === null || tripAtMs === null ? null : Math.max(0, shutAtMs - tripAtMs);
    const boundMs = Math.max(this.#boundMs, ...this.#underWayMs.values());
    return {
      fired: [...this.#fired],
      tripped: [...this.#tripped],
      tripToShutMs,
      boundMs: tripToShutMs === null ? null : boundMs,
      late: tripToShutMs !== null && tripToShutMs > boundMs + LOOK_MS && !this.#held,
      faultToShutMs: shutAtMs === null || this.#before === null ? null : shutAtMs - this.#before,
      neverShut: tripAtMs !== null && shutAtMs === null,
    };
  }
}

function leftOf(leases: ReadonlyMap<string, number>, open: ReadonlySet<string>, atMs: number): number {
  let leftMs = 0;
  for (const output of open) leftMs = Math.max(leftMs, (leases.get(output) ?? atMs) - atMs);
  return leftMs;
}

/** `hot`, and with basins `warm-hot`: an output that lets water in. */
function isWater(output: string): boolean {
  return WATER.has(output.split('-').at(-1) ?? '');
}

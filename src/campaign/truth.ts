import type { Person } from '../../firmware-sim/people/person.ts';
import type { Works } from '../../firmware-sim/plant/works.ts';
import type { Tick, VesselTruth } from './trace.ts';

/** Less than this in a basin is a film that no drain takes away, litres. */
const DRY_L = 0.1;

/** Looks at the water and the feet as they truly are, and writes it into one tick that is used again and again. */
export class Truth {
  readonly tick: Tick;
  readonly #plant: Works;
  readonly #person: Person | null;
  /** What the drain of each basin is called in a trace. */
  readonly #drains: readonly string[];

  constructor(plant: Works, person: Person | null) {
    this.#plant = plant;
    this.#person = person;
    this.#drains = plant.vessels.map((name) => (plant.vessels.length === 1 ? 'drain' : `${name}-drain`));
    const names: readonly string[] = plant.vessels.length === 0 ? ['stream'] : plant.vessels;
    this.tick = {
      atMs: 0,
      wallMs: 0,
      boot: 1,
      alive: true,
      permitted: false,
      state: '',
      latched: false,
      locked: false,
      open: {},
      on: {},
      vessels: names.map((name): VesselTruth => ({ name, waterC: 0, litres: null, sinceMs: null })),
      feet: null,
    };
  }

  look(atMs: number, wallMs: number): void {
    const { tick } = this;
    const plant = this.#plant;
    tick.atMs = atMs;
    tick.wallMs = wallMs;
    const { open } = tick;
    for (const name of plant.valveNames) {
      const isOpen = plant.isOpen(name);
      if (open[name] !== isOpen) open[name] = isOpen;
    }
    if (plant.vessels.length === 0) {
      const [stream] = tick.vessels;
      if (stream !== undefined) stream.waterC = plant.waterC();
    } else this.#basins(atMs);
  }

  /** The vessel that feet are truly in. */
  get feet(): string | null {
    if (this.#person?.feetIn !== true) return null;
    return this.#person.bucket ?? this.#plant.vessels[0] ?? 'stream';
  }

  #basins(atMs: number): void {
    const plant = this.#plant;
    const { vessels, open, on } = this.tick;
    for (let index = 0; index < plant.vessels.length; index += 1) {
      const name = plant.vessels[index];
      const vessel = vessels[index];
      if (name === undefined || vessel === undefined) continue;
      const litres = plant.litres(name);
      vessel.waterC = plant.waterC(name);
      vessel.litres = litres;
      vessel.sinceMs = litres > DRY_L ? (vessel.sinceMs ?? atMs) : null;
      const drain = this.#drains[index] ?? 'drain';
      const drains = plant.isDrainOpen(name);
      if (open[drain] !== drains) open[drain] = drains;
      const heats = plant.isHeating(name);
      if (heats || on['heater'] !== undefined) on['heater'] = heats;
    }
  }
}

/** Every supply is shut; a drain stands open by itself. */
export function plantIsShut({ open }: Tick): boolean {
  return Object.entries(open).every(([output, isOpen]) => !isOpen || output.endsWith('drain'));
}

import type { ValveName } from './valve.ts';

/** Which relay drives which valve: its own, unless the wires of hot and cold are crossed. */
export class Coils {
  readonly #on = new Map<ValveName, boolean>();
  #crossed = false;

  /** The relay of this valve is on or off. Returns the valve that it drives. */
  set(name: ValveName, on: boolean): ValveName {
    this.#on.set(name, on);
    return this.#wired(name);
  }

  /** Returns what each of the two valves is driven to now. */
  cross(crossed: boolean): readonly (readonly [ValveName, boolean])[] {
    this.#crossed = crossed;
    return (['hot', 'cold'] as const).map((name) => [this.#wired(name), this.#on.get(name) === true]);
  }

  #wired(name: ValveName): ValveName {
    if (!this.#crossed || (name !== 'hot' && name !== 'cold')) return name;
    return name === 'hot' ? 'cold' : 'hot';
  }
}

import type { BasinName } from '../../src/model/basin.ts';
import type { MixerPort, ProbePort, RelayPort } from '../gadgets/ports.ts';
import type { DrawnPlant } from './draw.ts';
import type { Supplies } from './supply.ts';
import type { HeaterName, Opening, ValveName } from './valve.ts';

/**
 * The water of a station, whatever it stands or runs in: what the boxes are wired to, what faults break, and the truth.
 * Where there is one body of water, its name may be left out.
 */
export interface Works {
  readonly drawn: DrawnPlant;
  /** The supplies of this plumbing, and the master ahead of them where one is wired. */
  readonly valveNames: readonly ValveName[];
  /** The basins; empty where the water runs away. */
  readonly vessels: readonly BasinName[];
  valve(name: ValveName): RelayPort;
  mixer(): MixerPort;
  master(): RelayPort;
  /** What a flow meter measures, l/min. */
  flow(): ProbePort;
  /** The coil that holds a drain shut. */
  drain(vessel?: BasinName): RelayPort;
  /** The relay of the heater in a basin. */
  heater(vessel?: BasinName): RelayPort;
  probe(name: string, vessel?: BasinName): ProbePort;
  /** What a level sensor measures, litres. */
  level(name: string, vessel?: BasinName): ProbePort;
  /** The feet are in this basin now, or in none. */
  feet(vessel: BasinName | null): void;
  set(supplies: Supplies): void;
  jam(name: ValveName, open: boolean | null): void;
  slow(name: ValveName, times: number): void;
  leak(name: ValveName, share: number): void;
  cross(crossed: boolean): void;
  jamDrain(vessel: BasinName, open: boolean | null): void;
  jamHeater(vessel: BasinName, on: boolean | null): void;
  onMoved(listener: (valve: ValveName, open: boolean, atMs: number) => void): void;
  onLeased(listener: (output: ValveName | HeaterName, forMs: number, atMs: number) => void): void;
  /** The truth: the water that feet are, or would be, in, degrees Celsius. */
  waterC(vessel?: BasinName): number;
  probeC(vessel?: BasinName): number;
  isOpen(name: ValveName): boolean;
  isDrainOpen(vessel: BasinName): boolean;
  isHeating(vessel: BasinName): boolean;
  flows(): boolean;
  openings(): readonly Opening[];
  /** The truth: what has run in since the beginning; of a basin: what is in it. Litres. */
  litres(vessel?: BasinName): number;
  /** The truth: what has run over, litres. */
  spilled(): number;
}

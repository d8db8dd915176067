import type { SupplyName } from './valve.ts';

/** The two supplies and the guard, degrees Celsius. */
export interface SupplyTemperatures {
  readonly hotC: number;
  readonly coldC: number;
  /** What the scald guard lets through at most; above 41 it has failed. */
  readonly guardC: number;
}

/** Supplies that a fault may move while water runs. */
export type Supplies = Partial<SupplyTemperatures>;

/** At or below this setpoint the cartridge of a thermostatic valve rests on its cold stop. */
const COLD_STOP_C = 10;

/** What a supply delivers: hot water behind the guard, cold water, or what a mixer set to `targetC` makes of both. */
export function deliveredC(name: SupplyName, supplies: SupplyTemperatures, targetC: number): number {
  const { coldC } = supplies;
  const guardedC = Math.min(supplies.hotC, supplies.guardC);
  if (name === 'hot') return guardedC;
  if (name === 'cold' || targetC <= COLD_STOP_C) return coldC;
  return Math.max(coldC, Math.min(guardedC, targetC));
}

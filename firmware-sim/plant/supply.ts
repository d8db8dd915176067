import type { SupplyName } from './valve.ts';

/** The two supplies and the guard: degrees Celsius, and how much of its flow each still gives, 0 to 1. */
export interface SupplyTemperatures {
  readonly hotC: number;
  readonly coldC: number;
  /** What the scald guard lets through at most; above 41 it has failed. */
  readonly guardC: number;
  readonly hotShare: number;
  readonly coldShare: number;
}

/** Both supplies give what they should. */
export const ALL_FLOWS = { hotShare: 1, coldShare: 1 } as const;

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

/**
 * What comes through some valves together: as a share of the nominal flow, and its temperature; they mix by what each of
 * them gives. A valve that is shut gives what it leaks.
 */
export function inflowOf(
  valves: readonly { readonly name: SupplyName; readonly open: boolean }[],
  leaks: ReadonlyMap<string, number>,
  supplies: SupplyTemperatures,
  targetC: number,
): { readonly share: number; readonly inC: number } {
  let sum = 0;
  let heat = 0;
  for (const { name, open } of valves) {
    const gives = (open ? 1 : (leaks.get(name) ?? 0)) * shareOf(name, supplies);
    sum += gives;
    heat += gives * deliveredC(name, supplies, targetC);
  }
  return { share: Math.min(1, sum), inC: sum > 0 ? heat / sum : NaN };
}

/** A thermostatic mixer shuts with either of its supplies. */
function shareOf(name: SupplyName, { hotShare, coldShare }: SupplyTemperatures): number {
  if (name === 'mixer') return Math.min(hotShare, coldShare);
  return name === 'hot' ? hotShare : coldShare;
}

import type { RangeC, WaterKind } from './plan.ts';

/** The water that a session asks of a basin. */
export interface BasinGoal {
  readonly side: WaterKind;
  readonly targetC: number;
  /** The step's range in the protocol, narrowed by the limits. */
  readonly rangeC: RangeC;
  /** How long the session still needs it, milliseconds: water that would grow too old meanwhile is not offered. */
  readonly neededMs: number;
}

/** What is right in a basin at the moment, as its machine sees it: data for the watch. */
export interface BasinExpectation {
  /**
   * `empty`: the drain stands open until nothing is left. `fill`: supply on until it is full. `settle`: the thermometer
   * comes up with the water. `hold`: in the band or on the way to it. `let`, `top`: a portion out, and made good.
   * `rest`: nothing runs.
   */
  readonly operation: 'empty' | 'fill' | 'settle' | 'hold' | 'let' | 'top' | 'rest';
  readonly side: WaterKind | null;
  readonly targetC: number | null;
  readonly band: RangeC | null;
  /** Where the level is to come, litres. */
  readonly toL: number | null;
  /** Since when this water stands. */
  readonly filledAtMs: number | null;
}

/** Each basin that a station can have: the one of `vessel: basin`, or the two side by side. */
export const BASIN_NAMES = ['basin', 'warm', 'cold'] as const;
export type BasinName = (typeof BASIN_NAMES)[number];

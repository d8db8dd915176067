import type { BasinName } from '../../src/model/basin.ts';
import type { Pipe } from './pipe.ts';
import type { Flows, Tub } from './tub.ts';
import type { DrainName, HeaterName, SupplyName, Valve } from './valve.ts';

/** One basin with what fills, heats and empties it. */
export interface Body {
  readonly name: BasinName;
  readonly tub: Tub;
  readonly pipe: Pipe;
  readonly fills: readonly Valve<SupplyName>[];
  /** Its coil holds it shut: `open` of this valve is a drain that is closed. */
  readonly drain: Valve<DrainName>;
  readonly drainLpm: number;
  readonly heater: Valve<HeaterName>;
  readonly heaterW: number;
  /** The share of the nominal flow that runs in now. */
  share: number;
  /** What changes its water until the next change of any of it. */
  flows: Flows;
}

/** Nothing does. */
export const STILL: Flows = { inLpm: 0, inC: 0, outLpm: 0, heatW: 0 };

/** What changes its water now; `flowLpm` is what its supply gives at most. */
export function flowsOf(body: Body, flowLpm: number): Flows {
  return {
    inLpm: flowLpm * body.share,
    inC: body.pipe.outletC,
    outLpm: body.drain.open ? 0 : body.drainLpm,
    heatW: body.heater.open ? body.heaterW : 0,
  };
}

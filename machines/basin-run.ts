import type { RangeC, WaterKind } from '../src/model/plan.ts';
import type { Reason } from '../src/model/state.ts';
import type { BasinExpectation, BasinGoal } from '../src/model/basin.ts';
import type { HeatWant } from '../src/model/want.ts';
import { BASIN, ENVELOPE, TRIPS } from './envelope.ts';

export type { BasinExpectation, BasinGoal } from '../src/model/basin.ts';

/** What a station tells the machine of one basin once. */
export interface BasinSettings {
  /** What it holds when it is as full as it should be, litres. */
  readonly volumeL: number;
  /** What fills it: one supply alone, both, or a mixer. */
  readonly fills: 'warm' | 'cold' | 'both' | 'mixer';
  /** A heater stands in it. It holds what is warm; what it cannot hold is still put right by exchange. */
  readonly heats: boolean;
  /** How long water may take into its band once it is in (L15), milliseconds. */
  readonly purgeMs: number;
}

export type BasinEvent = { readonly atMs: number } & (
  | { readonly type: 'prepare'; readonly goal: BasinGoal }
  /** A pause: nothing runs, and the water stays. */
  | { readonly type: 'rest' }
  /** The session is over, or something tripped: let it out. */
  | { readonly type: 'empty' }
  /** Somebody may step in or is in, or no longer. */
  | { readonly type: 'occupied'; readonly yes: boolean }
  /** The drain is verified to be held shut. */
  | { readonly type: 'shut' }
  /** What the watch sees of the level. */
  | { readonly type: 'emptied' | 'let-out' }
  | { readonly type: 'filled' }
  /** A while after the filling, when the thermometer has come up with the water. */
  | { readonly type: 'settled'; readonly valueC: number }
  | { readonly type: 'drift'; readonly toward: WaterKind; readonly valueC: number }
  | { readonly type: 'banded' | 'unbanded' }
  | { readonly type: 'clock' }
);

export interface BasinContext {
  readonly settings: BasinSettings;
  readonly goal: BasinGoal | null;
  /** What the water is held at: the setpoint, or what the supply can do; null until it has been measured. */
  readonly targetC: number | null;
  /** What the filling brought, degrees Celsius. */
  readonly filledC: number | null;
  readonly filledAtMs: number | null;
  readonly fillingSinceMs: number | null;
  readonly bandByMs: number | null;
  /** The watch says that it is in its band; and the session has been told that it is ready. */
  readonly inBand: boolean;
  readonly banded: boolean;
  readonly occupied: boolean;
  readonly exchange: Exchange | null;
  readonly deadlines: Readonly<Partial<Record<'level' | 'age', number>>>;
}

/** A portion let out and made good again. */
export interface Exchange {
  /** What it is to become, and the side that makes it good. */
  readonly toward: WaterKind;
  readonly outL: number;
}

export type BasinWant =
  | {
      readonly type: 'water';
      readonly water: {
        readonly side: WaterKind;
        readonly targetC: number;
        readonly untilMs: number;
      } | null;
    }
  /** The drain, held shut until then; null: it stands open. */
  | { readonly type: 'shut'; readonly untilMs: number | null }
  /** Of a basin with a heater: hold warm water at its target; null: off. */
  | { readonly type: 'heat'; readonly heat: HeatWant | null }
  | { readonly type: 'expect'; readonly expectation: BasinExpectation }
  | { readonly type: 'held-at'; readonly targetC: number }
  | { readonly type: 'ready' | 'unready' | 'emptied' }
  | { readonly type: 'failed'; readonly reason: Reason; readonly message: string };

/** How much is let out at a time at most, as a share of the volume, and at least. */
const PORTION = { most: 0.2, least: 0.03 };
/** What is known of cold water before any has run: as cold as it may be, so that a portion is rather too small. */
const COLD_GUESS_C = ENVELOPE.coldMinC;

/** L17: filled to a little less, since water runs on while a valve shuts. */
export function fullL({ volumeL }: BasinSettings): number {
  return volumeL * BASIN.fillShare;
}

/** How long a filling may take. */
export function fillAllowanceMs({ volumeL }: Pick<BasinSettings, 'volumeL'>): number {
  return BASIN.graceMs + volumeL * BASIN.fillMsPerL;
}

/** How long an emptying may take. */
export function emptyAllowanceMs({ volumeL }: Pick<BasinSettings, 'volumeL'>): number {
  return BASIN.graceMs + volumeL * BASIN.drainMsPerL;
}

/** The supply of the first filling: warm water wherever there is some, since it shows what the scald guard lets through. */
export function fillSide({ fills }: BasinSettings, { side }: BasinGoal): WaterKind {
  return fills === 'both' ? 'warm' : fills === 'mixer' ? side : fills;
}

/** What a mixer is set to while it fills or tops up: a little beyond the target, and never past L1, L2. */
export function setpointC(side: WaterKind, targetC: number): number {
  const wished = side === 'warm' ? targetC + BASIN.mixerLeadC : ENVELOPE.coldMinC;
  return Math.min(ENVELOPE.warmMaxC, Math.max(ENVELOPE.coldMinC, wished));
}

/** L16 of a basin. */
export function basinBand(side: WaterKind, targetC: number): RangeC {
  const off = side === 'warm' ? TRIPS.band.basinWarmC : TRIPS.band.basinColdC;
  const minC = side === 'cold' ? Math.max(ENVELOPE.coldMinC, targetC - off) : targetC - off;
  return { minC, maxC: targetC + off };
}

/**
 * What the basin is held at, or why nobody goes in. A mixer and two supplies make the setpoint, as far as the supply
 * reaches; one supply alone makes what it makes, if that lies in the range of the step.
 */
export function settle(
  { fills }: BasinSettings,
  { side, targetC, rangeC }: BasinGoal,
  filledC: number,
): { readonly targetC: number } | { readonly reason: Reason; readonly message: string } {
  if (fills === 'mixer') return { targetC };
  const seen = `${filledC.toFixed(1)} C`;
  if (side === 'warm') {
    const reachC = filledC - BASIN.reachC;
    if (filledC < rangeC.minC - TRIPS.band.warmBelowC)
      return {
        reason: 'never_in_band',
        message: `the basin is ${seen} with warm water alone, wanted at least ${rangeC.minC.toFixed(1)} C; check the water heater and what the mixing valve is set to`,
      };
    if (fills === 'both') return { targetC: Math.max(rangeC.minC, Math.min(targetC, reachC)) };
    if (filledC > rangeC.maxC + TRIPS.band.warmAboveC)
      return {
        reason: 'warm_supply_too_warm',
        message: `the warm basin is ${seen}, wanted at most ${rangeC.maxC.toFixed(1)} C, and has no cold water to temper it; set the mixing valve lower`,
      };
    return { targetC: Math.min(rangeC.maxC, Math.max(rangeC.minC, reachC)) };
  }
  const leastC = Math.max(ENVELOPE.coldMinC, rangeC.minC);
  if (fills === 'cold' && filledC < leastC)
    return {
      reason: 'cold_supply_too_cold',
      message: `the cold basin is ${seen}; below ${leastC.toFixed(1)} C nobody's feet go in; temper the cold line with a mixing valve, or wait for warmer days`,
    };
  return { targetC: fills === 'both' ? targetC : filledC };
}

/**
 * What an exchange makes good, or null where it would change nothing: once the water is offered, water of the basin's own
 * kind only. Nobody's feet are cooled to cure heat, and no hot water comes where cold is wanted.
 */
export function exchangeFor(context: BasinContext, toward: WaterKind, valueC: number): Exchange | null {
  const { settings, goal, targetC, occupied, banded, filledC } = context;
  if (goal === null || targetC === null || filledC === null) return null;
  if ((occupied || banded) && toward !== goal.side) return null;
  const { fills, volumeL } = settings;
  if ((fills === 'warm' || fills === 'cold') && toward !== fills) return null;
  const sourceC =
    fills === 'mixer' && toward === 'warm'
      ? setpointC('warm', targetC)
      : toward === fillSide(settings, goal)
        ? filledC
        : COLD_GUESS_C;
  const gainC = sourceC - valueC;
  if (Math.abs(gainC) < BASIN.leastGainC || Math.sign(gainC) !== (toward === 'warm' ? 1 : -1)) return null;
  const share = (targetC - valueC) / gainC;
  const outL = volumeL * Math.min(PORTION.most, Math.max(PORTION.least, share));
  return { toward, outL };
}

/** What the watch is told of this basin: `operation` says what the level is to become, and what counts meanwhile. */
export function expectation(
  context: BasinContext,
  operation: BasinExpectation['operation'],
  more: Partial<BasinExpectation> = {},
): BasinExpectation {
  const { goal, targetC } = context;
  const judged = operation !== 'empty' && operation !== 'rest' && goal !== null;
  return {
    operation,
    side: judged ? goal.side : null,
    targetC: judged ? (targetC ?? goal.targetC) : null,
    band: judged && targetC !== null ? basinBand(goal.side, targetC) : null,
    toL: null,
    filledAtMs: context.filledAtMs,
    ...more,
  };
}

export function basinDeadline({ deadlines, occupied }: BasinContext): number | null {
  // Water that grows old under somebody's feet is the watch's affair.
  const dueMs = Math.min(deadlines.level ?? Infinity, (occupied ? undefined : deadlines.age) ?? Infinity);
  return dueMs === Infinity ? null : dueMs;
}

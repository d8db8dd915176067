import type { BasinExpectation, BasinGoal } from './basin.ts';
import type { CueName } from './device.ts';
import type { RangeC, WaterKind } from './plan.ts';
import type { Outcome, Reason } from './state.ts';

/** The water a machine asks for, standing until it asks for something else. `untilMs` ends it by itself. */
export interface WaterWant {
  readonly side: WaterKind;
  readonly targetC: number;
  readonly untilMs: number;
}

/** A heater that holds the water of a basin, standing until something else is asked for. `untilMs` ends it by itself. */
export interface HeatWant {
  /** The setpoint: the heater is off from 0.5 K above it on, whoever wants it. */
  readonly targetC: number;
  readonly untilMs: number;
}

/** What the watch is told of the moment: which readings and silences are right now. Data, from the machine. */
export interface Expectation {
  /** Water is on or wanted. */
  readonly active: boolean;
  /** Contact is permitted: somebody may be in the water. */
  readonly exposed: boolean;
  /** A step of a dry run: the water is judged as in contact, and nobody may be in it. Never together with `exposed`. */
  readonly rehearsed: boolean;
  /** The leg of the proof test under way (0, 1, 2), else null. */
  readonly leg: number | null;
  readonly side: WaterKind | null;
  /** What the water should become, degrees Celsius: setpoint, or the plateau that the proof test measured. */
  readonly targetC: number | null;
  /** L16, both ends included. */
  readonly band: RangeC | null;
  /** The session's warm setpoint, in every step (two valves: the top of the warm band). */
  readonly warmTopC: number | null;
  /** What the cold leg of the proof test settled at. */
  readonly coldPlateauC: number | null;
  /** The end of the purge allowance while band is awaited (L15, T9). */
  readonly bandByMs: number | null;
  /** T11: when the running step has lasted too long, counted from the open command. */
  readonly stepOverMs: number | null;
  /** L3, L4 of a step that has not begun: counted from the open command once that has been sent. */
  readonly stepLimitMs: number | null;
  /** T11: when the water of the step before has run on for too long, where what follows it has not been sent yet. */
  readonly formerOverMs: number | null;
  /** L8. */
  readonly sessionOverMs: number | null;
  /** T13: when the question must have been answered. */
  readonly answerByMs: number | null;
  /** The feet are, or may be, in the other basin and may come into this one at any time. */
  readonly beside: boolean;
  /** What its basin is doing; null: a stream, or buckets. */
  readonly basin: BasinExpectation | null;
}

export const NOTHING_EXPECTED: Expectation = {
  active: false,
  exposed: false,
  rehearsed: false,
  leg: null,
  side: null,
  targetC: null,
  band: null,
  warmTopC: null,
  coldPlateauC: null,
  bandByMs: null,
  stepOverMs: null,
  stepLimitMs: null,
  formerOverMs: null,
  sessionOverMs: null,
  answerByMs: null,
  beside: false,
  basin: null,
};

/** What a machine asks for. Wants leave as a list per event and are never persisted. */
export type Want =
  | { readonly type: 'water'; readonly water: WaterWant | null }
  | { readonly type: 'heat'; readonly heat: HeatWant | null }
  /** The drain of a basin held shut until then; null: it stands open. */
  | { readonly type: 'shut'; readonly untilMs: number | null }
  | { readonly type: 'expect'; readonly expectation: Expectation }
  | { readonly type: 'cue'; readonly cue: CueName }
  /** Of every basin: ready water in those that have a goal; a pause, with the water left in; or out with it. */
  | { readonly type: 'basins'; readonly ask: 'prepare'; readonly goals: readonly BasinGoal[] }
  | { readonly type: 'basins'; readonly ask: 'rest' | 'empty' }
  /** Lift a hold (a pause, stale reading): refused by the interlock while its condition lasts. */
  | { readonly type: 'release' }
  /** A line that was not used for `idleMs` (null: nobody knows) has run `sideMs` on each side (L18). */
  | { readonly type: 'flushed'; readonly idleMs: number | null; readonly sideMs: number }
  | { readonly type: 'step-began'; readonly index: number }
  /** A step ran (once more) for `elapsedMs`; `over` when it will not run again. */
  | {
      readonly type: 'step-ended';
      readonly index: number;
      readonly elapsedMs: number;
      readonly over: boolean;
    }
  | { readonly type: 'ended'; readonly outcome: Outcome; readonly reason: Reason };

/** A detector's verdict: closes water at once. The machine hears of it second. */
export interface Trip {
  /** T1 to T13, or `proof`. */
  readonly detector: string;
  readonly reason: Reason;
  /** `abort`; `hold`: as a pause, may be resumed; `end`: the session ends as stopped. */
  readonly response: 'abort' | 'hold' | 'end';
  readonly latch: boolean;
  /** Of one that latches on warm water: only water no warmer than this lets it be cleared, degrees Celsius. */
  readonly clearsAtC?: number;
  /** What was seen, with figures, for the journal and the person. */
  readonly message: string;
}

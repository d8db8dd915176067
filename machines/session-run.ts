import type { CueName } from '../src/model/device.ts';
import type { Source } from '../src/model/command.ts';
import type { PersonId, SessionId } from '../src/model/ids.ts';
import type { PlannedStep, Plumbing, SessionPlan, WaterKind } from '../src/model/plan.ts';
import type { BasinGoal } from '../src/model/basin.ts';
import type { StationKind, VesselKind } from '../src/model/station.ts';
import type { Reason } from '../src/model/state.ts';
import type { Expectation, Trip, Want, WaterWant } from '../src/model/want.ts';
import { NOTHING_EXPECTED } from '../src/model/want.ts';
import { DEFAULTS, ENVELOPE, READY_MS, TRIPS } from './envelope.ts';
import { bandOf, warmTopOf } from './band.ts';

/** What one run of a protocol needs to know; all of it is decided before the first valve moves. */
export interface RunRequest {
  readonly id: SessionId;
  readonly plan: SessionPlan;
  readonly person: PersonId | null;
  /** Nobody is in the water and contact is never permitted; the steps run by themselves once in band. */
  readonly dry: boolean;
  /** The line has to be flushed first (L18); left out: it was used lately. */
  readonly flush?: Flush;
}

/** Why the line is to be flushed before anything else. */
export interface Flush {
  /** How long it was not used, milliseconds; null: nobody knows. */
  readonly idleMs: number | null;
}

/** What a station tells its session machine once. */
export interface SessionSettings {
  readonly kind: StationKind;
  readonly plumbing: Plumbing;
  readonly vessel: VesselKind | null;
  /** How long a basin may take to run empty at the end, milliseconds; 0 where water runs away by itself. */
  readonly drainMs: number;
  /** The same until it is ready: run empty, filled and in its band. */
  readonly prepareMs: number;
  /** L15, milliseconds. */
  readonly purgeMs: number;
  /** L19, milliseconds. */
  readonly pauseMs: number;
  /** Something sees whether somebody is there. */
  readonly presence: boolean;
}

export type SessionEvent = { readonly atMs: number } & (
  | { readonly type: 'start'; readonly request: RunRequest; readonly source: Source }
  /** A local press (or Enter, or a tap). */
  | { readonly type: 'begin'; readonly source: Source }
  | { readonly type: 'pause'; readonly source: Source }
  /** `begins`: the source is one that may begin, so it is the press as well. */
  | { readonly type: 'resume'; readonly source: Source; readonly begins: boolean }
  | { readonly type: 'continue'; readonly source: Source; readonly id: SessionId }
  | { readonly type: 'stop'; readonly source: Source }
  /** A symptom, in the person's words or by its mere name. */
  | { readonly type: 'report'; readonly source: Source; readonly symptom: string }
  | { readonly type: 'clear' }
  | { readonly type: 'answer' }
  /** Somebody is seen to be there. */
  | { readonly type: 'seen' }
  /** The valve of the side wanted is verified open; `sentAtMs` is when its open command went out. */
  | { readonly type: 'opened'; readonly side: WaterKind; readonly sentAtMs: number }
  /** Every water valve is verified closed. */
  | { readonly type: 'closed' }
  /** The leg of the proof test has settled. */
  | { readonly type: 'steady'; readonly plateauC: number }
  /** What a basin is held at: the setpoint, or what its supply can do. */
  | { readonly type: 'held-at'; readonly side: WaterKind; readonly targetC: number }
  /** L15 is met, or no longer. */
  | { readonly type: 'banded' }
  | { readonly type: 'unbanded' }
  /** Readings are fresh again after a hold. */
  | { readonly type: 'fresh' }
  | { readonly type: 'trip'; readonly trip: Trip }
  | { readonly type: 'clock' }
);

/** Absolute deadlines, each for one thing; a state that waits has one. */
export type DeadlineName =
  'verify' | 'flush' | 'leg' | 'ready' | 'parked' | 'step' | 'countdown' | 'ask' | 'hold' | 'fresh' | 'rest';

export interface Prompt {
  readonly id: string;
  readonly askedAtMs: number;
  readonly answerByMs: number;
}

/** The session under way, or the last one until it is put away. */
export interface Run {
  readonly id: SessionId;
  readonly plan: SessionPlan;
  readonly person: PersonId | null;
  readonly dry: boolean;
  /** null: the line needs no flush, or has had it. */
  readonly flush: Flush | null;
  readonly legs: readonly WaterKind[];
  /** Of the flush (warm, then cold), and then of the proof test. */
  readonly leg: number;
  readonly proved: boolean;
  readonly warmPlateauC: number | null;
  readonly coldPlateauC: number | null;
  readonly banded: boolean;
  readonly bandByMs: number | null;
  readonly readyUntilMs: number | null;
  /** The last local press, while it may still count. */
  readonly press: { readonly atMs: number; readonly source: Source } | null;
  /** T13 is asked: the session was begun where an answer can be given. */
  readonly asks: boolean;
  readonly askedCycle: number;
  /** The last cycle in which somebody was seen to be there. */
  readonly seenCycle: number;
  readonly prompt: Prompt | null;
  readonly firstContactMs: number | null;
  readonly index: number;
  readonly stepStartedMs: number | null;
  readonly stepOpenedMs: number | null;
  /** How long the step at `index` ran before it was paused. */
  readonly stepDoneMs: number;
  readonly reason: Reason;
  /** What was reported while it ran. */
  readonly symptoms: readonly string[];
  readonly trip: Trip | null;
  readonly continued: boolean;
}

export interface SessionContext {
  readonly settings: SessionSettings;
  readonly run: Run | null;
  readonly deadlines: Readonly<Partial<Record<DeadlineName, number>>>;
  /** A session that ended early may be continued once, until then. */
  readonly continuableUntilMs: number | null;
}

export interface Outcome {
  readonly context: SessionContext;
  readonly wants: readonly Want[];
}

/** Longest wait for valves to say that they are closed (T8 trips long before it). */
export const VERIFY_MS = 10_000;
/** From a step's beginning to "still OK?" (T13). */
export const ASK_AFTER_MS = 20_000;
/** Where the person moves: from the move cue to the step's clock. */
export const MOVE_MS = 5_000;

/** A run that has not begun. */
export function runOf(request: RunRequest): Run {
  return {
    id: request.id,
    plan: request.plan,
    person: request.person,
    dry: request.dry,
    flush: request.flush ?? null,
    legs: LEGS,
    leg: 0,
    proved: false,
    warmPlateauC: null,
    coldPlateauC: null,
    banded: false,
    bandByMs: null,
    readyUntilMs: null,
    press: null,
    asks: false,
    askedCycle: 0,
    seenCycle: 0,
    prompt: null,
    firstContactMs: null,
    index: 0,
    stepStartedMs: null,
    stepOpenedMs: null,
    stepDoneMs: 0,
    reason: 'completed',
    symptoms: [],
    trip: null,
    continued: false,
  };
}

export function deadlineOf(context: SessionContext): number | null {
  const { deadlines } = context;
  let soonestMs = Infinity;
  let name: DeadlineName;
  for (name in deadlines) soonestMs = Math.min(soonestMs, deadlines[name] ?? Infinity);
  return soonestMs === Infinity ? null : soonestMs;
}

export function stepOf(run: Run): PlannedStep | null {
  return run.plan.steps[run.index] ?? null;
}

/** The water of the step that a run has come to. */
export function sideOf(run: Run): WaterKind {
  return stepOf(run)?.kind ?? 'warm';
}

/** The setpoint on a mixer; on two valves what the proof test measured, since nothing can change it. */
export function targetOf(run: Run, side: WaterKind, plumbing: Plumbing): number {
  const plateau = side === 'warm' ? run.warmPlateauC : run.coldPlateauC;
  const planned = run.plan.steps.find((step) => step.kind === side)?.targetC;
  const fallback = side === 'warm' ? DEFAULTS.warmC : DEFAULTS.coldC;
  return plumbing === 'two-valves' && plateau !== null ? plateau : (planned ?? fallback);
}

/** What the watch is to expect of `side` right now. */
export function expect(
  context: SessionContext,
  run: Run,
  side: WaterKind | null,
  more: Partial<Expectation>,
): Want {
  const { plumbing } = context.settings;
  const ofSide = run.plan.steps.find((step) => step.kind === side);
  const target = side === null ? null : targetOf(run, side, plumbing);
  return {
    type: 'expect',
    expectation: {
      ...NOTHING_EXPECTED,
      active: side !== null,
      side,
      targetC: target,
      band: ofSide === undefined || target === null ? null : bandOf(plumbing, ofSide, target),
      warmTopC: warmTopOf(plumbing, run.plan),
      coldPlateauC: run.coldPlateauC,
      sessionOverMs: run.firstContactMs === null ? null : run.firstContactMs + sessionLimitOf(run),
      ...more,
    },
  };
}

/** L8: shorter where somebody is in and cannot be asked whether they are still all right. */
export function sessionLimitOf(run: Run): number {
  return run.asks || run.dry ? DEFAULTS.sessionMs : DEFAULTS.sessionUnaskedMs;
}

/** L3, L4, and L11 for a soak. */
export function stepLimitOf(run: Run, step: PlannedStep): number {
  if (step.kind === 'cold') return ENVELOPE.coldStepMs;
  return run.plan.kind === 'soak' ? ENVELOPE.soakMs : ENVELOPE.warmStepMs;
}

export function water(side: WaterKind, targetC: number, untilMs: number): Want {
  const wanted: WaterWant = { side, targetC, untilMs };
  return { type: 'water', water: wanted };
}

export const NO_WATER: Want = { type: 'water', water: null };

export function cue(name: CueName): Want {
  return { type: 'cue', cue: name };
}

export function withRun(
  context: SessionContext,
  run: Run,
  deadlines: SessionContext['deadlines'] = {},
): SessionContext {
  return { ...context, run, deadlines };
}

/** Water that stands in basins is asked for as such: what runs in and out is up to the machine of each basin. */
export function hasBasins({ vessel }: SessionSettings): boolean {
  return vessel === 'basin' || vessel === 'two-basins';
}

/** Water runs through a line of its own that may have stood: not what people carry, nor what fills a basin. */
export function hasLine(settings: SessionSettings): boolean {
  return settings.plumbing !== 'cues' && !hasBasins(settings);
}

/** Where the person changes the water by moving their feet. */
export function isMoved({ plumbing, vessel }: SessionSettings): boolean {
  return plumbing === 'cues' || vessel === 'two-basins';
}

/** What the rest of the session needs of each basin. */
export function goalsOf(run: Run): readonly BasinGoal[] {
  const left = run.plan.steps.slice(run.index);
  const neededMs = left.reduce((sum, { durationMs }) => sum + durationMs + MOVE_MS, 0);
  return (['warm', 'cold'] as const).flatMap((side) => {
    const step = left.find(({ kind }) => kind === side);
    return step === undefined ? [] : [{ side, targetC: step.targetC, rangeC: step.rangeC, neededMs }];
  });
}

/** Nothing is to run: on tap no valve is wanted open, in basins the water stays (a pause) or is let out. */
export function noWater(settings: SessionSettings, basins: 'rest' | 'empty'): Want {
  return hasBasins(settings) ? { type: 'basins', ask: basins } : NO_WATER;
}

/** Drops a deadline that has been served. */
export function without(context: SessionContext, served: DeadlineName): SessionContext['deadlines'] {
  return Object.fromEntries(Object.entries(context.deadlines).filter(([name]) => name !== served));
}

/** Hot, cold, hot: the first leg is the purge. */
const LEGS: readonly WaterKind[] = ['warm', 'cold', 'warm'];

/** The side that the leg under way proves. */
export function legOf(run: Run): WaterKind {
  return run.legs[run.leg] ?? 'warm';
}

/** On a mixer the cold leg rests on the cold stop (L2's setpoint), so that it measures the supply behind it. */
export function legTargetOf(run: Run, leg: WaterKind, plumbing: Plumbing): number {
  return leg === 'cold' && plumbing === 'mixer' ? ENVELOPE.coldMinC : targetOf(run, leg, plumbing);
}

export const LEG_MS = TRIPS.proof.legMs;
export const READY_FOR_MS = READY_MS;

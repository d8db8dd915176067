import type { DayWindow } from '../model/schedule.ts';
import type { StepKind, WaterKind } from '../model/plan.ts';
import type { ProtocolKind } from './schema.ts';

/** A default, and the range it may be chosen from, both ends included. */
export interface Choosable {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface WaterStep {
  readonly kind: WaterKind;
  readonly waterC: Choosable;
  readonly durationMs: Choosable;
  /** What a person is told as the step comes. */
  readonly say: string | null;
}

/** Milliseconds; a hold of 0 is none. */
export interface Breath {
  readonly inMs: number;
  readonly holdMs: number;
  readonly outMs: number;
}

/** A step without water. */
export interface OtherStep {
  readonly kind: Exclude<StepKind, WaterKind>;
  readonly say: string;
  readonly count: Choosable | null;
  readonly eachMs: number | null;
  readonly durationMs: Choosable | null;
  /** One of `count` breaths; null: of something else. */
  readonly breath: Breath | null;
}
export type ProtocolStep = WaterStep | OtherStep;

export interface Progression {
  readonly fromMs: number;
  readonly toMs: number;
  readonly byMs: number;
  readonly stepBackAfterDaysOff: number | null;
}

/** A protocol file, checked against the envelope. */
export interface Protocol {
  /** Absolute. */
  readonly file: string;
  readonly id: string;
  readonly title: string;
  readonly kind: ProtocolKind;
  readonly source: readonly { readonly document: string; readonly says: string }[];
  readonly stations: readonly string[];
  readonly position: string | null;
  readonly say: string | null;
  readonly items: readonly string[];
  /** Contrast only. */
  readonly cycles: Choosable | null;
  /** One cycle. */
  readonly steps: readonly ProtocolStep[];
  readonly progression: Progression | null;
  /** At least and at most. */
  readonly perWeek: readonly [number, number] | null;
  /** At least and at most; the schedule keeps to the latter. */
  readonly perDay: readonly [number, number] | null;
  /** When it may be reminded of, by the clock on the wall; null: at any time. */
  readonly hours: DayWindow | null;
  readonly screening: 'water' | 'movement' | 'none';
  /** Who leaves it out altogether, and who asks a clinician first; what holds for all movement is among it. */
  readonly notFor: readonly string[];
  readonly askFirst: readonly string[];
  readonly evidence: {
    readonly level: 'none' | 'low' | 'moderate' | 'high';
    readonly note: string | null;
  } | null;
}

export function isWaterStep(step: ProtocolStep): step is WaterStep {
  return step.kind === 'warm' || step.kind === 'cold';
}

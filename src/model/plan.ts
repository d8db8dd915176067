/** A protocol, compiled for a station and a person: nothing here needs the file any more. */

export const STEP_KINDS = ['warm', 'cold', 'move', 'rest', 'breathe', 'elevate', 'massage', 'check'] as const;
export type StepKind = (typeof STEP_KINDS)[number];
/** The kinds that run water. */
export type WaterKind = 'warm' | 'cold';

/** A range of temperatures, both ends included, degrees Celsius. */
export interface RangeC {
  readonly minC: number;
  readonly maxC: number;
}

/** One timed piece of water. `rangeC` is the protocol's range narrowed by L1, L2 and the person's profile. */
export interface PlannedStep {
  readonly kind: WaterKind;
  /** 1-based. */
  readonly cycle: number;
  readonly durationMs: number;
  readonly targetC: number;
  readonly rangeC: RangeC;
  /** What a person is told as the step comes; null: nothing but its name. */
  readonly say: string | null;
}

export interface SessionPlan {
  readonly protocol: string;
  readonly title: string;
  readonly kind: 'contrast' | 'soak';
  readonly cycles: number;
  readonly steps: readonly PlannedStep[];
  readonly totals: PlanTotals;
  /** How a person sits or stands, and what they are told before they start. */
  readonly position: string | null;
  readonly say: string | null;
  /** Remarks for the person: a clipped value, a limit that will cut the session short. */
  readonly notes: readonly string[];
}

export interface PlanTotals {
  readonly warmMs: number;
  readonly coldMs: number;
  readonly contactMs: number;
  /** Heat dose if the water is at its target throughout (safety: L12). */
  readonly dose: number;
  /** At the plant's nominal flow; null where the flow is not known. */
  readonly litres: number | null;
}

/** How water gets to a stream: two on/off valves, one thermostatic valve, or no valve at all. */
export type Plumbing = 'two-valves' | 'mixer' | 'cues';

import type { SessionPlan, WaterKind } from '../model/plan.ts';

/** One line of `ebb protocols show`. Times are of contact: what a change of the water takes comes on top. */
export interface TimelineRow {
  readonly startMs: number;
  readonly endMs: number;
  readonly durationMs: number;
  readonly kind: WaterKind;
  /** 1-based. */
  readonly cycle: number;
  readonly cycles: number;
  readonly targetC: number;
  readonly minC: number;
  readonly maxC: number;
}

/** The steps of a plan one after the other, from the first contact. */
export function timeline(plan: SessionPlan): TimelineRow[] {
  let startMs = 0;
  return plan.steps.map((step) => {
    const row = {
      startMs,
      endMs: startMs + step.durationMs,
      durationMs: step.durationMs,
      kind: step.kind,
      cycle: step.cycle,
      cycles: plan.cycles,
      targetC: step.targetC,
      minC: step.rangeC.minC,
      maxC: step.rangeC.maxC,
    };
    startMs = row.endMs;
    return row;
  });
}

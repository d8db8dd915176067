import type { PlannedStep, Plumbing, RangeC, SessionPlan } from '../src/model/plan.ts';
import { ENVELOPE, TRIPS } from './envelope.ts';

/**
 * In band (L16) on a stream. A mixer is held to its setpoint. Two valves cannot be: there the step's range in the
 * protocol counts (already narrowed by L1, L2 and the profile), widened a little at each end.
 */
export function bandOf(plumbing: Plumbing, step: PlannedStep, targetC: number): RangeC {
  const { mixerWarmC, mixerColdC, warmBelowC, warmAboveC, coldC } = TRIPS.band;
  if (plumbing === 'mixer') {
    const off = step.kind === 'warm' ? mixerWarmC : mixerColdC;
    return { minC: targetC - off, maxC: targetC + off };
  }
  if (step.kind === 'warm')
    return { minC: step.rangeC.minC - warmBelowC, maxC: step.rangeC.maxC + warmAboveC };
  return { minC: step.rangeC.minC - coldC, maxC: step.rangeC.maxC + coldC };
}

/** `Tw` of the detectors: the warm setpoint, or with two valves the warm band's top. */
export function warmTopOf(plumbing: Plumbing, plan: SessionPlan): number {
  const warm = plan.steps.find((step) => step.kind === 'warm');
  if (warm === undefined) return ENVELOPE.warmMaxC;
  return plumbing === 'mixer' ? warm.targetC : bandOf(plumbing, warm, warm.targetC).maxC;
}

export function within(valueC: number, band: RangeC): boolean {
  return valueC >= band.minC && valueC <= band.maxC;
}

/** How far outside, K; 0 inside. */
export function distance(valueC: number, band: RangeC): number {
  return Math.max(0, band.minC - valueC, valueC - band.maxC);
}

import type { SessionPlan } from '../../model/plan.ts';
import { LIMITS } from './limits.ts';

/** What of a plan is outside L1 to L7 and L11; null: nothing is. */
export function outsideLimits(plan: SessionPlan): string | null {
  const soak = plan.kind === 'soak';
  if (plan.cycles < 1 || plan.cycles > LIMITS.cycles) return `${plan.cycles} cycles (L5)`;
  for (const { kind, targetC, rangeC, durationMs } of plan.steps) {
    const warm = kind === 'warm';
    if (warm && (targetC > LIMITS.warmMaxC || rangeC.maxC > LIMITS.warmMaxC))
      return `warm at ${targetC} C (L1)`;
    if (!warm && (targetC < LIMITS.coldMinC || rangeC.minC < LIMITS.coldMinC))
      return `cold at ${targetC} C (L2)`;
    const mostMs = warm ? (soak ? LIMITS.soakMs : LIMITS.warmStepMs) : LIMITS.coldStepMs;
    if (durationMs <= 0 || durationMs > mostMs)
      return `a ${kind} step of ${durationMs / 1_000} s (L3, L4, L11)`;
  }
  const { warmMs, coldMs } = sumsOf(plan);
  if (warmMs > LIMITS.warmContactMs) return `${warmMs / 1_000} s of warm contact (L6)`;
  if (coldMs > LIMITS.coldContactMs) return `${coldMs / 1_000} s of cold contact (L7)`;
  return warmMs + coldMs > LIMITS.partMs ? `${(warmMs + coldMs) / 1_000} s in all (L8)` : null;
}

/** Planned contact, added up from the steps. */
export function sumsOf({ steps }: SessionPlan): { readonly warmMs: number; readonly coldMs: number } {
  let warmMs = 0;
  let coldMs = 0;
  for (const { kind, durationMs } of steps) {
    if (kind === 'warm') warmMs += durationMs;
    else coldMs += durationMs;
  }
  return { warmMs, coldMs };
}

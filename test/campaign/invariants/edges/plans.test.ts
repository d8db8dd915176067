/** If these fail, a plan outside the limits of contact is taken for a good one, or a good one for none. */
import { expect, test } from 'vitest';
import { outsideLimits } from '../../../../src/campaign/invariants/plans.ts';
import type { SessionPlan } from '../../../../src/model/plan.ts';
import { CONTRAST, SOAK, step } from './bench.ts';

/** A contrast with one step that is another one. */
const one = (kind: 'warm' | 'cold', what: Partial<SessionPlan['steps'][number]>): SessionPlan => ({
  ...CONTRAST,
  steps: [step('warm'), step('cold'), { ...step(kind), ...what }],
});
const times = (
  count: number,
  kind: 'warm' | 'cold',
  durationMs: number,
  plan: SessionPlan = CONTRAST,
): SessionPlan => ({ ...plan, steps: Array.from({ length: count }, () => ({ ...step(kind), durationMs })) });

test.each<readonly [string | null, typeof CONTRAST]>([
  [null, CONTRAST],
  [null, { ...CONTRAST, cycles: 5 }],
  ['6 cycles (L5)', { ...CONTRAST, cycles: 6 }],
  ['0 cycles (L5)', { ...CONTRAST, cycles: 0 }],
  [null, { ...CONTRAST, cycles: 1 }],
  [null, one('warm', { targetC: 40 })],
  ['warm at 40.1 C (L1)', one('warm', { targetC: 40.1 })],
  ['warm at 38 C (L1)', one('warm', { rangeC: { minC: 36.7, maxC: 40.1 } })],
  [null, one('cold', { targetC: 10 })],
  ['cold at 9.9 C (L2)', one('cold', { targetC: 9.9 })],
  ['cold at 15 C (L2)', one('cold', { rangeC: { minC: 9.9, maxC: 15.6 } })],
  [null, one('warm', { durationMs: 240_000 })],
  ['a warm step of 240.001 s (L3, L4, L11)', one('warm', { durationMs: 240_001 })],
  ['a warm step of 0 s (L3, L4, L11)', one('warm', { durationMs: 0 })],
  [null, one('cold', { durationMs: 60_000 })],
  ['a cold step of 60.001 s (L3, L4, L11)', one('cold', { durationMs: 60_001 })],
  [null, times(1, 'warm', 1_200_000, SOAK)],
  ['a warm step of 1200.001 s (L3, L4, L11)', times(1, 'warm', 1_200_001, SOAK)],
  [null, times(5, 'warm', 240_000)],
  ['1200.005 s of warm contact (L6)', times(5, 'warm', 240_001, SOAK)],
  [null, times(5, 'cold', 60_000)],
  ['306 s of cold contact (L7)', times(6, 'cold', 51_000)],
])('%s', (why, plan) => {
  expect(outsideLimits(plan)).toBe(why);
});

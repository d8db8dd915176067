import type { Verdict } from '../run.ts';
import type { Timeline } from '../timeline.ts';

export function tracePage(timeline: Timeline, verdict: Verdict): string {
  return `${timeline.samples.length} ${verdict.seed}`;
}

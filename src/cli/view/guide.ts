import { SECOND_MS, formatDuration } from '../../model/units.ts';
import type { Protocol } from '../../protocols/index.ts';

/** `ebb protocols show` of something to be done at a desk: no water, so no totals and no limits. */
export function guideLines({ id, title, source, evidence, position, say, steps }: Protocol): string[] {
  const lines = [`${title} (${id})`];
  for (const { document, says } of source) lines.push(`  source    ${document}: ${says}`);
  if (evidence !== null)
    lines.push(`  evidence  ${evidence.level}${evidence.note === null ? '' : `: ${evidence.note}`}`);
  lines.push('  station   a desk', '');
  for (const text of [position, say]) if (text !== null) lines.push(`  ${text}`);
  if (position !== null || say !== null) lines.push('');
  for (const step of steps) {
    if (!('count' in step)) continue;
    const { count, eachMs, durationMs } = step;
    const each = eachMs === null ? '' : ` of ${formatDuration(eachMs)}`;
    const amount = count === null ? '' : `: ${count.default} times${each} (${count.min} to ${count.max})`;
    const length = durationMs === null ? '' : `: ${formatDuration(durationMs.default)}`;
    lines.push(`  ${step.say}${amount}${length}`);
  }
  return lines;
}

/** The same for programs. */
export function guideJson(protocol: Protocol): object {
  const { id, title, kind, source, evidence, perWeek, position, say, steps } = protocol;
  return {
    ...{ id, title, kind, source, evidence, per_week: perWeek, position, say },
    steps: steps.flatMap((step) =>
      'count' in step
        ? [
            {
              kind: step.kind,
              say: step.say,
              count: step.count?.default ?? null,
              each_s: step.eachMs === null ? null : step.eachMs / SECOND_MS,
              duration_s: step.durationMs === null ? null : step.durationMs.default / SECOND_MS,
            },
          ]
        : [],
    ),
  };
}

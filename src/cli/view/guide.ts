import { SECOND_MS, formatDuration } from '../../model/units.ts';
import type { Protocol } from '../../protocols/index.ts';

/** `ebb protocols show` of what has no water: no totals and no limits, but who leaves it out. */
export function guideLines(protocol: Protocol): string[] {
  const { id, title, source, evidence, stations, perDay, position, say, items, steps } = protocol;
  const lines = [`${title} (${id})`];
  for (const { document, says } of source) lines.push(`  source    ${document}: ${says}`);
  if (evidence !== null)
    lines.push(`  evidence  ${evidence.level}${evidence.note === null ? '' : `: ${evidence.note}`}`);
  if (stations.length > 0)
    lines.push(
      `  station   ${stations.map((kind) => `a ${kind === 'spot' ? 'spot (sofa, bed)' : kind}`).join(', ')}`,
    );
  if (perDay !== null)
    lines.push(`  a day     ${perDay[0] === perDay[1] ? perDay[0] : `${perDay[0]} to ${perDay[1]}`}`);
  lines.push('');
  for (const text of [position, say]) if (text !== null) lines.push(`  ${text}`);
  if (position !== null || say !== null) lines.push('');
  for (const item of items) lines.push(`  [ ] ${item}`);
  for (const step of steps) {
    if (!('count' in step)) continue;
    const { count, durationMs } = step;
    const amount =
      count === null ? '' : `: ${count.default} times${eachText(step)} (${count.min} to ${count.max})`;
    const length = durationMs === null ? '' : `: ${formatDuration(durationMs.default)}`;
    lines.push(`  ${step.say}${amount}${length}`);
  }
  return [...lines, ...whoLines(protocol)];
}

/** Who leaves it out, and who asks first. */
export function whoLines({ notFor, askFirst }: Pick<Protocol, 'notFor' | 'askFirst'>): string[] {
  const list = (head: string, all: readonly string[]): string[] =>
    all.length === 0 ? [] : ['', `  ${head}`, ...all.map((one) => `  - ${one}`)];
  return [
    ...list('Leave it out with any of these:', notFor),
    ...list('Ask a clinician first with:', askFirst),
  ];
}

function eachText({ eachMs, breath }: Extract<Protocol['steps'][number], { count: unknown }>): string {
  if (breath !== null) {
    const [inS, holdS, outS] = [breath.inMs, breath.holdMs, breath.outMs].map((ms) => ms / SECOND_MS);
    return `, ${inS ?? 0} s in, ${holdS ?? 0} s hold, ${outS ?? 0} s out`;
  }
  return eachMs === null ? '' : ` of ${formatDuration(eachMs)}`;
}

/** The same for programs. */
export function guideJson(protocol: Protocol): object {
  const { id, title, kind, source, evidence, perWeek, perDay, position, say, items, steps } = protocol;
  const seconds = (ms: number | null | undefined): number | null => (ms == null ? null : ms / SECOND_MS);
  return {
    ...{ id, title, kind, source, evidence, per_week: perWeek, per_day: perDay, position, say, items },
    ...{ stations: protocol.stations, not_for: protocol.notFor, ask_first: protocol.askFirst },
    steps: steps.flatMap((step) =>
      'count' in step
        ? [
            {
              kind: step.kind,
              say: step.say,
              count: step.count?.default ?? null,
              each_s: seconds(step.eachMs),
              duration_s: seconds(step.durationMs?.default),
              breath_s:
                step.breath === null
                  ? null
                  : [step.breath.inMs, step.breath.holdMs, step.breath.outMs].map((ms) => ms / SECOND_MS),
            },
          ]
        : [],
    ),
  };
}

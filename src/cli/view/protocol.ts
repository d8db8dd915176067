import type { SessionPlan } from '../../model/plan.ts';
import { STATION_KINDS } from '../../model/station.ts';
import { formatDuration, formatTemperature } from '../../model/units.ts';
import { timeline } from '../../protocols/index.ts';
import type { Protocol } from '../../protocols/index.ts';
import { table } from '../output.ts';
import { totalRows } from './limits.ts';
import { clockTime, rangeText } from './text.ts';
import type { Unit } from './text.ts';

/** Why a session would not start: the compiler's word or the gate's. */
export interface ShownRefusal {
  readonly code: string;
  readonly message: string;
}

export interface ShownProtocol {
  readonly protocol: Protocol;
  /** The station's name; null: none is configured. */
  readonly station: string | null;
  readonly plan: SessionPlan | null;
  readonly refusals: readonly ShownRefusal[];
  readonly unit: Unit;
}

/** `ebb protocols show`: where it comes from, what it does, what it adds up to, and what would be refused. */
export function protocolLines({ protocol, station, plan, refusals, unit }: ShownProtocol): string[] {
  const { id, title, source, evidence, perWeek } = protocol;
  const lines = [`${title} (${id})`];
  for (const { document, says } of source) lines.push(`  source    ${document}: ${says}`);
  if (evidence !== null) {
    lines.push(`  evidence  ${evidence.level}${evidence.note === null ? '' : `: ${evidence.note}`}`);
  }
  if (perWeek !== null) lines.push(`  a week    ${perWeek.join(' to ')} times`);
  lines.push(`  station   ${station ?? `none configured: ${assumed(protocol)} assumed`}`, '');
  if (plan !== null) lines.push(...planLines(plan, unit));
  if (refusals.length > 0) {
    lines.push('would be refused:');
    for (const { message } of refusals) lines.push(`  ${message}`);
  }
  return lines;
}

function assumed({ stations }: Protocol): string {
  const kind = STATION_KINDS.find((one) => stations.includes(one)) ?? 'bath';
  return kind === 'buckets' ? 'two buckets' : `a ${kind} with two valves`;
}

/** Timeline, totals beside the limits, and notes: the same for the library and for the preview of a session. */
export function planLines(plan: SessionPlan, unit: Unit): string[] {
  const steps = timeline(plan).map((row) => [
    clockTime(row.startMs),
    row.kind,
    plan.cycles > 1 ? `cycle ${row.cycle} of ${row.cycles}` : '',
    formatDuration(row.durationMs),
    formatTemperature(row.targetC, unit),
    `(${rangeText({ minC: row.minC, maxC: row.maxC }, unit)})`,
  ]);
  const totals = totalRows(plan).map(({ what, planned, limit, id }) => [
    what,
    planned,
    limit === '' ? '' : `of at most ${limit} (${id})`,
  ]);
  const told = [plan.position, plan.say].filter((text) => text !== null);
  const notes = plan.notes.map((note) => `note: ${note}`);
  const indented = [
    ...told,
    ...(told.length > 0 ? [''] : []),
    ...table(steps, [0]),
    '',
    ...table(totals),
    ...(notes.length > 0 ? [''] : []),
    ...notes,
  ];
  return indented.map((line) => (line === '' ? '' : `  ${line}`));
}

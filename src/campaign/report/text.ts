import type { TraceEvent } from '../trace.ts';
import type { Find, Report } from './report.ts';
import { isGood, rateOf } from './report.ts';

/** The report for people, line by line. */
export function textReport(report: Report): readonly string[] {
  const { tally, coverage, finds, seed, mode, workers, tookS } = report;
  const lines = [
    `${tally.sessions} sessions from seed ${seed}, ${mode} mode, ${workers} worker${workers === 1 ? '' : 's'}: ` +
      `${tookS.toFixed(1)} s, ${rateOf(report).toFixed(1)} a second`,
    `${perSession(tally.messages, report)} messages, ${perSession(tally.ticks, report)} looks at the truth and ` +
      `${(tally.simulatedMs / 1_000 / Math.max(1, tally.sessions)).toFixed(0)} s of simulated time a session; hash ${tally.hash}`,
    '',
    ...columns(tally.outcomes, tally.sessions),
    '',
    ...columns(tally.reasons, tally.sessions),
    '',
  ];
  const faults = Object.entries(tally.faults);
  if (faults.length > 0) lines.push(...faultTable(report), '');
  lines.push(
    ...coverage.map(({ what, reached, total, missing }) => {
      const rest = missing.length === 0 ? '' : `; not: ${missing.join(', ')}`;
      return `${what}: ${reached} of ${total}${rest}`;
    }),
  );
  lines.push(completedLine(report), ...leftOutLines(report));
  lines.push('', ...finds.flatMap(findLines));
  lines.push(...restLines(report));
  const broken = Object.entries(tally.broken).map(([id, n]) => `${id} in ${n}`);
  if (broken.length > 0) lines.push(`broken: ${broken.join(', ')}`);
  const end = report.interrupted ? 'ended early; so far ' : '';
  lines.push(
    `${end}${tally.violated} violation${tally.violated === 1 ? '' : 's'}${isGood(report) ? '' : ': this campaign failed'}`,
  );
  return lines;
}

/** What was not shrunk: each of the first seeds on a line, to be replayed by hand. */
function restLines({ tally, finds }: Report): readonly string[] {
  const rest = finds.filter(({ tries }) => tries === null);
  const unseen = tally.violated - finds.length;
  return [
    ...rest.map(
      ({
        found: {
          seed,
          scenario,
          violations: [first],
        },
      }) =>
        first === undefined
          ? `seed ${seed}`
          : `${first.invariant} at seed ${seed}, ${(first.atMs / 1_000).toFixed(3)} s: ${first.what} (${scenario.house})`,
    ),
    ...(unseen > 0 ? [`… and ${unseen} more violating sessions`] : []),
    ...(rest.length + unseen > 0 ? [''] : []),
  ];
}

function completedLine({ completed, coverage }: Report): string {
  if (completed !== null)
    return `coverage complete after ${completed.sessions} sessions, with ${completed.last}`;
  const missing = coverage.reduce((sum, line) => sum + line.missing.length, 0);
  return `coverage is not complete: ${missing} not reached`;
}

/** What does not compile for a house is no part of the campaign: told once, each reason with its houses. */
function leftOutLines({ leftOut }: Report): readonly string[] {
  const houses = new Map<string, string[]>();
  for (const { house, protocol, why } of leftOut) {
    const reason = why.startsWith(protocol) ? why : `${protocol}: ${why}`;
    houses.set(reason, [...(houses.get(reason) ?? []), house]);
  }
  return [...houses].map(([reason, at]) => `not run at ${at.join(', ')}: ${reason}`);
}

/** By fault: outcomes, and the worst figures of the sessions in which it was the only one. */
export function faultTable({ tally }: Report): readonly string[] {
  const rows = Object.entries(tally.faults)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([id, row]) => [
      id,
      String(row.sessions),
      ...['complete', 'stopped', 'aborted', 'refused', 'unended'].map((outcome) =>
        String(row.outcomes[outcome] ?? 0),
      ),
      String(row.alone),
      row.worstDose.toFixed(3),
      `${Math.round(row.worstTripToShutMs)}`,
      `${Math.round(row.worstBoundMs)}`,
      String(row.late),
      `${Math.round(row.worstFaultToShutMs)}`,
      String(row.neverShut),
    ]);
  const head = [
    'fault',
    'sessions',
    'complete',
    'stopped',
    'aborted',
    'refused',
    'unended',
    'alone',
    'dose',
    'trip to shut ms',
    'bound ms',
    'late',
    'fault to shut ms',
    'held open',
  ];
  return tableOf([head, ...rows]);
}

function findLines({ found, shrunk, tries, replay }: Find): readonly string[] {
  const [violation] = shrunk.violations;
  if (violation === undefined || tries === null) return [];
  const { faults } = shrunk.scenario;
  return [
    `${violation.invariant} at seed ${found.seed}, ${(violation.atMs / 1_000).toFixed(3)} s: ${violation.what}`,
    `  ${found.scenario.house}, ${found.scenario.protocol}; ${faults.length} of ${found.scenario.faults.length} faults left after ${tries} replays`,
    ...shrunk.last.slice(-12).map((event) => `  ${eventLine(event)}`),
    `  replay: ${replay}`,
    '',
  ];
}

/** One event of a timeline. */
export function eventLine({ atMs, type, ...rest }: TraceEvent): string {
  const words = Object.entries(rest)
    .filter(([name]) => name !== 'result' && name !== 'body')
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)}`,
    );
  return `${(atMs / 1_000).toFixed(3).padStart(9)} s  ${type.padEnd(9)} ${words.join(' ')}`;
}

function perSession(sum: number, { tally }: Report): string {
  return (sum / Math.max(1, tally.sessions)).toFixed(0);
}

function columns(counts: Readonly<Record<string, number>>, total: number): readonly string[] {
  return tableOf(
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, n]) => [name, String(n), `${((100 * n) / Math.max(1, total)).toFixed(1)} %`]),
  );
}

function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

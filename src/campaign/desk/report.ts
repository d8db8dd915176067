import { message, property } from '../report/github.ts';
import { escapeXml } from '../report/junit.ts';
import { BUDGETS, BUDGET_NAMES } from './budgets.ts';
import type { Broken, DeskReport } from './budgets.ts';

const HEADS = {
  ...{ perHour: 'an hour', whileBusy: 'busy', afterReturn: 'just back' },
  ...{ lights: 'lights', stacked: 'stacked' },
  ...{ outOfHours: 'off hours', onEmptyChair: 'nobody', unexplained: 'unexplained' },
} as const;

/** The table for people. */
export function deskText(report: DeskReport): readonly string[] {
  const { station, days, seed, rows, broken, tookS, command } = report;
  const head = ['person', 'hours', 'faults', 'reminders', 'done', 'skipped', 'missed', 'passed', 'adherence'];
  const table = [
    [...head, ...BUDGET_NAMES.map((name) => HEADS[name])],
    ...rows.map(({ person, hours, faults, reminders, done, skipped, missed, passed, adherence, budgets }) => [
      person,
      ...[hours, faults, reminders, done, skipped, missed, passed].map(String),
      adherence === null ? '-' : `${Math.round(100 * adherence)} %`,
      ...BUDGET_NAMES.map((name) => String(budgets[name])),
    ]),
    ['at most', '', '', '', '', '', '', '', '', ...BUDGET_NAMES.map((name) => String(BUDGETS[name].most))],
  ];
  return [
    `${days} days at ${station} in simulation, seed ${seed}: ${tookS.toFixed(1)} s`,
    ...aligned(table),
    ...broken.map((one) => `broken: ${brokenText(one)}; again: ${command}`),
    broken.length === 0 ? 'every budget was kept' : `${broken.length} budgets were broken`,
  ];
}

export function brokenText({ person, budget, value, firstWallMs }: Broken): string {
  const first = firstWallMs === null ? '' : `, first at ${new Date(firstWallMs).toISOString()}`;
  const { what, most } = BUDGETS[budget];
  return `${person}: ${value} ${what}, at most ${most}${first}`;
}

export function deskJson({ rows, broken, ...rest }: DeskReport): unknown {
  const { station, days, seed, tookS } = rest;
  return {
    ...{ station, days, seed },
    people: rows,
    budgets: Object.fromEntries(BUDGET_NAMES.map((name) => [name, BUDGETS[name].most])),
    broken: broken.map(({ firstWallMs, ...one }) => ({
      ...one,
      first_at: firstWallMs === null ? null : new Date(firstWallMs).toISOString(),
      replay: rest.command,
    })),
    wall_s: tookS,
  };
}

/** JUnit XML: one case for each budget of each person. */
export function deskJunit({ rows, broken, command, tookS }: DeskReport): string {
  const cases = rows.flatMap(({ person }) =>
    BUDGET_NAMES.map((budget) => {
      const found = broken.find((one) => one.person === person && one.budget === budget);
      const open = `    <testcase name="${escapeXml(`${person}: ${BUDGETS[budget].what}`)}" classname="ebb.sim.desk" time="0"`;
      if (found === undefined) return `${open}/>`;
      const text = escapeXml(brokenText(found));
      return `${open}><failure message="${text}" type="budget">${escapeXml(command)}</failure></testcase>`;
    }),
  );
  const counts = `tests="${cases.length}" failures="${broken.length}" errors="0" skipped="0" time="${tookS.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ebb sim" ${counts}>`,
    `  <testsuite name="${escapeXml(command)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

/** Annotations of a GitHub workflow: one line for each budget that was broken. */
export function deskGithub({ broken, command }: DeskReport): readonly string[] {
  return broken.map(
    (one) =>
      `::error title=${property(`${one.person}, ${one.budget}`)}::${message(`${brokenText(one)}. Replay: ${command}`)}`,
  );
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
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

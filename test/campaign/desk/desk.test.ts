/*
 * If these fail, somebody who only sat down to work is shown a light in a meeting, on an empty chair, right after coming
 * back, out of hours, or more often than they can bear; or `ebb sim` would not notice. The year is in desk.long.test.ts.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Folder } from '../../config/support.ts';
import { DEFECTS, EXAMPLE, caught, ebb, reportSchema } from './support.ts';

const WEEKS = ['sim', '--station', 'desk', '--days', '14'] as const;

test(
  'two weeks of five people keep every budget, the same for the same seed',
  { timeout: 120_000 },
  async () => {
    const { code, out } = await ebb([...WEEKS, '--json']);
    const { wall_s: _, ...report } = reportSchema.parse(JSON.parse(out));
    expect(report.broken).toEqual([]);
    expect(code).toBe(0);
    expect(report.people.map(({ person }) => person)).toEqual([
      ...['adherent', 'forgetful', 'meeting-heavy', 'night-shift', 'traveller'],
    ]);
    // Budgets are kept by people who were there and were reminded, not by an empty room.
    for (const { hours, reminders } of report.people) {
      expect(hours).toBeGreaterThan(30);
      expect(reminders).toBeGreaterThan(30);
    }
    const adherence = new Map(report.people.map((one) => [one.person, one.adherence ?? 0]));
    expect(adherence.get('adherent')).toBeGreaterThan(0.9);
    expect(adherence.get('forgetful')).toBeLessThan(0.7);
    const { wall_s: _again, ...again } = reportSchema.parse(
      JSON.parse((await ebb([...WEEKS, '--json'])).out),
    );
    expect(again).toEqual(report);
    const other = reportSchema.parse(JSON.parse((await ebb([...WEEKS, '--seed', '2', '--json'])).out));
    expect(other.people).not.toEqual(report.people);
  },
);

test.each(DEFECTS.slice(0, 2))(
  '$id: the budget $breaks breaks, and it exits with 4',
  { timeout: 120_000 },
  async (one) => {
    const { exit, budgets } = await caught(one);
    expect(budgets).toContain(one.breaks);
    expect(exit).toBe(4);
  },
);

test(
  "one's own config, text, JUnit and annotations; what is no desk is told",
  { timeout: 120_000 },
  async () => {
    const folder = new Folder();
    try {
      folder.write('ebb.yaml', `timezone: America/New_York\n${readFileSync(EXAMPLE, 'utf8')}`);
      const text = await ebb(['sim', '--config', 'ebb.yaml', '--days', '3'], folder.path);
      expect(text.err).toBe('');
      expect(text.out).toContain('3 days at desk in simulation, seed 1');
      expect(text.out).toMatch(/^at most .* 2 +0 +0 +0 +0 +0 +0$/m);
      expect(text.out.trimEnd()).toMatch(/every budget was kept$/);
      const junit = await ebb(
        ['sim', '--config', 'ebb.yaml', '--days', '2', '--format', 'junit'],
        folder.path,
      );
      expect(junit.out).toContain('tests="35" failures="0"');
      const github = await ebb(
        ['sim', '--config', 'ebb.yaml', '--days', '2', '--format', 'github'],
        folder.path,
      );
      expect(github.out).not.toContain('::error');
    } finally {
      folder.dispose();
    }
    const bath = await ebb(['sim', '--station', 'foot-bath', '--days', '3']);
    expect(bath).toMatchObject({ code: 2 });
    expect(bath.err).toContain('--days is for a desk');
  },
);

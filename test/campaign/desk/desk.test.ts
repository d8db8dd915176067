/*
 * If these fail, somebody who only sat down to work is shown a light in a meeting, on an empty chair, right after coming
 * back, out of hours, or more often than they can bear; or `ebb sim` would not notice. The year is in desk.long.test.ts.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Folder } from '../../config/support.ts';
import { DEFECTS, EXAMPLE, caught, ebb, reportSchema } from './support.ts';

const days = (count: number) => ['sim', '--station', 'desk', '--days', String(count), '--json'] as const;

test(
  'ten days of five people, with what goes wrong in them, keep every budget, the same for the same seed',
  { timeout: 120_000 },
  async () => {
    const { code, out } = await ebb(days(10));
    const report = reportSchema.parse(JSON.parse(out));
    expect(report.broken).toEqual([]);
    expect(code).toBe(0);
    expect(report.people.map(({ person }) => person)).toEqual([
      ...['adherent', 'forgetful', 'meeting-heavy', 'night-shift', 'traveller'],
    ]);
    // Budgets are kept by people who were there and were reminded, not by an empty room.
    for (const { hours, faults, reminders } of report.people) {
      expect(hours).toBeGreaterThan(30);
      expect(reminders).toBeGreaterThan(30);
      expect(faults).toBeGreaterThan(5);
    }
    const adherence = new Map(report.people.map((one) => [one.person, one.adherence ?? 0]));
    expect(adherence.get('adherent')).toBeGreaterThan(0.9);
    expect(adherence.get('forgetful')).toBeLessThan(0.7);
    const [once, again, other] = await Promise.all(
      [[], [], ['--seed', '2']].map(
        async (seed) => reportSchema.parse(JSON.parse((await ebb([...days(2), ...seed])).out)).people,
      ),
    );
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
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
      expect(text.out).toMatch(/^at most .* 2 +0 +0 +5 +0 +0 +0 +0$/m);
      expect(text.out.trimEnd()).toMatch(/every budget was kept$/);
      const junit = await ebb(
        ['sim', '--config', 'ebb.yaml', '--days', '2', '--format', 'junit'],
        folder.path,
      );
      expect(junit.out).toContain('tests="40" failures="0"');
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

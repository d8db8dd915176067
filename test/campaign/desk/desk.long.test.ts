// If this fails, a year at a desk is not what docs/desk.md says of it, or a mistake at a desk goes unnoticed.
import { expect, test } from 'vitest';
import { DEFECTS, caught, ebb } from './support.ts';

test('a year of each of five people, in less than a minute', { timeout: 600_000 }, async () => {
  const { code, out } = await ebb(['sim', '--station', 'desk', '--days', '365']);
  console.info(out);
  expect(out).toContain('every budget was kept');
  expect(code).toBe(0);
});

test.each([2, 3, 4, 5])('half a year from seed %d', { timeout: 600_000 }, async (seed) => {
  const { code, out } = await ebb(['sim', '--station', 'desk', '--days', '180', '--seed', String(seed)]);
  expect(code, out).toBe(0);
});

test.each(DEFECTS)('$id: the budget $breaks breaks', { timeout: 600_000 }, async (defect) => {
  const { exit, budgets } = await caught(defect, 60);
  expect(budgets).toContain(defect.breaks);
  expect(exit).toBe(4);
});

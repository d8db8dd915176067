/**
 * If these fail, a mistake that somebody could make in the code that keeps the water safe would pass a campaign of 5,000
 * sessions: either the campaign draws nothing that shows it, or no invariant looks at what it breaks. The table that is
 * printed is that of docs/mutation.md.
 */
import { afterAll, expect, test } from 'vitest';
import { hunt } from './hunt.ts';
import { readMutants } from './mutant.ts';
import { rowOf, verdictOf } from './table.ts';

const rows: string[] = [];
afterAll(() => {
  console.log(rows.join('\n'));
});

test.each(readMutants())('$id is caught within 5,000 sessions, and shown again', async (mutant) => {
  const caught = await hunt(mutant, { seed: 1, sessions: 5_000, workers: 2 });
  rows.push(rowOf(caught));
  expect(verdictOf(caught), JSON.stringify(caught)).toBe('caught');
  expect(caught.exit).toBe(4);
});

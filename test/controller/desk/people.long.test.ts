// If this fails, a year at a desk is not what docs/desk.md says of it.
import { expect, test } from 'vitest';
import { PEOPLE, live } from './people.ts';

test('a year of each of them', { timeout: 600_000 }, () => {
  const rows = PEOPLE.map((person) => live(person, 365));
  console.table(rows);
  for (const row of rows) {
    expect(row).toMatchObject({ whileBusy: 0, whileAway: 0, afterReturn: 0, stacked: 0, outsideHours: 0 });
    expect(row.mostAnHour).toBeLessThanOrEqual(2);
  }
});

// If this fails, somebody who only sat down to work is shown a light in a meeting, on an empty chair, right after coming
// back, or more often than they can bear.
import { expect, test } from 'vitest';
import { PEOPLE, live } from './people.ts';

test.each(PEOPLE)('two weeks of the $name at a desk', (person) => {
  const measured = live(person, 14);
  expect(measured).toMatchObject({ whileBusy: 0, whileAway: 0, afterReturn: 0, stacked: 0, outsideHours: 0 });
  expect(measured.mostAnHour).toBeLessThanOrEqual(2);
  expect(measured.shown).toBeGreaterThan(5);
});

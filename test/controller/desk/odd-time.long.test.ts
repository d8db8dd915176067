// If this fails, see odd-time.test.ts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { begins, liveThrough, oddDays } from './odd-time.ts';
import type { Seen } from './odd-time.ts';

test('a thousand computers that sleep and whose clocks are set', { timeout: 900_000 }, () => {
  const all: Seen[] = [];
  fc.assert(
    fc.property(oddDays, begins, (odds, begin) => {
      all.push(liveThrough(odds, begin));
    }),
    { numRuns: 1_000 },
  );
  const sum = (of: keyof Seen): number => all.reduce((total, one) => total + one[of], 0);
  console.info(
    `${all.length} runs: ${sum('sleeps')} sleeps of a minute to three days, ${sum('sets')} clocks set; ${sum('fixed')} fixed times, ` +
      `${sum('due')} of them due and ${sum('sleptOver')} slept over; ${sum('shown')} shown; none lost, doubled or in a burst`,
  );
  expect(sum('due')).toBeGreaterThan(1_000);
  expect(sum('sleptOver')).toBeGreaterThan(1_000);
});

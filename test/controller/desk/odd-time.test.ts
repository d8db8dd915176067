/*
 * If this fails, there is a way to close a laptop, or to set a clock, after which a reminder at a desk is lost, comes twice,
 * in a burst, or at night. Many more ways are tried in odd-time.long.test.ts.
 */
import fc from 'fast-check';
import { test } from 'vitest';
import { begins, liveThrough, oddDays } from './odd-time.ts';

test('a computer that sleeps and whose clock is set loses, doubles and bursts nothing', () => {
  fc.assert(
    fc.property(oddDays, begins, (odds, begin) => {
      liveThrough(odds, begin);
    }),
    { numRuns: 15 },
  );
});

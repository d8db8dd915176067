import { expect, it } from 'vitest';
import { compareAll } from './differential.ts';

/* If this fails, the twin departs from the firmware in something that a few lives do not meet. */

it('says the same as the firmware through many lives', { timeout: 3_600_000 }, async () => {
  expect(await compareAll({ from: 1_000, lives: 400, acts: 60 })).toEqual([]);
});

import { expect, it } from 'vitest';
import { compareAll } from './differential.ts';

/*
 * If this fails, a simulated bath behaves as no board would: what campaigns show with the twin says nothing of the
 * firmware. A few lives; differential.long.test.ts has many. A difference is mended in the twin where it departs from
 * docs/board-protocol.md, and in the firmware where that does.
 */

it('says the same as the firmware, and switches within a millisecond of it', async () => {
  expect(await compareAll({ from: 1, lives: 5, acts: 40 })).toEqual([]);
});

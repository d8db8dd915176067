// If this fails, some healthy house cannot have a bath in basins: all seeds of the shorter run and the rest.
import { test } from 'vitest';
import { ONE, TWO, allComplete } from './basins-suite.ts';

test.each([ONE, TWO])('$protocol on $example: seeds 1 to 50', { timeout: 600_000 }, (kind) => {
  allComplete(kind, 1, 50);
});

/**
 * If these fail, some house, broken in some way, is not safe. The gate runs fewer sessions of the same (smoke.test.ts).
 * `EBB_SESSIONS` says how many, 5,000 each by default.
 */
import { expect, test } from 'vitest';
import { freshSeed } from '../../src/random/random.ts';
import { campaign } from './smoke-suite.ts';

const SESSIONS = process.env['EBB_SESSIONS'] ?? '5000';

test.each([
  ['a seed that stays the same', ['--seed', '1', '--faults', 'all', '--require-coverage']],
  ['a seed nobody has seen', ['--seed', String(freshSeed()), '--faults', 'all']],
  ['nothing broken', ['--seed', '1', '--faults', 'none']],
  ['everything heals', ['--seed', '1', '--mode', 'liveness']],
])('%s: no invariant is broken', async (_, args) => {
  const { code, out } = await campaign('--sessions', SESSIONS, ...args);
  console.log(out);
  expect(code, out).toBe(0);
});

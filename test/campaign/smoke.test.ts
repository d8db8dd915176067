/**
 * If these fail, some house, broken in some way, is not safe: a violation names the invariant, the seed and the command
 * that shows it again. A seed nobody has seen is run by `npm run test:long` (smoke.long.test.ts): about one session in
 * seven hundred still breaks an invariant (docs/simulation.md), and a gate must not fail by chance.
 */
import { describe, expect, test } from 'vitest';
import { campaign } from './smoke-suite.ts';

describe('no invariant is broken', () => {
  test('in sessions from a seed that stays the same', { timeout: 240_000 }, async () => {
    const { code, out } = await campaign('--sessions', '500', '--seed', '1', '--faults', 'all');
    expect(code, out).toBe(0);
  });

  test('and healthy houses complete, over the whole range of their water', { timeout: 120_000 }, async () => {
    const { code, out } = await campaign('--sessions', '100', '--seed', '500', '--faults', 'none');
    expect(code, out).toBe(0);
  });

  test('and what heals comes to an end', { timeout: 120_000 }, async () => {
    const { code, out } = await campaign('--sessions', '100', '--seed', '900', '--mode', 'liveness');
    expect(code, out).toBe(0);
  });
});

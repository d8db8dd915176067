/**
 * If these fail, an invariant sleeps: a campaign would then report no violation whatever the code did. Each breaks the
 * controller on purpose, in one way, and expects the promise that this breaks to be the first that is violated.
 */
import { describe, expect, test } from 'vitest';
import { INVARIANTS } from '../../../src/campaign/invariants/index.ts';
import { Broken } from './broken.ts';
import { DEFECTS } from './defects.ts';
import { TRACED } from './traces.ts';

describe.each(Object.entries(DEFECTS))('%s', (id, defects) => {
  test.each(defects)('$what', (defect) => {
    const violations = new Broken(defect).run();
    const [first] = violations;
    expect(violations.map(({ invariant }) => invariant)).toContain(id);
    const own = violations.find(({ invariant }) => invariant === id);
    expect(own?.atMs, `${first?.invariant ?? ''}: ${first?.what ?? ''}`).toBe(first?.atMs);
  });
});

test('each invariant has a planted defect', () => {
  const planted = new Set([...Object.keys(DEFECTS), ...Object.keys(TRACED)]);
  expect([...planted].toSorted()).toEqual(INVARIANTS.map(({ id }) => id).toSorted());
});

test('without a defect nothing is violated, and what can be judged there is', () => {
  const healthy = new Broken({ what: 'nothing', breaks: () => undefined });
  expect(healthy.run()).toEqual([]);
  expect(healthy.world.result?.outcome).toBe('complete');
  const judged = healthy.world.recorder.judged();
  for (const id of ['I4', 'I5', 'I6', 'I7', 'I8', 'I13', 'I14', 'I17', 'I21', 'I28'])
    expect(judged[id], id).toBeGreaterThan(0);
});

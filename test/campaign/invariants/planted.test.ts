/**
 * If these fail, an invariant sleeps: a campaign would then report no violation whatever the code did. Each breaks the
 * controller on purpose, in one way, and expects the promise that this breaks to be the first that is violated.
 *
 * A broken world is run once, and what happened in it is judged by one invariant after another.
 */
import { describe, expect, test } from 'vitest';
import { INVARIANTS } from '../../../src/campaign/invariants/index.ts';
import type { Defect } from './broken.ts';
import { DEFECTS } from './defects.ts';
import { Played } from './played.ts';
import { TRACED } from './traces.ts';

const runs = new Map<Defect, Played>();
const run = (defect: Defect): Played => {
  const played = runs.get(defect) ?? new Played(defect);
  runs.set(defect, played);
  return played;
};
/** When the own promise was seen to be broken. */
const seen = new Map<Defect, number>();
const HEALTHY: Defect = { what: 'nothing', breaks: () => undefined };

describe.each(Object.entries(DEFECTS))('%s', (id, defects) => {
  const own = INVARIANTS.filter((one) => one.id === id);
  const asksBeside = own.some((one) => 'beside' in one);
  test.each(defects)('$what', (defect) => {
    const { violations } = asksBeside ? run(defect).judgeBeside(own) : run(defect).judge(own);
    expect(violations.map(({ invariant }) => invariant)).toEqual([id]);
    seen.set(defect, violations[0]?.atMs ?? -Infinity);
  });
});

test('no other promise is broken before the own one', () => {
  for (const [id, defects] of Object.entries(DEFECTS))
    for (const defect of defects) {
      const others = run(defect).judge(INVARIANTS.filter((one) => one.id !== id)).violations;
      const before = others.filter(({ atMs }) => atMs < (seen.get(defect) ?? Infinity));
      expect(before, `${id}: ${defect.what}`).toEqual([]);
    }
});

test('each invariant has a planted defect', () => {
  const planted = new Set([...Object.keys(DEFECTS), ...Object.keys(TRACED)]);
  expect([...planted].toSorted()).toEqual(INVARIANTS.map(({ id }) => id).toSorted());
});

const JUDGED = new Set(['I4', 'I5', 'I6', 'I7', 'I8', 'I13', 'I14', 'I17', 'I21', 'I28']);
test.each(INVARIANTS)('without a defect nothing is violated, and what can be judged there is: $id', (one) => {
  const recorder = run(HEALTHY).judge([one]);
  expect(recorder.violations).toEqual([]);
  if (JUDGED.has(one.id)) expect(recorder.judged()[one.id]).toBeGreaterThan(0);
});

test('the session without a defect is complete', () => {
  expect(run(HEALTHY).broken.world.result?.outcome).toBe('complete');
});

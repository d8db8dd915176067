// If these fail, a basin begins or takes up again what nobody asked for, or says that it is ready when it is not.
import { describe, expect, test } from 'vitest';
import { basin } from '../../machines/basin.ts';
import type { BasinEvent, BasinGoal } from '../../machines/basin-run.ts';
import { basinDeadline, exchangeFor, expectation, fillSide } from '../../machines/basin-run.ts';
import { stateName } from '../../machines/engine.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
const WARM: BasinGoal = { side: 'warm', targetC: 38, rangeC: { minC: 36.7, maxC: 40 }, neededMs: 600_000 };

function after(...events: readonly Without<BasinEvent>[]) {
  let snapshot = basin.initial({ volumeL: 8, fills: 'both', heats: false, purgeMs: 180_000 });
  let wants: readonly { readonly type: string }[] = [];
  for (const event of events) ({ snapshot, wants } = basin.step(snapshot, { ...event, atMs: 1_000 }));
  return {
    state: stateName(snapshot),
    context: snapshot.context,
    said: wants.map(({ type }) => type),
    wants,
  };
}
const prepare: Without<BasinEvent> = { type: 'prepare', goal: WARM };
const FILLED: readonly Without<BasinEvent>[] = [
  prepare,
  { type: 'emptied' },
  { type: 'shut' },
  { type: 'filled' },
];
const STANDING = [...FILLED, { type: 'settled', valueC: 39 } as const];
const READY = [...STANDING, { type: 'banded' } as const];

describe('at the beginning', () => {
  test('nothing is known, wanted or due', () => {
    expect(after().context).toMatchObject({
      goal: null,
      targetC: null,
      filledC: null,
      inBand: false,
      banded: false,
      occupied: false,
      exchange: null,
    });
    expect(basinDeadline(after().context)).toBeNull();
  });

  test('somebody beside it is noted, and nothing is said of it', () => {
    expect(after({ type: 'occupied', yes: true })).toMatchObject({ said: [], context: { occupied: true } });
  });

  test('a clock that comes for nothing changes nothing', () => {
    for (const events of [[], [prepare], FILLED, STANDING, [...READY, { type: 'rest' } as const]]) {
      const before = after(...events);
      expect(after(...events, { type: 'clock' })).toMatchObject({ state: before.state, said: [] });
    }
  });
});

describe('water out of its band', () => {
  test('that was never offered is not taken back, and is not in its band', () => {
    const bench = after(...STANDING, { type: 'unbanded' });
    expect([bench.said, bench.context.inBand]).toEqual([[], false]);
    const turned = after(
      ...STANDING,
      { type: 'drift', toward: 'cold', valueC: 39 },
      { type: 'banded' },
      { type: 'unbanded' },
      { type: 'let-out' },
      { type: 'shut' },
      { type: 'filled' },
    );
    expect([turned.state, turned.context.banded]).toEqual(['standing', false]);
    expect(turned.said).not.toContain('ready');
  });

  test('that a pause ends before it was offered is not taken back either', () => {
    expect(after(...STANDING, { type: 'rest' }).said).toEqual(['water', 'shut', 'expect']);
    expect(after(...STANDING, { type: 'rest' }).wants[2]).toMatchObject({
      expectation: { operation: 'rest', side: null, targetC: null, band: null },
    });
  });
});

test('taken up again, it is for what is asked now', () => {
  const other = { ...WARM, neededMs: 1_200_000 };
  const bench = after(...READY, { type: 'rest' }, { type: 'prepare', goal: other });
  expect([bench.state, bench.context.goal]).toEqual(['standing', other]);
  expect(bench.context.deadlines.age).toBe(1_000 + 600_000);
});

test('what cannot fill says nothing while it was never offered', () => {
  let snapshot = basin.initial({ volumeL: 8, fills: 'both', heats: false, purgeMs: 180_000 });
  for (const event of FILLED.slice(0, 3)) ({ snapshot } = basin.step(snapshot, { ...event, atMs: 1_000 }));
  const step = basin.step(snapshot, { type: 'clock', atMs: 271_000 });
  expect(step.wants.map(({ type }) => type)).toEqual(['water', 'shut', 'failed', 'expect']);
});

test('of a basin without a goal nothing is judged', () => {
  expect(expectation(after().context, 'fill')).toMatchObject({ side: null, targetC: null, band: null });
});

test('a gain of just 0.2 K is one', () => {
  const { context } = after(...STANDING);
  const at = (filledC: number) => exchangeFor({ ...context, filledC, targetC: 38 }, 'warm', 37.5);
  expect([at(37.75)?.toward, at(37.65)]).toEqual(['warm', null]);
});

test('a mixer fills with what the step wants', () => {
  const fills = { volumeL: 8, fills: 'mixer', heats: false, purgeMs: 1 } as const;
  expect([fillSide(fills, WARM), fillSide(fills, { ...WARM, side: 'cold' })]).toEqual(['warm', 'cold']);
});

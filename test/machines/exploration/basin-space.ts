import { basin } from '../../../machines/basin.ts';
import type { BasinEvent, BasinSettings, BasinWant } from '../../../machines/basin-run.ts';
import type { BasinGoal } from '../../../src/model/basin.ts';
import type { WaterKind } from '../../../src/model/plan.ts';
import { withContext } from './explore.ts';
import type { RowTracer, Space } from './explore.ts';
import { NOW } from './session-space.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type BasinSnapshot = ReturnType<typeof basin.initial>;

/** What the machine has asked for and said so far. */
export interface BasinNode {
  readonly snapshot: BasinSnapshot;
  readonly water: WaterKind | null;
  readonly isShut: boolean;
  readonly isHeated: boolean;
  readonly isOffered: boolean;
}
export interface BasinMove {
  readonly event: Without<BasinEvent>;
  /** Its deadlines are due; or the water has grown old. */
  readonly late: 'no' | 'due' | 'old';
}

const TO_COME = NOW + 1_000;
const GOALS: Readonly<Record<WaterKind, BasinGoal>> = {
  warm: { side: 'warm', targetC: 38, rangeC: { minC: 36.7, maxC: 40 }, neededMs: 600_000 },
  cold: { side: 'cold', targetC: 15, rangeC: { minC: 10, maxC: 15.6 }, neededMs: 600_000 },
};

/** Everything that anything may say to a basin, at any time. */
function movesOf(side: WaterKind): readonly BasinMove[] {
  const said: readonly Without<BasinEvent>[] = [
    { type: 'prepare', goal: GOALS[side] },
    { type: 'rest' },
    { type: 'empty' },
    { type: 'occupied', yes: true },
    { type: 'occupied', yes: false },
    { type: 'shut' },
    { type: 'emptied' },
    { type: 'let-out' },
    { type: 'filled' },
    { type: 'settled', valueC: side === 'warm' ? 39 : 12 },
    { type: 'settled', valueC: side === 'warm' ? 45 : 6 },
    { type: 'settled', valueC: 30 },
    { type: 'drift', toward: 'warm', valueC: side === 'warm' ? 36.5 : 10.5 },
    { type: 'drift', toward: 'cold', valueC: side === 'warm' ? 38.9 : 18 },
    { type: 'banded' },
    { type: 'unbanded' },
  ];
  return [
    ...said.map((event) => ({ event, late: 'no' }) as const),
    { event: { type: 'clock' }, late: 'due' },
    { event: { type: 'prepare', goal: GOALS[side] }, late: 'old' },
  ];
}

/** Times as guards see them: to come, or long ago. */
function canonical(snapshot: BasinSnapshot): BasinSnapshot {
  const { context } = snapshot;
  const then = (atMs: number | null): number | null => (atMs === null ? null : NOW);
  return withContext(snapshot, {
    ...context,
    filledAtMs: then(context.filledAtMs),
    fillingSinceMs: then(context.fillingSinceMs),
    bandByMs: context.bandByMs === null ? null : TO_COME,
    deadlines: Object.fromEntries(Object.keys(context.deadlines).map((name) => [name, TO_COME])),
  });
}

function late({ snapshot }: BasinNode, how: BasinMove['late']): BasinSnapshot {
  const { context } = snapshot;
  if (how === 'no') return snapshot;
  if (how === 'old')
    return withContext(snapshot, {
      ...context,
      filledAtMs: context.filledAtMs === null ? null : NOW - 3_600_000,
    });
  const deadlines = Object.fromEntries(Object.keys(context.deadlines).map((name) => [name, NOW]));
  return withContext(snapshot, { ...context, deadlines });
}

function after(node: BasinNode, snapshot: BasinSnapshot, wants: readonly BasinWant[]): BasinNode {
  let next: BasinNode = { ...node, snapshot: canonical(snapshot) };
  for (const want of wants) {
    if (want.type === 'water') next = { ...next, water: want.water?.side ?? null };
    if (want.type === 'heat') next = { ...next, isHeated: want.heat !== null };
    if (want.type === 'shut') next = { ...next, isShut: want.untilMs !== null };
    if (want.type === 'ready' || want.type === 'unready')
      next = { ...next, isOffered: want.type === 'ready' };
  }
  return next;
}

export const basinKey = ({ snapshot, water, isShut, isHeated, isOffered }: BasinNode): string =>
  JSON.stringify([snapshot.value, snapshot.context, water, isShut, isHeated, isOffered]);

export function basinSpace(fills: BasinSettings['fills'], tracer: RowTracer): Space<BasinNode, BasinMove> {
  const first = basin.initial({ volumeL: 8, fills, heats: fills !== 'warm', purgeMs: 180_000 });
  const moves = movesOf(fills === 'cold' ? 'cold' : 'warm');
  return {
    initial: [{ snapshot: canonical(first), water: null, isShut: false, isHeated: false, isOffered: false }],
    key: basinKey,
    moves: () => moves,
    take(node, move) {
      const at = late(node, move.late);
      tracer.note(at, { ...move.event, atMs: NOW });
      const step = basin.step(at, { ...move.event, atMs: NOW });
      return step.snapshot === at ? node : after(node, step.snapshot, step.wants);
    },
  };
}

import { guide } from '../../../machines/guide.ts';
import type { Guide, GuideWant } from '../../../src/model/desk.ts';
import { withContext } from './explore.ts';
import type { RowTracer, Space } from './explore.ts';
import { NOW } from './session-space.ts';

export type GuideSnapshot = ReturnType<typeof guide.initial>;
export type GuideMove = 'start' | 'clock' | 'early' | 'ack' | 'stop';
export interface GuideNode {
  readonly snapshot: GuideSnapshot;
  readonly wants: readonly GuideWant[];
}

/** Three of one thing, a timer, two breaths with a hold and one without. */
const EXERCISE: Guide = {
  protocol: 'x',
  title: 'X',
  say: 'x',
  steps: [
    { part: 'move', say: 'a', kind: 'count', count: 3, eachMs: 2_000 },
    { part: 'elevate', say: 'b', kind: 'timer', durationMs: 60_000 },
    { part: 'breathe', say: 'c', kind: 'breath', count: 2, inMs: 4_000, holdMs: 7_000, outMs: 8_000 },
    { part: 'breathe', say: 'd', kind: 'breath', count: 1, inMs: 4_000, holdMs: 0, outMs: 8_000 },
  ],
  notFor: [],
  askFirst: [],
  hours: null,
};

export const guideKey = ({ name, context }: GuideSnapshot): string =>
  [name, context.run?.index, context.run?.marks, context.run?.led].join();

/** Every time is to come, and due when a clock comes; `early` is a clock that is not. */
export function guideSpace(tracer: RowTracer): Space<GuideNode, GuideMove> {
  return {
    initial: [{ snapshot: guide.initial(undefined), wants: [] }],
    key: ({ snapshot }) => guideKey(snapshot),
    moves: () => ['start', 'clock', 'early', 'ack', 'stop'],
    take({ snapshot }, move) {
      const nextMs = snapshot.context.nextMs === null ? null : move === 'clock' ? NOW : NOW + 1;
      const at = withContext(snapshot, { ...snapshot.context, nextMs });
      const event =
        move === 'start'
          ? ({ type: 'start', id: 's', guide: EXERCISE, atMs: NOW } as const)
          : move === 'ack' || move === 'stop'
            ? ({ type: move, source: 'button', atMs: NOW } as const)
            : ({ type: 'clock', atMs: NOW } as const);
      tracer.note(at, event);
      const step = guide.step(at, event);
      return { snapshot: step.snapshot, wants: step.wants };
    },
  };
}

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

/** Three of one thing, one of another. */
const EXERCISE: Guide = {
  protocol: 'x',
  title: 'X',
  say: 'x',
  steps: [
    { say: 'a', count: 3, eachMs: 2_000 },
    { say: 'b', count: 1, eachMs: 60_000 },
  ],
};

export const guideKey = ({ name, context }: GuideSnapshot): string =>
  [name, context.run?.index, context.run?.repetition, context.run?.led].join();

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

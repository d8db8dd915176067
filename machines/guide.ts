import { setup } from 'xstate';
import type { Source } from '../src/model/command.ts';
import type { Guide, GuideStep, GuideWant } from '../src/model/desk.ts';
import type { CueName } from '../src/model/device.ts';
import type { Action } from './engine.ts';
import { actions, engineOf, guards } from './engine.ts';

/**
 * One exercise at a desk, led mark by mark: a light and a beep for each repetition, for the beginning and the middle of
 * a timer, for each part of a breath; then one press.
 */
export interface GuideRun {
  readonly id: string;
  readonly guide: Guide;
  /** The step that is led, and how many of its marks were given; 0: it has been announced. */
  readonly index: number;
  readonly marks: number;
  /** Of the step, from 1. */
  readonly repetition: number;
  /** All repetitions that were led so far. */
  readonly led: number;
}
export interface GuideContext {
  readonly run: GuideRun | null;
  readonly nextMs: number | null;
}
export type GuideEvent = { readonly atMs: number } & (
  | { readonly type: 'start'; readonly id: string; readonly guide: Guide }
  | { readonly type: 'clock' }
  | { readonly type: 'ack' | 'stop'; readonly source: Source }
);

/** From the announcement of a step to its first beat: time to stand up and take hold. */
const READY_MS = 5_000;
/** How long the press is waited for. */
const ANSWER_MS = 5 * 60_000;

type Result = ReturnType<Action<GuideContext, GuideEvent, GuideWant>>;
const nothing = (context: GuideContext): Result => ({ context, wants: [] });

export function stepOfGuide({ guide, index }: GuideRun): GuideStep | null {
  return guide.steps[index] ?? null;
}

/** One thing that is told in a step, and how long until the next. */
export interface Mark {
  readonly cue: CueName;
  readonly forMs: number;
  /** The repetition that it belongs to, from 1. */
  readonly repetition: number;
  /** What to do now, where that is not what the whole step says. */
  readonly say: string | null;
  readonly fades: boolean;
}

/** The marks of a step, by their number from 0; null: there are no more. */
export function markOf(step: GuideStep, number: number): Mark | null {
  const plain = { say: null, fades: false };
  switch (step.kind) {
    case 'count':
      if (number >= step.count) return null;
      return { cue: 'beat', forMs: step.eachMs, repetition: number + 1, ...plain };
    case 'timer': {
      const half = { forMs: step.durationMs / 2, repetition: 1 };
      if (number === 0) return { cue: 'beat', ...half, ...plain };
      return number === 1 ? { cue: 'halfway', ...half, ...plain } : null;
    }
    case 'breath': {
      const { inMs, holdMs, outMs } = step;
      const phases: readonly Omit<Mark, 'repetition'>[] = [
        { cue: 'breathe-in', forMs: inMs, say: 'Breathe in.', fades: true },
        ...(holdMs > 0 ? [{ cue: 'breathe-hold', forMs: holdMs, say: 'Hold.', fades: false } as const] : []),
        { cue: 'breathe-out', forMs: outMs, say: 'Breathe out.', fades: true },
      ];
      const repetition = Math.floor(number / phases.length) + 1;
      const phase = repetition > step.count ? undefined : phases[number % phases.length];
      return phase === undefined ? null : { ...phase, repetition };
    }
  }
}

/** The mark that was given last; null: the step was only announced. */
export function currentMark(run: GuideRun): Mark | null {
  const step = stepOfGuide(run);
  return step === null || run.marks === 0 ? null : markOf(step, run.marks - 1);
}

/** How long a step takes, from its first mark, milliseconds. */
export function lengthOfStep(step: GuideStep): number {
  if (step.kind === 'timer') return step.durationMs;
  return step.count * (step.kind === 'count' ? step.eachMs : step.inMs + step.holdMs + step.outMs);
}

function nextMark(run: GuideRun | null): Mark | null {
  const step = run === null ? null : stepOfGuide(run);
  return run === null || step === null ? null : markOf(step, run.marks);
}

function over(
  { run }: GuideContext,
  event: GuideEvent,
  reason: 'completed' | 'no_answer' | 'stopped_by_person',
): Result {
  const source = 'source' in event ? event.source : null;
  const context = { run: null, nextMs: null };
  if (run === null) return { context, wants: [] };
  const ended = { type: 'ended', run, reason, source } as const;
  return { context, wants: [{ type: 'cue', cue: 'off' }, ended] };
}

const guideActions = {
  'announce the first step': (_, event) =>
    event.type === 'start'
      ? {
          context: {
            run: { id: event.id, guide: event.guide, index: 0, marks: 0, repetition: 0, led: 0 },
            nextMs: event.atMs + READY_MS,
          },
          wants: [{ type: 'cue', cue: 'get-ready' }],
        }
      : { context: { run: null, nextMs: null }, wants: [] },
  'announce the next step': (context, { atMs }) =>
    context.run === null
      ? nothing(context)
      : {
          context: {
            run: { ...context.run, index: context.run.index + 1, marks: 0, repetition: 0 },
            nextMs: (context.nextMs ?? atMs) + READY_MS,
          },
          wants: [{ type: 'cue', cue: 'get-ready' }],
        },
  'give the mark': (context, { atMs }) => {
    const { run, nextMs } = context;
    const mark = nextMark(run);
    if (run === null || mark === null) return nothing(context);
    const { cue, forMs, repetition, fades } = mark;
    const led = run.led + (repetition === run.repetition ? 0 : 1);
    return {
      // Counted on from the last mark and not from when it was given, so that no delay adds up.
      context: {
        run: { ...run, marks: run.marks + 1, repetition, led },
        nextMs: (nextMs ?? atMs) + forMs,
      },
      wants: [fades ? { type: 'cue', cue, fadeMs: forMs } : { type: 'cue', cue }],
    };
  },
  'ask for the press': (context, { atMs }) => ({
    context: { ...context, nextMs: atMs + ANSWER_MS },
    wants: [{ type: 'cue', cue: 'end' }],
  }),
  'count it as done': (context, event) => over(context, event, 'completed'),
  'nobody answered': (context, event) => over(context, event, 'no_answer'),
  'break it off': (context, event) => over(context, event, 'stopped_by_person'),
} satisfies Record<string, Action<GuideContext, GuideEvent, GuideWant>>;

const reached = ({ nextMs }: GuideContext, { atMs }: GuideEvent): boolean =>
  nextMs !== null && atMs >= nextMs;

const guideGuards = {
  'it is time': reached,
  'it is time for another mark': (context: GuideContext, event: GuideEvent) =>
    reached(context, event) && nextMark(context.run) !== null,
  'it is time for the next step': (context: GuideContext, event: GuideEvent) =>
    reached(context, event) && context.run !== null && context.run.index + 1 < context.run.guide.steps.length,
};

export const guideMachine = setup({
  types: { context: {} as GuideContext, events: {} as GuideEvent },
  actions: actions<GuideContext, GuideEvent, GuideWant, keyof typeof guideActions>(guideActions),
  guards: guards<GuideContext, GuideEvent, keyof typeof guideGuards>(guideGuards),
}).createMachine({
  id: 'guide',
  context: { run: null, nextMs: null },
  initial: 'idle',
  states: {
    idle: { on: { start: { target: 'led', actions: 'announce the first step' } } },
    led: {
      initial: 'ready',
      on: {
        // Done sooner than the beat, which is nobody's fault.
        ack: { target: 'idle', actions: 'count it as done' },
        stop: { target: 'idle', actions: 'break it off' },
      },
      states: {
        ready: { on: { clock: { guard: 'it is time', target: 'beating', actions: 'give the mark' } } },
        beating: {
          on: {
            clock: [
              { guard: 'it is time for another mark', actions: 'give the mark' },
              { guard: 'it is time for the next step', target: 'ready', actions: 'announce the next step' },
              { guard: 'it is time', target: '#guide.answering', actions: 'ask for the press' },
            ],
          },
        },
      },
    },
    /** All has been led: it counts once somebody says so. */
    answering: {
      on: {
        ack: { target: 'idle', actions: 'count it as done' },
        stop: { target: 'idle', actions: 'break it off' },
        clock: { guard: 'it is time', target: 'idle', actions: 'nobody answered' },
      },
    },
  },
});

export const guide = engineOf<GuideWant, typeof guideMachine>(guideMachine);

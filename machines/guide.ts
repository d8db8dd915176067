import { setup } from 'xstate';
import type { Source } from '../src/model/command.ts';
import type { Guide, GuideStep, GuideWant } from '../src/model/desk.ts';
import type { Action } from './engine.ts';
import { actions, engineOf, guards } from './engine.ts';

/** One exercise at a desk, led beat by beat: a light and a beep for each repetition, then one press. */
export interface GuideRun {
  readonly id: string;
  readonly guide: Guide;
  /** The step that is led, and its repetition, from 1; 0: it has been announced. */
  readonly index: number;
  readonly repetition: number;
  /** All that were led so far. */
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
            run: { id: event.id, guide: event.guide, index: 0, repetition: 0, led: 0 },
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
            run: { ...context.run, index: context.run.index + 1, repetition: 0 },
            nextMs: (context.nextMs ?? atMs) + READY_MS,
          },
          wants: [{ type: 'cue', cue: 'get-ready' }],
        },
  'give the beat': (context, { atMs }) => {
    const { run, nextMs } = context;
    const step = run === null ? null : stepOfGuide(run);
    if (run === null || step === null) return nothing(context);
    return {
      // Counted on from the last beat and not from when it was given, so that no delay adds up.
      context: {
        run: { ...run, repetition: run.repetition + 1, led: run.led + 1 },
        nextMs: (nextMs ?? atMs) + step.eachMs,
      },
      wants: [{ type: 'cue', cue: 'beat' }],
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
  'it is time for another one': (context: GuideContext, event: GuideEvent) => {
    const step = context.run === null ? null : stepOfGuide(context.run);
    return (
      reached(context, event) && context.run !== null && step !== null && context.run.repetition < step.count
    );
  },
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
        ready: { on: { clock: { guard: 'it is time', target: 'beating', actions: 'give the beat' } } },
        beating: {
          on: {
            clock: [
              { guard: 'it is time for another one', actions: 'give the beat' },
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

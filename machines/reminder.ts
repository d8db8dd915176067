import { setup } from 'xstate';
import type { Source } from '../src/model/command.ts';
import type { Hindrance, ReminderOutcome, ReminderSource, ReminderWant } from '../src/model/desk.ts';
import type { Action } from './engine.ts';
import { actions, engineOf, guards } from './engine.ts';

/**
 * One reminder at a desk, from being planned to being done, skipped or missed. When it is due the schedule knows, and
 * what speaks against it (quiet hours, a meeting, an empty chair, a bath) the desk: both come in as events, so that
 * nothing here has to know the time of day.
 */
export interface ReminderInput {
  /** From the light to the sound, milliseconds. */
  readonly soundAfterMs: number;
  readonly snoozeMs: number;
  /** How often it may be snoozed; once more is a skip. */
  readonly snoozes: number;
  /** How often a cue that was put out, since something spoke against it, may come again; once more and it is missed. */
  readonly returns: number;
}

export interface ReminderContext extends ReminderInput {
  readonly dueMs: number | null;
  /** From then on it has been missed: it is never made up for. A snooze moves it. */
  readonly expiresMs: number | null;
  /** When the light has been on long enough for the sound. */
  readonly soundMs: number | null;
  readonly snoozedUntilMs: number | null;
  readonly snoozesLeft: number;
  /** -1: an earlier run had shown it as often as may be. */
  readonly returnsLeft: number;
  /** It was sounded, and is not again unless somebody puts it off. */
  readonly sounded: boolean;
  /** What speaks against a cue now; null: nothing. */
  readonly hindrance: Hindrance | null;
  /** There was a cue for it since it was due. */
  readonly cued: boolean;
}

/** What is left of one that is not over. */
export interface Left extends Pick<
  ReminderContext,
  'snoozedUntilMs' | 'snoozesLeft' | 'returnsLeft' | 'sounded' | 'cued'
> {
  readonly dueMs: number;
  readonly expiresMs: number;
}

export type ReminderEvent = { readonly atMs: number } & (
  | { readonly type: 'clock' }
  /** When it is due next, and when it has been missed. */
  | { readonly type: 'planned'; readonly dueMs: number; readonly expiresMs: number }
  | { readonly type: 'unplanned' }
  /** What an earlier run of the controller left of it: due, shown or put off, and not over. */
  | ({ readonly type: 'restored' } & Left)
  | { readonly type: 'hindered'; readonly by: Hindrance | null }
  | { readonly type: 'ack' | 'skip' | 'snooze'; readonly source: Source }
  /** The person has been away for so long that they have moved enough. */
  | { readonly type: 'left' }
  /** Time passed that the monotonic clock knows nothing of: the computer slept. */
  | { readonly type: 'slept'; readonly forMs: number }
);

type Result = ReturnType<Action<ReminderContext, ReminderEvent, ReminderWant>>;

const nothingPlanned = {
  ...{ dueMs: null, expiresMs: null, soundMs: null, snoozedUntilMs: null },
  ...{ cued: false, sounded: false },
} as const;

/** All that a new one has. */
const whole = ({ snoozes, returns }: ReminderInput) => ({ snoozesLeft: snoozes, returnsLeft: returns });

/** What is planned is over: what comes next is the schedule's to say. */
const over = (context: ReminderContext, outcome: ReminderOutcome, source: ReminderSource | null): Result => ({
  context: { ...context, ...nothingPlanned, ...whole(context) },
  wants: [
    {
      type: 'over',
      outcome,
      source,
      hindrance: outcome === 'missed' ? context.hindrance : null,
      cued: context.cued,
    },
  ],
});

function sourceOf(event: ReminderEvent): ReminderSource | null {
  if (event.type === 'left') return 'presence';
  return 'source' in event ? event.source : null;
}

const reminderActions = {
  'note the plan': (context, event) =>
    event.type === 'planned'
      ? {
          context: {
            ...context,
            ...nothingPlanned,
            ...{ dueMs: event.dueMs, expiresMs: event.expiresMs },
            ...whole(context),
          },
          wants: [],
        }
      : { context, wants: [] },
  'note what is left': (context, event) => {
    if (event.type !== 'restored') return { context, wants: [] };
    const { dueMs, expiresMs, snoozedUntilMs, snoozesLeft, returnsLeft, sounded, cued } = event;
    const left = { dueMs, expiresMs, snoozedUntilMs, snoozesLeft, returnsLeft, sounded, cued };
    // What speaks against it nobody has looked at yet.
    return { context: { ...context, ...nothingPlanned, ...left, hindrance: 'settling' }, wants: [] };
  },
  'forget the plan': (context) => ({ context: { ...context, ...nothingPlanned }, wants: [] }),
  'note what hinders': (context, event) =>
    event.type === 'hindered'
      ? { context: { ...context, hindrance: event.by }, wants: [] }
      : { context, wants: [] },
  'count the sleep': (context, event) => {
    if (event.type !== 'slept') return { context, wants: [] };
    const sooner = (atMs: number | null): number | null => (atMs === null ? null : atMs - event.forMs);
    const { dueMs, expiresMs, soundMs, snoozedUntilMs } = context;
    const moved = {
      ...{ dueMs: sooner(dueMs), expiresMs: sooner(expiresMs) },
      ...{ soundMs: sooner(soundMs), snoozedUntilMs: sooner(snoozedUntilMs) },
    };
    return { context: { ...context, ...moved }, wants: [] };
  },
  'say it is due': (context) => ({ context, wants: [{ type: 'due', hindrance: context.hindrance }] }),
  'show the light': (context, { atMs }) => ({
    context: {
      ...context,
      ...{ snoozedUntilMs: null, cued: true },
      soundMs: context.sounded ? null : atMs + context.soundAfterMs,
    },
    wants: [{ type: 'cue', level: 'light' }],
  }),
  'sound the beep': (context) => ({
    context: { ...context, soundMs: null, sounded: true },
    wants: [{ type: 'cue', level: 'sound' }],
  }),
  'put the cue out': (context) => ({
    context: { ...context, soundMs: null },
    wants: [{ type: 'cue', level: 'off' }],
  }),
  'count the return': (context) => ({
    context: { ...context, returnsLeft: context.returnsLeft - 1 },
    wants: [],
  }),
  'wait a little': (context, event) => {
    const untilMs = event.atMs + context.snoozeMs;
    // What is put off must still be there when it comes back, as long as it would have been.
    const leftMs = Math.max(0, (context.expiresMs ?? event.atMs) - event.atMs);
    const snoozesLeft = context.snoozesLeft - 1;
    return {
      context: {
        ...context,
        ...{ snoozedUntilMs: untilMs, expiresMs: untilMs + leftMs },
        ...{ snoozesLeft, sounded: false },
      },
      wants: [{ type: 'snoozed', source: sourceOf(event), left: snoozesLeft }],
    };
  },
  'count it as done': (context, event) => over(context, 'done', sourceOf(event)),
  'count it as skipped': (context, event) => over(context, 'skipped', sourceOf(event)),
  'count it as missed': (context) => over(context, 'missed', null),
} satisfies Record<string, Action<ReminderContext, ReminderEvent, ReminderWant>>;

const reached = (dueMs: number | null, { atMs }: ReminderEvent): boolean => dueMs !== null && atMs >= dueMs;

const reminderGuards = {
  'its time has passed': ({ expiresMs }: ReminderContext, event: ReminderEvent) => reached(expiresMs, event),
  'it is due and something hinders': ({ dueMs, hindrance }: ReminderContext, event: ReminderEvent) =>
    reached(dueMs, event) && hindrance !== null,
  'it is due': ({ dueMs }: ReminderContext, event: ReminderEvent) => reached(dueMs, event),
  'the light was not enough': ({ soundMs }: ReminderContext, event: ReminderEvent) => reached(soundMs, event),
  'the snooze is over and something hinders': (
    { snoozedUntilMs, hindrance }: ReminderContext,
    event: ReminderEvent,
  ) => reached(snoozedUntilMs, event) && hindrance !== null,
  'the snooze is over': ({ snoozedUntilMs }: ReminderContext, event: ReminderEvent) =>
    reached(snoozedUntilMs, event),
  'something hinders': (_: ReminderContext, event: ReminderEvent) =>
    event.type === 'hindered' && event.by !== null,
  'something hinders, and it came often enough': ({ returnsLeft }: ReminderContext, event: ReminderEvent) =>
    event.type === 'hindered' && event.by !== null && returnsLeft === 0,
  'it was put off': (_: ReminderContext, event: ReminderEvent) =>
    event.type === 'restored' && event.snoozedUntilMs !== null,
  'nothing hinders, and it was shown often enough': (
    { returnsLeft }: ReminderContext,
    event: ReminderEvent,
  ) => event.type === 'hindered' && event.by === null && returnsLeft < 0,
  'it was shown': (_: ReminderContext, event: ReminderEvent) => event.type === 'restored' && event.cued,
  'it may be snoozed': ({ snoozesLeft }: ReminderContext) => snoozesLeft > 0,
};

const done = { target: '#reminder.over.done', actions: 'count it as done' } as const;
const skipped = { target: '#reminder.over.skipped', actions: 'count it as skipped' } as const;
const missed = {
  guard: 'its time has passed',
  target: '#reminder.over.missed',
  actions: 'count it as missed',
} as const;

export const reminderMachine = setup({
  types: {
    context: {} as ReminderContext,
    events: {} as ReminderEvent,
    input: {} as ReminderInput,
  },
  actions: actions<ReminderContext, ReminderEvent, ReminderWant, keyof typeof reminderActions>(
    reminderActions,
  ),
  guards: guards<ReminderContext, ReminderEvent, keyof typeof reminderGuards>(reminderGuards),
}).createMachine({
  id: 'reminder',
  context: ({ input }) => ({
    ...input,
    ...nothingPlanned,
    ...whole(input),
    hindrance: null,
  }),
  initial: 'over',
  on: {
    hindered: { actions: 'note what hinders' },
    slept: { actions: 'count the sleep' },
  },
  states: {
    /** Nothing is planned: how the last one ended, if there was one. */
    over: {
      initial: 'idle',
      on: {
        planned: { target: 'waiting', actions: 'note the plan' },
        restored: [
          { guard: 'it was put off', target: 'snoozed', actions: 'note what is left' },
          {
            guard: 'it was shown',
            target: 'due',
            actions: ['note what is left', 'count the return'],
          },
          { target: 'due', actions: 'note what is left' },
        ],
      },
      states: { idle: {}, done: {}, skipped: {}, missed: {} },
    },
    waiting: {
      on: {
        planned: { actions: 'note the plan' },
        unplanned: { target: 'over.idle', actions: 'forget the plan' },
        // Ahead of its time, by whoever names it.
        ack: done,
        skip: skipped,
        clock: [
          missed,
          { guard: 'it is due and something hinders', target: 'due', actions: 'say it is due' },
          { guard: 'it is due', target: 'cueing.light', actions: ['say it is due', 'show the light'] },
        ],
      },
    },
    /** Its time has come and something speaks against it: it waits, and is never stacked on another. */
    due: {
      on: {
        hindered: [
          missed,
          { guard: 'something hinders', actions: 'note what hinders' },
          { ...missed, guard: 'nothing hinders, and it was shown often enough' },
          { target: 'cueing.light', actions: ['note what hinders', 'show the light'] },
        ],
        clock: missed,
        ack: done,
        left: done,
        skip: skipped,
      },
    },
    cueing: {
      initial: 'light',
      on: {
        hindered: [
          {
            guard: 'something hinders, and it came often enough',
            target: '#reminder.over.missed',
            actions: ['note what hinders', 'put the cue out', 'count it as missed'],
          },
          {
            guard: 'something hinders',
            target: 'due',
            actions: ['note what hinders', 'put the cue out', 'count the return'],
          },
          { actions: 'note what hinders' },
        ],
        clock: [
          { ...missed, actions: ['put the cue out', 'count it as missed'] },
          { guard: 'the light was not enough', target: '.sound', actions: 'sound the beep' },
        ],
        ack: { ...done, actions: ['put the cue out', 'count it as done'] },
        left: { ...done, actions: ['put the cue out', 'count it as done'] },
        skip: { ...skipped, actions: ['put the cue out', 'count it as skipped'] },
        snooze: [
          { guard: 'it may be snoozed', target: 'snoozed', actions: ['put the cue out', 'wait a little'] },
          { ...skipped, actions: ['put the cue out', 'count it as skipped'] },
        ],
      },
      states: { light: {}, sound: {} },
    },
    snoozed: {
      on: {
        ack: done,
        left: done,
        skip: skipped,
        clock: [
          // The computer slept over it.
          missed,
          { guard: 'the snooze is over and something hinders', target: 'due', actions: 'say it is due' },
          { guard: 'the snooze is over', target: 'cueing.light', actions: 'show the light' },
        ],
      },
    },
  },
});

export const reminder = engineOf<ReminderWant, typeof reminderMachine>(reminderMachine);

/** When it wants a `clock`, monotonic; null: not by itself. */
export function reminderDeadline({
  name,
  context,
}: {
  readonly name: string;
  readonly context: ReminderContext;
}): number | null {
  const { dueMs, expiresMs, soundMs, snoozedUntilMs } = context;
  if (name === 'waiting') return dueMs;
  if (name === 'snoozed') return snoozedUntilMs;
  return soundMs === null ? expiresMs : Math.min(soundMs, expiresMs ?? Infinity);
}

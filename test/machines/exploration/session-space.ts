import { stateName } from '../../../machines/engine.ts';
import { session } from '../../../machines/session.ts';
import type {
  Run,
  RunRequest,
  SessionContext,
  SessionEvent,
  SessionSettings,
} from '../../../machines/session-run.ts';
import { BEGIN_MS } from '../../../machines/envelope.ts';
import { countdownOf } from '../../../machines/session-contact.ts';
import { stepLimitOf, stepOf } from '../../../machines/session-run.ts';
import type { Trip, Want } from '../../../src/model/want.ts';
import type { WaterKind } from '../../../src/model/plan.ts';
import { planOf, trip } from '../support.ts';
import type { Snapshot, Timeless } from '../support.ts';
import { dueSets, withContext } from './explore.ts';
import type { RowTracer, Space } from './explore.ts';

/** All nodes stand at this moment; what is to come is a second ahead. */
export const NOW = 1_000_000_000;
const TO_COME = NOW + 1_000;

/** What the machine has asked for and told so far, as far as a property looks at it. */
export interface Standing {
  readonly water: WaterKind | null;
  readonly exposed: boolean;
  readonly rehearsed: boolean;
  /** A bound that the watch keeps for the machine (band, step, session): it ends in a trip. */
  readonly watched: boolean;
  readonly lastBegun: WaterKind | null;
}
export interface SessionNode {
  readonly snapshot: Snapshot;
  readonly standing: Standing;
}

/** An event, and which deadlines are due as it comes; or time that passes without one. */
export type SessionMove =
  { readonly event: Timeless; readonly due: readonly string[] } | { readonly passes: Passing };
type Passing = 'the press' | 'the time to continue' | 'the step';

export interface SessionWorld {
  readonly name: string;
  readonly settings: SessionSettings;
  readonly request: RunRequest;
}

const NOTHING: Standing = {
  water: null,
  exposed: false,
  rehearsed: false,
  watched: false,
  lastBegun: null,
};

export const stateOf = ({ snapshot }: SessionNode): string => stateName(snapshot);

const TRIPS: readonly Trip[] = [
  trip('hold', 'stale_reading'),
  trip('hold', 'no_answer'),
  trip('end', 'time_was_up'),
  trip('end', 'cold_water_too_cold'),
  trip('abort', 'out_of_band'),
  trip('abort', 'over_temperature', true),
];

/** Everything that anything may say to a session, at any time. */
export function eventsOf({ request, settings: { presence, vessel } }: SessionWorld): readonly Timeless[] {
  return [
    { type: 'start', request, source: 'page' },
    { type: 'begin', source: 'page' },
    { type: 'begin', source: 'button' },
    { type: 'pause', source: 'mqtt' },
    { type: 'resume', source: 'page', begins: true },
    { type: 'resume', source: 'mqtt', begins: false },
    { type: 'continue', source: 'page', id: 's' },
    { type: 'stop', source: 'button' },
    { type: 'report', source: 'mqtt', symptom: 's' },
    { type: 'clear' },
    { type: 'answer' },
    { type: 'opened', side: 'warm', sentAtMs: NOW },
    { type: 'opened', side: 'cold', sentAtMs: NOW },
    { type: 'closed' },
    { type: 'steady', plateauC: 30 },
    { type: 'banded' },
    { type: 'unbanded' },
    { type: 'fresh' },
    ...(vessel === 'two-basins' ? [{ type: 'held-at', side: 'warm', targetC: 38 } as const] : []),
    ...(presence ? [{ type: 'seen' } as const] : []),
    ...TRIPS.map((one) => ({ type: 'trip', trip: one }) as const),
  ];
}

/** A node's representative: every time replaced by what guards and actions can tell of it. */
export function canonical(context: SessionContext, nowMs: number): SessionContext {
  const { run, deadlines, continuableUntilMs } = context;
  return {
    ...context,
    run: run === null ? null : canonicalRun(context, run, nowMs),
    deadlines: Object.fromEntries(
      Object.keys(deadlines)
        .sort()
        .map((name) => [name, TO_COME]),
    ),
    continuableUntilMs:
      continuableUntilMs === null ? null : nowMs <= continuableUntilMs ? TO_COME : NOW - 1_000,
  };
}

function canonicalRun(context: SessionContext, run: Run, nowMs: number): Run {
  const then = (atMs: number | null): number | null => (atMs === null ? null : NOW);
  const coming = (atMs: number | null): number | null => (atMs === null ? null : TO_COME);
  const { press, prompt } = run;
  return {
    ...run,
    id: 's',
    press:
      press === null
        ? null
        : { source: press.source, atMs: nowMs - press.atMs <= BEGIN_MS ? NOW : NOW - BEGIN_MS - 1 },
    prompt: prompt === null ? null : { id: '', askedAtMs: NOW, answerByMs: TO_COME },
    warmPlateauC: run.warmPlateauC === null ? null : 38,
    coldPlateauC: run.coldPlateauC === null ? null : 15,
    bandByMs: coming(run.bandByMs),
    readyUntilMs: coming(run.readyUntilMs),
    firstContactMs: then(run.firstContactMs),
    stepStartedMs: then(run.stepStartedMs),
    ...canonicalStep(context, run, nowMs),
    reason: 'completed',
    symptoms: run.symptoms.slice(0, 1),
    trip: canonicalTrip(run.trip),
  };
}

/** Of the trip behind a pause or an end only this is asked for: does it latch, was it the question. */
function canonicalTrip(of: Trip | null): Trip | null {
  if (of === null) return null;
  if (of.latch) return trip('abort', 'over_temperature', true);
  return of.reason === 'no_answer' ? trip('hold', 'no_answer') : null;
}

/** What may be left of a step: all of it, too little for a question, too little for a countdown, nothing. */
const LEFT_MS = [49_000, 1, 0];
/** The representative of `leftMs` out of `allMs`: two that begin with the same question and countdown have the same. */
function classOf(leftMs: number, allMs: number, aheadMs: number): number {
  if (leftMs >= 50_000) return allMs;
  return leftMs > aheadMs ? Math.min(49_000, allMs) : leftMs > 0 ? 1 : 0;
}
function nextClass(leftMs: number): number | null {
  return LEFT_MS.find((ms) => ms < leftMs) ?? null;
}

/** The part of the step at hand that ran before a pause, and when its change was told where the person moves. */
function canonicalStep(
  context: SessionContext,
  run: Run,
  nowMs: number,
): Pick<Run, 'stepDoneMs' | 'stepOpenedMs'> {
  const step = stepOf(run);
  if (step === null) return { stepDoneMs: 0, stepOpenedMs: null };
  const { aheadMs } = countdownOf(context, run);
  const { durationMs } = step;
  const stepDoneMs = durationMs - classOf(durationMs - run.stepDoneMs, durationMs, aheadMs);
  if (run.stepOpenedMs === null || run.stepStartedMs !== null)
    return { stepDoneMs, stepOpenedMs: run.stepOpenedMs === null ? null : NOW };
  // L3 and L4 run from the cue on: of a change that took long, less than the step is left.
  const limitMs = stepLimitOf(run, step);
  const leftMs = classOf(limitMs - (nowMs - run.stepOpenedMs), durationMs, aheadMs);
  return { stepDoneMs, stepOpenedMs: leftMs === durationMs ? NOW : NOW - limitMs + leftMs };
}

/** The step runs on, or the change to it takes longer; null where neither is under way or nothing is left. */
function furtherStep(run: Run): Run | null {
  const step = stepOf(run);
  if (step === null || run.stepOpenedMs === null) return null;
  if (run.stepStartedMs !== null) {
    const next = nextClass(step.durationMs - run.stepDoneMs);
    return next === null ? null : { ...run, stepDoneMs: step.durationMs - next };
  }
  const limitMs = stepLimitOf(run, step);
  const next = nextClass(Math.min(step.durationMs, limitMs - (NOW - run.stepOpenedMs)));
  return next === null ? null : { ...run, stepOpenedMs: NOW - limitMs + next };
}

/** What `wants` make of what stood before. */
export function standingAfter(before: Standing, wants: readonly Want[], run: Run | null): Standing {
  let after: Standing = before;
  for (const want of wants) {
    if (want.type === 'water') after = { ...after, water: want.water?.side ?? null };
    if (want.type === 'step-began')
      after = { ...after, lastBegun: run?.plan.steps[want.index]?.kind ?? null };
    if (want.type === 'expect') {
      const { exposed, rehearsed, bandByMs, stepOverMs, sessionOverMs } = want.expectation;
      const watched = bandByMs !== null || stepOverMs !== null || sessionOverMs !== null;
      after = { ...after, exposed, rehearsed, watched };
    }
  }
  return after;
}

/** The context as it is when exactly `due` are due. */
export function withDue(context: SessionContext, due: readonly string[]): SessionContext {
  const moved = due.map((name) => [name, NOW] as const);
  return { ...context, deadlines: { ...context.deadlines, ...Object.fromEntries(moved) } };
}

export function sessionSpace(world: SessionWorld, tracer: RowTracer): Space<SessionNode, SessionMove> {
  const events = eventsOf(world).map((event) => ({ event, due: [] }));
  return {
    initial: [freshNode(world)],
    key: keyOf,
    moves: ({ snapshot: { context } }) => [
      ...events,
      ...dueSets(Object.keys(context.deadlines)).map((due) => ({ event: { type: 'clock' }, due }) as const),
      ...passing(context),
    ],
    take(node, move) {
      const { context } = node.snapshot;
      if ('passes' in move) {
        return { ...node, snapshot: withContext(node.snapshot, passed(context, move.passes)) };
      }
      const event: SessionEvent = { ...move.event, atMs: NOW };
      const at =
        move.due.length === 0 ? node.snapshot : withContext(node.snapshot, withDue(context, move.due));
      if (!tracer.note(at, event)) return node;
      return asNode(realStep({ ...node, snapshot: at }, event), NOW);
    },
  };
}

export const freshNode = ({ settings: of }: SessionWorld): SessionNode => ({
  snapshot: session.initial(of),
  standing: NOTHING,
});

/** The machine's own step, with its times as they are. */
export function realStep(
  { snapshot, standing }: SessionNode,
  event: SessionEvent,
  look: (want: Want) => void = () => undefined,
): SessionNode {
  const step = session.step(snapshot, event);
  step.wants.forEach(look);
  return {
    snapshot: step.snapshot,
    standing: standingAfter(standing, step.wants, step.snapshot.context.run),
  };
}

/** The representative of a node at `nowMs`. */
export function asNode({ snapshot, standing }: SessionNode, nowMs: number): SessionNode {
  return { snapshot: withContext(snapshot, canonical(snapshot.context, nowMs)), standing };
}

/** Without what is the same in every node of a world: settings, plan, legs. */
export function keyOf({ snapshot, standing }: SessionNode): string {
  const { run, deadlines, continuableUntilMs } = snapshot.context;
  const kept =
    run === null
      ? null
      : Object.entries<unknown>({ ...run }).map(([name, value]) => (SAME.has(name) ? 0 : value));
  return JSON.stringify([
    stateName(snapshot),
    kept,
    Object.keys(deadlines),
    continuableUntilMs,
    Object.values(standing),
  ]);
}
const SAME: ReadonlySet<string> = new Set(['id', 'plan', 'person', 'dry', 'legs', 'reason']);

function passing({ run, continuableUntilMs }: SessionContext): readonly SessionMove[] {
  return [
    ...(run?.press?.atMs === NOW ? [{ passes: 'the press' } as const] : []),
    ...(continuableUntilMs === TO_COME ? [{ passes: 'the time to continue' } as const] : []),
    ...(run !== null && furtherStep(run) !== null ? [{ passes: 'the step' } as const] : []),
  ];
}

function passed(context: SessionContext, what: Passing): SessionContext {
  const { run } = context;
  if (what === 'the time to continue') return { ...context, continuableUntilMs: NOW - 1_000 };
  if (run === null) return context;
  if (what === 'the step') return { ...context, run: furtherStep(run) };
  const press = run.press === null ? null : { ...run.press, atMs: NOW - BEGIN_MS - 1 };
  return { ...context, run: { ...run, press } };
}

const settings = (more: Partial<SessionSettings>): SessionSettings => ({
  kind: 'bath',
  plumbing: 'two-valves',
  vessel: 'stream',
  drainMs: 0,
  prepareMs: 0,
  purgeMs: 180_000,
  pauseMs: 60_000,
  presence: false,
  ...more,
});
const request = (kind: 'contrast' | 'soak', dry = false): RunRequest => ({
  id: 's',
  plan: planOf(1, kind),
  person: dry ? null : 'guest',
  dry,
});

/** One cycle shows every kind of step and change that more cycles repeat. */
export const SESSION_WORLDS: readonly SessionWorld[] = [
  { name: 'contrast on two valves', settings: settings({}), request: request('contrast') },
  // A mixer takes the same ways; what differs is where its water is set to, and no guard asks for that.
  {
    name: 'contrast where presence is seen',
    settings: settings({ plumbing: 'mixer', presence: true }),
    request: request('contrast'),
  },
  { name: 'contrast by cues', settings: settings({ plumbing: 'cues' }), request: request('contrast') },
  {
    name: 'contrast in buckets',
    settings: settings({ plumbing: 'cues', kind: 'buckets' }),
    request: request('contrast'),
  },
  {
    name: 'contrast in two basins',
    settings: settings({ vessel: 'two-basins', drainMs: 60_000, prepareMs: 600_000 }),
    request: request('contrast'),
  },
  {
    name: 'soak on two valves that were not used for days',
    settings: settings({}),
    request: { ...request('soak'), flush: { idleMs: 9 } },
  },
  { name: 'soak on two valves', settings: settings({}), request: request('soak') },
  { name: 'dry run on two valves', settings: settings({}), request: request('contrast', true) },
];

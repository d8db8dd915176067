// If these fail, what runs is not what the charts say: the tables take another row than XState does, act in another
// order or end in another state, and no chart, document or review would show it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { basin } from '../../machines/basin.ts';
import { actions, engineOf, guards, oracleOf } from '../../machines/engine.ts';
import { guide } from '../../machines/guide.ts';
import { link } from '../../machines/link.ts';
import { reminder } from '../../machines/reminder.ts';
import { session } from '../../machines/session.ts';
import { station } from '../../machines/station.ts';
import { valve } from '../../machines/valve.ts';
import { MACHINES } from '../../src/docs/charts.ts';
import { trip, planOf } from './support.ts';

interface Runnable {
  readonly machine: AnyStateMachine;
  initial(input: never): { readonly value: unknown; readonly context: unknown };
  step(snapshot: never, event: never): { snapshot: unknown; wants: readonly unknown[] };
}
type AnyEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** Steps both with the same events. Returns how often something happened. */
function compare(engine: Runnable, input: unknown, events: readonly AnyEvent[]): number {
  const oracle = oracleOf(engine.machine);
  let fast: unknown = engine.initial(input as never);
  let slow: unknown = oracle.initial(input).snapshot;
  let moves = 0;
  same(fast, slow);
  for (const event of events) {
    const one = engine.step(fast as never, event as never);
    const other = oracle.step(slow as never, event);
    expect(one.wants).toEqual(other.wants);
    same(one.snapshot, other.snapshot);
    // Who asks "did anything happen?" asks by identity.
    expect(one.snapshot === fast).toBe(other.snapshot === slow);
    if (one.snapshot !== fast) moves += 1;
    fast = one.snapshot;
    slow = other.snapshot;
  }
  return moves;
}

function same(fast: unknown, slow: unknown): void {
  const of = (snapshot: unknown) => {
    const { value, context } = snapshot as { value: unknown; context: unknown };
    return { value, context };
  };
  expect(of(fast)).toEqual(of(slow));
}

/** Long enough to get somewhere: at fast-check's own sizes a run is about five events. */
function runs(event: fc.Arbitrary<AnyEvent>) {
  return fc.array(event, { minLength: 30, maxLength: 80, size: 'max' });
}

/** Steps of time as they come, and jumps over whole deadlines. */
const passing = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(60_000, 180_000, 900_000));
/** Events without a time get one each, in order. */
function timed(event: fc.Arbitrary<AnyEvent>): fc.Arbitrary<readonly AnyEvent[]> {
  return runs(fc.tuple(event, passing).map(([one, afterMs]) => ({ ...one, afterMs }))).map((events) => {
    let atMs = 0;
    return events.map(({ afterMs, ...event }) => {
      atMs += Number(afterMs);
      return { ...event, type: event.type, atMs };
    });
  });
}

const plan = planOf(1);
const source = fc.constantFrom('page', 'button', 'mqtt', 'cli');
const trips = fc.constantFrom(
  trip('abort'),
  trip('hold'),
  trip('end', 'time_was_up'),
  trip('abort', 'over_temperature', true),
);
const SESSION_EVENTS = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: 'clock' }) },
  { weight: 3, arbitrary: fc.constant({ type: 'closed' }) },
  { weight: 3, arbitrary: fc.constant({ type: 'banded' }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('begin'), source }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('steady'), plateauC: fc.constantFrom(38.1, 15.2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('opened'),
      side: fc.constantFrom('warm', 'cold'),
      sentAtMs: fc.constant(0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('start'),
      source,
      request: fc.record({
        id: fc.constant('s1'),
        plan: fc.constant(plan),
        person: fc.constant(null),
        dry: fc.boolean(),
      }),
    }),
  },
  fc.record({ type: fc.constantFrom('pause', 'stop'), source }),
  fc.record({ type: fc.constant('resume'), source, begins: fc.boolean() }),
  fc.record({ type: fc.constant('continue'), source, id: fc.constant('s1') }),
  fc.constantFrom(...['clear', 'answer', 'unbanded', 'fresh', 'unheard'].map((type) => ({ type }))),
  fc.record({ type: fc.constant('trip'), trip: trips }),
);
const settings = fc.record({
  kind: fc.constantFrom('bath', 'shower', 'buckets'),
  plumbing: fc.constantFrom('two-valves', 'mixer', 'cues'),
  purgeMs: fc.constant(180_000),
  pauseMs: fc.constant(60_000),
});

const goal = fc.record({
  side: fc.constantFrom('warm', 'cold'),
  targetC: fc.constantFrom(38, 15),
  rangeC: fc.constant({ minC: 10, maxC: 40 }),
  neededMs: fc.constantFrom(60_000, 900_000),
});
const BASIN_EVENTS = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('prepare'), goal }) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['emptied', 'shut', 'filled', 'let-out', 'banded', 'unbanded', 'clock'].map((type) => ({
        type,
      })),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('settled'), valueC: fc.constantFrom(8, 14, 38, 39.5, 43) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('drift'),
      toward: fc.constantFrom('warm', 'cold'),
      valueC: fc.constantFrom(12, 36.9, 38.8),
    }),
  },
  fc.record({ type: fc.constant('occupied'), yes: fc.boolean() }),
  fc.constantFrom({ type: 'rest' }, { type: 'empty' }),
);

const OURS: readonly (readonly [string, Runnable, fc.Arbitrary<unknown>, fc.Arbitrary<AnyEvent>])[] = [
  ['session', session, settings, SESSION_EVENTS],
  [
    'valve',
    valve,
    fc.record({ travelMs: fc.constantFrom(0, 500), reportMs: fc.constantFrom(200, 1_000) }),
    fc.oneof(
      fc.record({
        type: fc.constantFrom('open-sent', 'renew-sent'),
        leaseMs: fc.constantFrom(2_000, 30_000),
      }),
      fc.constantFrom(
        ...['close-sent', 'reported-open', 'reported-closed', 'lost', 'clock'].map((type) => ({ type })),
      ),
    ),
  ],
  [
    'basin',
    basin,
    fc.record({
      volumeL: fc.constantFrom(4, 8),
      fills: fc.constantFrom('warm', 'cold', 'both', 'mixer'),
      purgeMs: fc.constant(180_000),
    }),
    BASIN_EVENTS,
  ],
  [
    'link',
    link,
    fc.constant(undefined),
    fc.constantFrom(...['broker-up', 'broker-down', 'device-up', 'device-down'].map((type) => ({ type }))),
  ],
  [
    'station',
    station,
    fc.constant(undefined),
    fc.oneof(
      fc.record({ type: fc.constant('trip'), trip: trips }),
      fc.record({
        type: fc.constant('restored'),
        fault: fc.constant({ code: 'x', detector: 'T1', latched: true, message: 'm' }),
      }),
      fc.record({ type: fc.constant('condition'), holds: fc.boolean() }),
      fc.constantFrom({ type: 'clear' }, { type: 'session-over' }),
    ),
  ],
  [
    'guide',
    guide,
    fc.constant(undefined),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant({ type: 'clock' }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('start'),
          id: fc.constant('s'),
          guide: fc.constantFrom(
            ...[
              [],
              [
                { part: 'move', say: 'a', kind: 'count', count: 2, eachMs: 2_000 },
                { part: 'move', say: 'b', kind: 'timer', durationMs: 60_000 },
                {
                  part: 'breathe',
                  say: 'c',
                  kind: 'breath',
                  count: 2,
                  inMs: 4_000,
                  holdMs: 7_000,
                  outMs: 8_000,
                },
              ],
            ].map((steps) => ({
              ...{ protocol: 'x', title: 'X', say: 'x', notFor: [], askFirst: [], hours: null },
              steps,
            })),
          ),
        }),
      },
      fc.record({ type: fc.constantFrom('ack', 'stop'), source }),
    ),
  ],
  [
    'reminder',
    reminder,
    fc.record({
      soundAfterMs: fc.constant(60_000),
      snoozeMs: fc.constantFrom(60_000, 600_000),
      snoozes: fc.constantFrom(0, 2),
      returns: fc.constantFrom(0, 2),
    }),
    fc.oneof(
      { weight: 5, arbitrary: fc.constant({ type: 'clock' }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('planned'),
          dueMs: fc.integer({ min: 0, max: 3_000_000 }),
          expiresMs: fc.integer({ min: 1_000_000, max: 9_000_000 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ type: fc.constant('hindered'), by: fc.constantFrom(null, 'quiet') }),
      },
      fc.record({ type: fc.constantFrom('ack', 'skip', 'snooze'), source }),
      fc.record({
        type: fc.constant('restored'),
        dueMs: fc.integer({ min: 0, max: 3_000_000 }),
        expiresMs: fc.integer({ min: 1_000_000, max: 9_000_000 }),
        snoozedUntilMs: fc.option(fc.integer({ min: 0, max: 3_000_000 })),
        snoozesLeft: fc.constantFrom(0, 1),
        returnsLeft: fc.constantFrom(0, 1),
        ...{ sounded: fc.boolean(), cued: fc.boolean() },
      }),
      fc.constantFrom({ type: 'left' }, { type: 'unplanned' }, { type: 'slept', forMs: 500_000 }),
    ),
  ],
];

test('every machine there is is compared', () => {
  expect(OURS.map(([name]) => name).toSorted()).toEqual(MACHINES.map(({ id }) => id).toSorted());
});

describe.each(OURS)('%s', (_, engine, inputs, events) => {
  test('does by its tables what it does by XState', () => {
    let moves = 0;
    fc.assert(
      fc.property(inputs, timed(events), (input, run) => {
        moves += compare(engine, input, run);
      }),
      { numRuns: 60 },
    );
    // Runs in which nothing happens would compare nothing.
    expect(moves).toBeGreaterThan(300);
  });
});

interface Trace {
  readonly done: readonly string[];
  readonly n: number;
}
const phrase = (name: string) => (context: Trace, event: { type: string }) => ({
  context: { done: [...context.done, `${name} on ${event.type}`].slice(-40), n: context.n + 1 },
  wants: [name, context.n],
});
const NAMES = [
  'in root, out root, in a, out a, in a1, out a1, in a2, out a2, in b, out b, in b1, out b1, in b11, out b11',
  'in b12, out b12, in b2, out b2, do, undo, over, last',
].flatMap((names) => names.split(', '));

/** Everything in the subset that our own machines hardly use: order of leaving and entering, overriding, reentry. */
const corpus = setup({
  types: { context: {} as Trace, events: {} as { type: string } },
  actions: actions<Trace, { type: string }, string | number, string>(
    Object.fromEntries(NAMES.map((name) => [name, phrase(name)])),
  ),
  guards: guards<Trace, { type: string }, string>({
    even: ({ n }) => n % 2 === 0,
    third: ({ n }) => n % 3 === 0,
    never: () => false,
  }),
}).createMachine({
  id: 'corpus',
  context: { done: [], n: 0 },
  initial: 'a',
  entry: 'in root',
  exit: 'out root',
  on: {
    up: [{ guard: 'third', target: '.b', actions: 'over' }, { actions: 'last' }],
    root: { target: '#corpus', actions: 'do' },
    again: { target: '#corpus', reenter: true, actions: 'do' },
    deep: { target: '.b.b1.b12', actions: ['do', 'undo'] },
    both: { target: '.a', actions: 'over' },
    through: { target: '.a', reenter: true },
  },
  states: {
    a: {
      initial: 'a1',
      entry: 'in a',
      exit: 'out a',
      on: {
        self: { target: 'a', actions: 'do' },
        anew: { target: 'a', reenter: true, actions: 'do' },
        inner: { target: '.a2', actions: 'do' },
        innerAnew: { target: '.a2', reenter: true },
        both: [
          { guard: 'even', target: 'b' },
          { guard: 'third', actions: 'undo' },
        ],
        up: [{ guard: 'never', target: 'b' }],
      },
      states: {
        a1: {
          entry: 'in a1',
          exit: 'out a1',
          on: {
            next: { target: 'a2', actions: ['do', 'undo'] },
            both: [{ guard: 'third', target: 'a2' }],
            self: [
              { guard: 'even', target: 'a1' },
              { guard: 'third', target: 'a1', reenter: true },
            ],
            across: '#corpus.b.b1',
          },
        },
        a2: {
          entry: 'in a2',
          exit: ['out a2'],
          on: { next: 'a1', both: {}, up: [{ guard: 'even' }, { target: '#corpus.b.b2', actions: 'do' }] },
        },
      },
    },
    b: {
      initial: 'b1',
      entry: 'in b',
      exit: 'out b',
      on: { up: { guard: 'even', target: 'a' }, across: { target: '#corpus.a.a2', actions: 'do' } },
      states: {
        b1: {
          initial: 'b11',
          entry: 'in b1',
          exit: 'out b1',
          on: {
            next: 'b2',
            self: { target: 'b1' },
            anew: { target: 'b1', reenter: true },
            out: { target: '#corpus.b', actions: 'do' },
          },
          states: {
            b11: {
              entry: 'in b11',
              exit: 'out b11',
              on: { next: [{ guard: 'third', target: 'b12' }], self: [{ guard: 'even', actions: 'do' }] },
            },
            b12: { entry: 'in b12', exit: 'out b12', on: { self: { target: 'b12', reenter: true } } },
          },
        },
        b2: { entry: 'in b2', exit: 'out b2', on: { next: { target: '#corpus.b.b1.b12' }, up: '#corpus.a' } },
      },
    },
  },
});
const EVENTS = 'up,root,again,deep,both,through,self,anew,inner,innerAnew,next,across,out,unheard'.split(',');

test('does by its tables what XState does in a chart with everything the subset has', () => {
  const engine = engineOf<string | number, typeof corpus>(corpus);
  let moves = 0;
  fc.assert(
    fc.property(runs(fc.constantFrom(...EVENTS.map((type) => ({ type })))), (events) => {
      moves += compare(engine, undefined, events);
    }),
    { numRuns: 80 },
  );
  expect(moves).toBeGreaterThan(1_500);
});

test('an event means in a state what it means, and not what it means to an object', () => {
  const engine = engineOf<string | number, typeof corpus>(corpus);
  const before = engine.initial(undefined);
  for (const type of ['constructor', '__proto__', 'toString'])
    expect(engine.step(before, { type }).snapshot).toBe(before);
});

const bare = setup({});
test.each([
  ['an unnamed guard', bare.createMachine({ on: { go: { guard: () => true } } })],
  ['an unnamed action', bare.createMachine({ on: { go: { actions: () => undefined } } })],
  [
    'an action from elsewhere',
    bare.createMachine({ entry: 'nothing' as never, initial: 'a', states: { a: {} } }),
  ],
  ['a timer', bare.createMachine({ initial: 'a', states: { a: { after: { 10: 'a' } } } })],
  ['a way without an event', bare.createMachine({ initial: 'a', states: { a: { always: 'b' }, b: {} } })],
  ['parallel states', bare.createMachine({ type: 'parallel', states: { a: {}, b: {} } })],
  ['a final state', bare.createMachine({ initial: 'a', states: { a: { type: 'final' } } })],
  ['any event', bare.createMachine({ initial: 'a', states: { a: { on: { '*': 'a' } } } })],
])('refuses a chart with %s, which a table cannot hold', (_, machine) => {
  expect(() => engineOf<never, AnyStateMachine>(machine)).toThrow(/outside the subset/);
});

// If these fail, a valve that did not move passes for one that did, a renewal is not asked for, or a close that got lost
// is not sent again.
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../machines/engine.ts';
import type { ValveEvent } from '../../machines/valve.ts';
import { valve, valveDeadline, valveMachine } from '../../machines/valve.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
type Timed = readonly [atMs: number, event: Without<ValveEvent>];
const open: Without<ValveEvent> = { type: 'open-sent', leaseMs: 9_000 };
const close: Without<ValveEvent> = { type: 'close-sent' };
const isOpen: Without<ValveEvent> = { type: 'reported-open' };
const isClosed: Without<ValveEvent> = { type: 'reported-closed' };
const clock: Without<ValveEvent> = { type: 'clock' };

/** Travel 500 ms, report 1 s: T8 is due 2.5 s after a command. */
function run(...events: readonly Timed[]) {
  let snapshot = valve.initial({ travelMs: 500, reportMs: 1_000 });
  let told: readonly string[] = [];
  for (const [atMs, event] of events) {
    const step = valve.step(snapshot, { ...event, atMs });
    snapshot = step.snapshot;
    told = step.wants.map(({ type }) => type);
  }
  return { state: snapshot.value, told, deadlineMs: valveDeadline(snapshot.context) };
}

const OPENED: readonly Timed[] = [
  [0, open],
  [600, isOpen],
];
const CLOSED: readonly Timed[] = [
  [0, close],
  [100, isClosed],
  [600, clock],
];
const FAILED: readonly Timed[] = [
  [0, close],
  [2_500, clock],
];

test.each<readonly [string, readonly Timed[], string, readonly string[], number | null]>([
  ['an open is verified by its report, after its travel', OPENED, 'open', ['verified-open'], 3_000],
  [
    'a report before the travel is over verifies nothing yet',
    [
      [0, open],
      [100, isOpen],
    ],
    'opening',
    [],
    500,
  ],
  [
    'it does once it has moved',
    [
      [0, open],
      [100, isOpen],
      [500, clock],
    ],
    'open',
    ['verified-open'],
    3_000,
  ],
  [
    'a report taken back starts the wait again',
    [
      [0, open],
      [100, isOpen],
      [200, isClosed],
    ],
    'opening',
    [],
    2_500,
  ],
  [
    'an open that nobody reports disagrees',
    [
      [0, open],
      [2_500, clock],
    ],
    'failed',
    ['disagrees'],
    null,
  ],
  [
    'and not a moment before',
    [
      [0, open],
      [2_499, clock],
    ],
    'opening',
    [],
    2_500,
  ],
  [
    'a renewal is asked for at a third of the lease',
    [...OPENED, [3_000, clock]],
    'open',
    ['renewal-due'],
    6_000,
  ],
  ['and not before', [...OPENED, [2_999, clock]], 'open', [], 3_000],
  [
    'a renewal sent counts the lease anew',
    [...OPENED, [3_100, { type: 'renew-sent', leaseMs: 9_000 }]],
    'open',
    [],
    6_100,
  ],
  ['open, it reports closed: it may come back', [...OPENED, [1_000, isClosed]], 'open', [], 3_000],
  ['it comes back', [...OPENED, [1_000, isClosed], [1_100, isOpen]], 'open', [], 3_000],
  ['it does not', [...OPENED, [1_000, isClosed], [3_500, clock]], 'failed', ['disagrees'], null],
  ['a close is verified by its report, a travel later', CLOSED, 'closed', ['verified-closed'], null],
  [
    'a close that is reported late travels from its report on',
    [
      [0, close],
      [700, isClosed],
      [700, isClosed],
    ],
    'closing',
    [],
    1_200,
  ],
  [
    'a close that nobody reports is sent again',
    [
      [0, close],
      [1_500, clock],
    ],
    'closing',
    ['close-due'],
    2_500,
  ],
  [
    'the second close does not begin the wait anew',
    [
      [0, close],
      [1_500, clock],
      [1_501, close],
    ],
    'closing',
    [],
    2_500,
  ],
  ['then it disagrees', FAILED, 'failed', ['disagrees'], null],
  [
    'a close taken back is sent again',
    [
      [0, close],
      [100, isClosed],
      [200, isOpen],
      [1_500, clock],
    ],
    'closing',
    ['close-due'],
    2_500,
  ],
  ['failed, it closes late after all: it moves still', [...FAILED, [9_000, isClosed]], 'closing', [], 9_500],
  [
    'failed, it is closed a travel after it says so',
    [...FAILED, [9_000, isClosed], [9_500, clock]],
    'closed',
    ['verified-closed'],
    null,
  ],
  ['failed, it reports open: closed once more', [...FAILED, [9_000, isOpen]], 'failed', ['close-due'], null],
  ['failed, a close is tried again', [...FAILED, [9_000, close]], 'closing', [], 10_500],
  ['closed, it reports open: closed at once', [...CLOSED, [900, isOpen]], 'closed', ['close-due'], null],
  ['unknown, it reports open: closed at once', [[0, isOpen]], 'unknown', ['close-due'], null],
  ['unknown, a report of closed is not trusted', [[0, isClosed]], 'unknown', [], null],
  ['unknown, nothing is due', [[9_000, clock]], 'unknown', [], null],
  ['lost, nothing is known and nothing is due', [...OPENED, [700, { type: 'lost' }]], 'unknown', [], null],
  [
    'a close overtakes an open that is under way',
    [
      [0, open],
      [100, close],
    ],
    'closing',
    [],
    1_600,
  ],
])('%s', (_, events, state, told, deadlineMs) => {
  expect(run(...events)).toEqual({ state, told, deadlineMs });
});

describe('every state', () => {
  const INTO: Readonly<Record<string, readonly Timed[]>> = {
    unknown: [],
    opening: [[0, open]],
    open: OPENED,
    closing: [[0, close]],
    closed: CLOSED,
    failed: FAILED,
  };
  test('is in the table', () => {
    expect(Object.keys(INTO).sort()).toEqual([...chartOf(valveMachine).states].sort());
  });
  test.each(Object.entries(INTO))(
    '%s goes to closing on a close, and opens nothing by itself',
    (state, events) => {
      expect(run(...events).state).toBe(state);
      expect(run(...events, [2_600, close]).state).toBe('closing');
      for (const event of [isOpen, isClosed, clock])
        expect(
          run(...events, [2_600, event]).told.some((told) => told === 'verified-open') && state !== 'opening',
        ).toBe(false);
    },
  );
});

describe('what leaves the machine', () => {
  const after = (...events: readonly Timed[]) => {
    let snapshot = valve.initial({ travelMs: 500, reportMs: 1_000 });
    let wants: readonly object[] = [];
    for (const [atMs, event] of events) ({ snapshot, wants } = valve.step(snapshot, { ...event, atMs }));
    return { wants, context: snapshot.context };
  };

  test('says of which open, and what was expected', () => {
    expect(after([7, open], [600, isOpen]).wants).toEqual([{ type: 'verified-open', sentAtMs: 7 }]);
    expect(after([0, open], [2_500, clock]).wants).toEqual([{ type: 'disagrees', expected: 'open' }]);
    expect(after(...FAILED).wants).toEqual([{ type: 'disagrees', expected: 'closed' }]);
  });

  test('closed, failed and lost, nothing is due and its times are known still', () => {
    const known = { travelMs: 500, reportMs: 1_000, sentAtMs: 0 };
    const nothing = { renewAtMs: null, settleAtMs: null, resendAtMs: null, verifyByMs: null };
    expect(after(...CLOSED).context).toMatchObject({ ...known, ...nothing });
    expect(after([0, open], [2_500, clock]).context).toMatchObject({ ...known, ...nothing, leaseMs: 9_000 });
    expect(after(...OPENED, [700, { type: 'lost' }]).context).toMatchObject({ ...known, ...nothing });
  });

  test('a report in the very moment that its travel ends is enough', () => {
    expect(after([0, open], [500, isOpen]).wants).toEqual([{ type: 'verified-open', sentAtMs: 0 }]);
    expect(after([0, open], [499, isOpen]).wants).toEqual([]);
  });

  test('a renewal before it was seen open counts, for the lease that it bears', () => {
    const renewed = after([0, open], [1_000, { type: 'renew-sent', leaseMs: 6_000 }]);
    expect(renewed.context).toMatchObject({ leaseMs: 6_000, renewAtMs: 3_000 });
    expect(after([0, { type: 'open-sent', leaseMs: 3_000 }], [1_000, clock]).wants).toEqual([
      { type: 'renewal-due' },
    ]);
    const open3 = after(...OPENED, [1_000, { type: 'renew-sent', leaseMs: 6_000 }]);
    expect(open3.context).toMatchObject({ leaseMs: 6_000, renewAtMs: 3_000 });
  });

  test('a second report of closed does not begin its travel anew', () => {
    expect(after([0, close], [100, isClosed], [400, isClosed]).context.settleAtMs).toBe(600);
  });

  test('an open valve that reports open again is not late for it', () => {
    expect(after(...OPENED, [1_000, isClosed], [1_200, isClosed]).context.verifyByMs).toBe(3_500);
    expect(after(...OPENED, [1_000, isClosed], [1_100, isOpen]).context.verifyByMs).toBeNull();
  });
});

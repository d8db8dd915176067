// If these fail, a chart that hands an action or a guard what it was not made for opens water for a session that does not
// exist, or for a step past the last one.
import { describe, expect, test } from 'vitest';
import { basinActions } from '../../machines/basin-actions.ts';
import { basinGuards } from '../../machines/basin-guards.ts';
import { sessionActions } from '../../machines/session-actions.ts';
import { sessionGuards } from '../../machines/session-guards.ts';
import type { SessionContext, SessionEvent } from '../../machines/session-run.ts';
import { Bench } from './basin-bench.ts';
import { SessionBench } from './support.ts';

const clock = { type: 'clock', atMs: 1e9 } as const;
const OF_NO_RUN = new Set([
  'count the flow',
  'ask nobody',
  'wait out the pause',
  'note the fresh reading',
  'continue no more',
  'put away',
]);
const events: readonly SessionEvent[] = [
  clock,
  { type: 'begin', source: 'page', atMs: 1e9 },
  { type: 'resume', source: 'page', begins: true, atMs: 1e9 },
  { type: 'continue', source: 'page', id: 's1', atMs: 1e9 },
  { type: 'opened', side: 'warm', sentAtMs: 1e9, atMs: 1e9 },
  { type: 'steady', plateauC: 38, atMs: 1e9 },
  { type: 'held-at', side: 'warm', targetC: 38, atMs: 1e9 },
  { type: 'report', source: 'page', symptom: 'dizzy', atMs: 1e9 },
];
const actions = Object.entries(sessionActions).filter(([name]) => !OF_NO_RUN.has(name));

describe('without a session', () => {
  const nobody = new SessionBench().context;
  test.each(actions)('nothing is done: %s', (_, act) => {
    for (const event of events) expect(act(nobody, event)).toEqual({ context: nobody, wants: [] });
  });
  test('and nothing that is asked of one is so', () => {
    const so = Object.entries(sessionGuards).filter(([, asks]) =>
      events.some((event) => asks(nobody, event)),
    );
    expect(so.map(([name]) => name)).toEqual(['readings are fresh']);
  });
});

describe('past the last step', () => {
  const { context } = new SessionBench().toContact();
  const past: SessionContext = {
    ...context,
    run: context.run === null ? null : { ...context.run, index: 99, press: { atMs: 1e9, source: 'page' } },
  };
  test.each(['permit contact', 'run the step over nobody', 'start the step', 'change the water'] as const)(
    'nobody is let in: %s',
    (name) => {
      expect(sessionActions[name](past, clock)).toEqual({ context: past, wants: [] });
    },
  );
});

describe('with another event than its own', () => {
  const { context } = new SessionBench().toContact();
  test.each([
    'take the request',
    'take up where it ended',
    'keep the plateau',
    'keep what it is held at',
    'keep the press',
    'stop for a symptom',
    'note the symptom',
    'stop for the trip',
    'abort for the trip',
  ] as const)('nothing is done: %s', (name) => {
    expect(sessionActions[name](context, clock)).toEqual({ context, wants: [] });
  });
  test.each([
    'the side to flush begins to run',
    'it is the side wanted',
    'somebody pressed and there is no water to run',
    'the trip holds',
    'the trip ends',
    'the trip latches',
  ] as const)('it is not so: %s', (name) => {
    expect(sessionGuards[name](context, clock)).toBe(false);
  });
});

describe('a basin', () => {
  const { context } = new Bench().ready();
  const aimless = { ...context, goal: null };
  test.each([
    'note who is in',
    'empty it first',
    'hold what it makes',
    'say what is wrong with the supply',
    'let a portion out',
    'take it up again',
  ] as const)('does nothing with another event than its own: %s', (name) => {
    expect(basinActions[name](context, clock)).toEqual({ context, wants: [] });
  });
  test('without a goal is neither filled nor held', () => {
    const settled = { type: 'settled', valueC: 39, atMs: 1e9 } as const;
    for (const act of [
      basinActions['fill it'],
      basinActions['hold what it makes'],
      basinActions['say what is wrong with the supply'],
    ])
      expect(act(aimless, settled)).toEqual({ context: aimless, wants: [] });
    expect(basinGuards['the supply is fit'](aimless, settled)).toBe(false);
  });
  test('lets nothing out where nothing would be made good', () => {
    const drift = { type: 'drift', toward: 'cold', valueC: 38, atMs: 1e9 } as const;
    expect(basinActions['let a portion out'](context, drift)).toEqual({ context, wants: [] });
  });
  test.each(['the supply is fit', 'an exchange helps', 'it is too old to begin'] as const)(
    'with another event than its own: not %s',
    (name) => {
      expect(basinGuards[name](context, clock)).toBe(false);
    },
  );
});

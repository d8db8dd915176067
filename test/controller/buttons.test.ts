// If these fail, a press at the station does something else than the person meant: at worst it goes on where it was to
// stop the water.
import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../src/controller/buttons.ts';
import type { Moment } from '../../src/controller/buttons.ts';

const press = { type: 'press' } as const;
const at = (state: string, more: Partial<Moment> = {}): Moment => ({
  moves: false,
  state,
  resting: ['idle', 'complete', 'stopped', 'aborted'].includes(state),
  faulty: state === 'aborted',
  ...more,
});

const RUNNING = [
  'starting.closing',
  'starting.proving',
  'starting.tempering',
  'restarting.tempering',
  'running.contact',
  'holding',
  'completing',
  'stopping',
  'aborting',
];

describe.each([false, true])('a press, where the person moves: %s', (moves) => {
  test.each<[state: string, meaning: string | null]>([
    ['idle', 'start'],
    ['complete', 'start'],
    ['stopped', 'start'],
    ['aborted', null],
    ['starting.ready', 'begin'],
    ['starting.parked', 'begin'],
    ['restarting.ready', 'begin'],
    ['held', 'resume'],
    ...RUNNING.map((state): [string, string] => [state, 'stop']),
  ])('%s: %s', (state, meaning) => {
    expect(meaningOf('button', press, at(state, { moves }))).toBe(meaning);
    expect(meaningOf('button', { type: 'double' }, at(state, { moves }))).toBe(meaning);
    expect(meaningOf('stop', press, at(state, { moves }))).toBe('stop');
  });
});

test.each([
  [false, 'stop'],
  [true, 'begin'],
] as const)('during a change, where the person moves (%s): %s', (moves, meaning) => {
  expect(meaningOf('button', press, at('running.switching', { moves }))).toBe(meaning);
  // A press that is held is meant, and nobody holds a button down to say that they are in.
  expect(meaningOf('button', { type: 'hold', heldMs: 1_000 }, at('running.switching', { moves }))).toBe(
    'stop',
  );
});

test.each([
  ['aborted', 5_000, 'clear'],
  ['aborted', 4_999, null],
  ['aborted', 3_000, null],
  ['held', 2_999, null],
  ['held', 3_000, 'report'],
  ['running.contact', 2_999, 'stop'],
  ['running.contact', 3_000, 'report'],
  ['starting.ready', 3_000, 'report'],
  ['idle', 2_999, null],
  ['idle', 3_000, 'report'],
  ['stopped', 6_000, 'report'],
] as const)('held in %s for %d ms: %s', (state, heldMs, meaning) => {
  expect(meaningOf('button', { type: 'hold', heldMs }, at(state))).toBe(meaning);
});

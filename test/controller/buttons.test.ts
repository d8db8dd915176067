// If these fail, a press at the station does something else than the person meant: at worst it goes on where it was to
// stop the water.
import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../src/controller/buttons.ts';
import type { Moment } from '../../src/controller/buttons.ts';
import { STATION_KINDS } from '../../src/model/station.ts';

const press = { type: 'press' } as const;
const at = (state: string, more: Partial<Moment> = {}): Moment => ({
  kind: 'bath',
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

describe.each(STATION_KINDS)('a press at a station of kind %s', (kind) => {
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
    expect(meaningOf('button', press, at(state, { kind }))).toBe(meaning);
    expect(meaningOf('button', { type: 'double' }, at(state, { kind }))).toBe(meaning);
    expect(meaningOf('stop', press, at(state, { kind }))).toBe('stop');
  });
});

test.each([
  ['bath', 'stop'],
  ['shower', 'stop'],
  ['buckets', 'begin'],
] as const)('during a change at a station of kind %s: %s', (kind, meaning) => {
  expect(meaningOf('button', press, at('running.switching', { kind }))).toBe(meaning);
  // A press that is held is meant, and nobody holds a button down to say that they are in.
  expect(meaningOf('button', { type: 'hold', heldMs: 1_000 }, at('running.switching', { kind }))).toBe(
    'stop',
  );
});

test.each([
  ['aborted', 5_000, 'clear'],
  ['aborted', 4_999, null],
  ['held', 3_000, null],
  ['running.contact', 6_000, 'stop'],
  ['idle', 6_000, null],
] as const)('held in %s for %d ms: %s', (state, heldMs, meaning) => {
  expect(meaningOf('button', { type: 'hold', heldMs }, at(state))).toBe(meaning);
});

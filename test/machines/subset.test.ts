// If this fails, a machine waits, decides or acts in a way that the engine, the journal and the generated charts do
// not see: a timer that a restart loses, a transition that no test walks, an action that nobody wrote down.
import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { basinActions } from '../../machines/basin-actions.ts';
import { basinGuards } from '../../machines/basin-guards.ts';
import { basinMachine } from '../../machines/basin.ts';
import { chartOf } from '../../machines/engine.ts';
import { guideMachine } from '../../machines/guide.ts';
import { linkMachine } from '../../machines/link.ts';
import { reminderMachine } from '../../machines/reminder.ts';
import { sessionActions } from '../../machines/session-actions.ts';
import { sessionGuards } from '../../machines/session-guards.ts';
import { sessionMachine } from '../../machines/session.ts';
import { stationMachine } from '../../machines/station.ts';
import { valveMachine } from '../../machines/valve.ts';

const MACHINES: readonly (readonly [string, AnyStateMachine])[] = [
  ['session', sessionMachine],
  ['basin', basinMachine],
  ['valve', valveMachine],
  ['link', linkMachine],
  ['station', stationMachine],
  ['reminder', reminderMachine],
  ['guide', guideMachine],
];
/** Keys that a chart may have (`schemas` is what setup() writes of the types); anything else is outside the subset. */
const STATE_KEYS = new Set(['id', 'schemas', 'context', 'initial', 'states', 'on']);
const TRANSITION_KEYS = new Set(['target', 'guard', 'actions']);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Everything in a chart that is outside the subset, as sentences. */
function complaints(config: unknown, path: string): readonly string[] {
  if (!isObject(config)) return [`${path} is no object`];
  const strange = Object.keys(config).filter((key) => !STATE_KEYS.has(key));
  const found = strange.map((key) => `${path} has ${key}`);
  for (const [event, transitions] of Object.entries(isObject(config['on']) ? config['on'] : {})) {
    if (event === '*' || event === '' || event.startsWith('xstate.')) found.push(`${path} takes ${event}`);
    for (const one of list(transitions)) found.push(...ofTransition(one, `${path} on ${event}`));
  }
  for (const [name, state] of Object.entries(isObject(config['states']) ? config['states'] : {}))
    found.push(...complaints(state, `${path}.${name}`));
  return found;
}

function ofTransition(transition: unknown, path: string): readonly string[] {
  if (!isObject(transition)) return [`${path} is no object`];
  const found = Object.keys(transition)
    .filter((key) => !TRANSITION_KEYS.has(key))
    .map((key) => `${path} has ${key}`);
  const { guard, target, actions } = transition;
  if (guard !== undefined && typeof guard !== 'string') found.push(`${path} has a guard without a name`);
  if (target !== undefined && typeof target !== 'string') found.push(`${path} has a target that is no name`);
  for (const action of actions === undefined ? [] : list(actions))
    if (typeof action !== 'string') found.push(`${path} has an action without a name`);
  return found;
}

describe.each(MACHINES)('the chart of %s', (name, machine) => {
  const { rows, states } = chartOf(machine);
  const registry = {
    actions: Object.keys(machine.implementations.actions),
    guards: Object.keys(machine.implementations.guards),
  };

  test('stays inside the subset', () => {
    expect(complaints(machine.config, name)).toEqual([]);
  });

  test('names only what the registry has, and all of it', () => {
    expect([...new Set(rows.flatMap(({ actions }) => actions))].sort()).toEqual(registry.actions.sort());
    const guards = rows.flatMap(({ guard }) => (guard === null ? [] : [guard]));
    expect([...new Set(guards)].sort()).toEqual(registry.guards.sort());
  });

  test('has a way into every state but the first', () => {
    const entered = new Set(rows.map(({ to }) => to));
    // The first state is entered by beginning, a compound state at its initial one.
    const isEntered = (state: string): boolean =>
      entered.has(state) || state === states[0] || /\.(closing|tempering|contact|ready)$/.test(state);
    expect(states.filter((state) => !isEntered(state))).toEqual([]);
  });
});

test.each([
  ['session', sessionMachine, sessionActions, sessionGuards],
  ['basin', basinMachine, basinActions, basinGuards],
] as const)('the registry of the %s is the one that the chart was built from', (_, machine, acts, looks) => {
  expect(Object.keys(machine.implementations.actions).sort()).toEqual(Object.keys(acts).sort());
  expect(Object.keys(machine.implementations.guards).sort()).toEqual(Object.keys(looks).sort());
});

test('what is outside the subset is found', () => {
  const bad = {
    initial: 'a',
    entry: 'x',
    states: {
      a: { after: { 10: 'b' }, always: 'b', on: { go: { target: 'b', actions: () => undefined } } },
      b: { invoke: {}, type: 'parallel', on: { go: { guard: () => true } } },
    },
  };
  expect(complaints(bad, 'bad')).toEqual([
    'bad has entry',
    'bad.a has after',
    'bad.a has always',
    'bad.a on go has an action without a name',
    'bad.b has invoke',
    'bad.b has type',
    'bad.b on go has a guard without a name',
  ]);
});

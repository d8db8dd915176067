// If this fails, a person who gives no name is judged by the baths of somebody else.
import { expect, test } from 'vitest';
import type { Person } from '../../src/config/index.ts';
import { starterOf } from '../../src/people.ts';

const sam: Person = { id: 'sam', name: 'Sam', defaults: {} };
const kim: Person = { ...sam, id: 'kim' };

test.each<readonly [string, readonly Person[], string | undefined, string]>([
  ['the only person of a config', [sam], undefined, 'sam'],
  ['a person by their name', [sam, kim], 'kim', 'kim'],
  ['the guest where nobody is configured', [], undefined, 'guest'],
])('%s: their own ledger is asked for', (_, people, person, id) => {
  const asked: string[] = [];
  const starter = starterOf(
    { people },
    false,
    person,
    (who) => {
      asked.push(who);
      return [];
    },
    0,
  );
  expect([starter?.id, ...asked]).toEqual([id, id]);
});

test('a simulation has no ledger to ask for', () => {
  const none = (): never => {
    throw new Error('nobody has a yesterday in a simulation');
  };
  expect(starterOf({ people: [sam] }, true, undefined, none, 0)?.counts).toBe(false);
});

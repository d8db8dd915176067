// If this fails, a person who gives no name is judged by the baths of somebody else.
import { expect, test } from 'vitest';
import type { Person } from '../../src/config/index.ts';
import type { PersonPast } from '../../machines/gate.ts';
import type { Starter } from '../../src/controller/index.ts';
import { NO_PAST } from '../../src/controller/index.ts';
import { starterOf } from '../../src/people.ts';

const NOW = { atMs: 0, wallMs: 0 };
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
      return NO_PAST;
    },
    NOW,
  );
  expect([starter?.id, ...asked]).toEqual([id, id]);
});

test('a simulated person has no ladder and no screening to wait for, but after a symptom the ladder begins', () => {
  const entry = { session: 's', endedAtWallMs: 0, endedAtMs: 0, contactMs: 0, coldMs: null, dose: 0 };
  const symptom = { ...entry, completed: false, symptom: true };
  const who = (past: PersonPast) => starterOf({ people: [sam] }, true, undefined, () => past, NOW);
  expect(who(NO_PAST)).toMatchObject({ counts: false, screening: 'clear', coldCapMs: null });
  expect(who({ ...NO_PAST, ledger: [symptom] })).toMatchObject({ counts: false, coldCapMs: 15_000 });
});

const screening = { result: 'clear', profile: 'limited', acknowledge: false, atWallMs: 0, atMs: 0 } as const;

test.each<readonly [string, PersonPast, Partial<Starter>]>([
  ['nobody asked them', NO_PAST, { screening: 'missing' }],
  [
    'screened',
    { ...NO_PAST, screening: { ...screening, symptom: false } },
    { screening: 'clear', profile: 'limited' },
  ],
  [
    'with a symptom since',
    { ...NO_PAST, screening: { ...screening, symptom: true } },
    { screening: 'symptom' },
  ],
])('a person of the config, %s', (_, past, starter) => {
  expect(starterOf({ people: [sam] }, false, 'sam', () => past, NOW)).toMatchObject({
    counts: true,
    ...starter,
  });
});

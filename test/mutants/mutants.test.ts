/**
 * If these fail, a mistake in the code that keeps the water safe could pass the campaigns unseen: somebody makes it on
 * purpose here, and `ebb sim` has to find it, shrink it and show it again by the command it prints. All of them are hunted
 * for in mutants.long.test.ts; here five of the quick ones, drawn by a seed that is printed.
 */
import { describe, expect, test } from 'vitest';
import { freshSeed, Random } from '../../src/random/random.ts';
import { hunt, wordsOf } from './hunt.ts';
import { parseMutant, places, readMutants } from './mutant.ts';
import type { Mutant } from './mutant.ts';
import { verdictOf } from './table.ts';

const mutants = readMutants();
/** To see the same again: `EBB_SEED=123 npx vitest run test/mutants`. */
const given = process.env['EBB_SEED'];
const seed = given === undefined ? freshSeed() : Number(given);
/** Each is caught by one of the first few sessions of any seed; this many are a miss. */
const SESSIONS = 200;
/** A minute for all five on two cores of their own; a busy computer takes longer. */
const TIMEOUT_MS = 300_000;

test('there are thirty at least, and each says what its author thought', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  for (const { id, thought, changes } of mutants) {
    expect(id).toMatch(/^\d\d-[a-z0-9-]+$/);
    expect(thought, id).not.toBe('');
    expect(changes, id).not.toEqual([]);
  }
  expect(new Set(mutants.map(({ id }) => id.slice(0, 2))).size).toBe(mutants.length);
});

test.each(mutants)('$id has its place in the code, and changes it', ({ changes }) => {
  for (const change of changes) {
    expect(places(change), change.file).toBe(1);
    expect(change.after).not.toBe(change.before);
  }
});

test('a patch is read as it is written', () => {
  const text = '# a thought\ncampaign: --faults none\nquick\n--- a.ts\n one\n-two\n+2\n+2.5\n--- b.ts\n-x\n';
  expect(parseMutant('99-x', text)).toEqual({
    id: '99-x',
    thought: 'a thought',
    campaign: ['--faults', 'none'],
    quick: true,
    changes: [
      { file: 'a.ts', before: 'one\ntwo', after: 'one\n2\n2.5' },
      { file: 'b.ts', before: 'x', after: '' },
    ],
  });
  expect(wordsOf(`ebb sim --seed 3 --faults 'a @ cold 1 + 5 s; b' --replay`)).toEqual([
    'sim',
    '--seed',
    '3',
    '--faults',
    'a @ cold 1 + 5 s; b',
    '--replay',
  ]);
});

describe(`five of them, drawn by seed ${seed}`, () => {
  const random = new Random(seed, 'mutants');
  const drawn = mutants
    .filter(({ quick }) => quick)
    .map((mutant) => ({ mutant, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, 5)
    .map(({ mutant }) => mutant);

  test('are five', () => {
    expect(drawn).toHaveLength(5);
  });

  test.concurrent.each(drawn)(
    '$id is caught, and shown again',
    { timeout: TIMEOUT_MS },
    async (mutant: Mutant) => {
      const first = random.int(1, 1_000_000);
      console.log(`${mutant.id}: ebb sim --seed ${first} (EBB_SEED=${seed})`);
      const caught = await hunt(mutant, { seed: first, sessions: SESSIONS, workers: 1 });
      expect(verdictOf(caught), JSON.stringify(caught)).toBe('caught');
      expect(caught.exit).toBe(4);
    },
  );
});

/** If this fails, docs/safety.md promises what nobody judges, or somebody judges what it does not promise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INVARIANTS } from '../../../src/campaign/invariants/index.ts';
import { packageRoot } from '../../../src/protocols/index.ts';
import { DEFECTS } from './defects.ts';
import { TRACED } from './traces.ts';

const ROW = /^\| (I\d+) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/;

const rows = readFileSync(join(packageRoot(), 'docs', 'safety.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id, says, where, caught] = ROW.exec(line) ?? [];
    return id === undefined ? [] : [{ id, says, where, caught }];
  });

test('the table has each invariant once, in its order, in its own words', () => {
  expect(rows.map(({ id, says }) => ({ id, says }))).toEqual(
    INVARIANTS.map(({ id, says }) => ({ id, says })),
  );
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 29 }, (_, n) => `I${n + 1}`));
});

test('it names the file that judges, and each defect that was planted', () => {
  for (const { id, where, caught } of rows) {
    expect(where).toContain(`\`${id.toLowerCase()}.ts\``);
    for (const { what } of [...(DEFECTS[id] ?? []), ...(TRACED[id] ?? [])]) expect(caught).toContain(what);
  }
});

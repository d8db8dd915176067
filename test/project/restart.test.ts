import { describe, expect, it } from 'vitest';
import { RECORD_TYPES } from '../../src/journal/index.ts';
import { VICTIMS } from '../support/crash-point.ts';
import { restartDoc } from '../support/restart-doc.ts';
import { textOf } from './sources.ts';

/*
 * If this fails, docs/restart.md says something of a crash that was not measured, or leaves a record out. A new type of
 * record needs its row there: write it with 0 kill points, or run the matrix again (EBB_RESTART_DOC=1 npm run test:long).
 */

const page = textOf('docs/restart.md');
const cells = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/restart.md', () => {
  it('has a row for each type of record, in the order of the list', () => {
    const rows = cells.filter(([first]) => first?.startsWith('`') === true).map(([first]) => first);
    expect(rows).toEqual(RECORD_TYPES.map((type) => `\`${type}\``));
  });

  it.each(VICTIMS)('%s: was killed, lost nothing and resumed nothing', (victim) => {
    const [, points, , , lost, resumed] = cells.find(([first]) => first === victim) ?? [];
    expect(Number(points)).toBeGreaterThan(0);
    expect([lost, resumed]).toEqual(['0', '0']);
  });

  it('says in words what the matrix writes today', () => {
    const words = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('| '));
    const written = words(restartDoc({ speed: 5, leaseMs: 10_000, points: [] }));
    expect(words(page)).toEqual(written);
  });
});

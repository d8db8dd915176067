// If this fails, docs/machines.md shows charts that the machines no longer have. Run `npm run generate`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generateMachinesDocs } from '../../src/docs/charts.ts';

test('docs/machines.md is that of the code', () => {
  const committed = readFileSync(resolve(import.meta.dirname, '../../docs/machines.md'), 'utf8');
  expect(committed).toBe(generateMachinesDocs());
});

test('every machine has its chart, every guard its row', () => {
  const text = generateMachinesDocs();
  expect(text.match(/stateDiagram-v2/g)).toHaveLength(7);
  expect(text).toContain(
    '| starting.tempering | banded | the press still counts | permit contact | running.contact |',
  );
});

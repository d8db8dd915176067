// If this fails, there is a moment at which a crash of the controller loses what the journal had promised to keep.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../src/random/random.ts';
import { killOverAndOver } from './kill.ts';

it('a thousand kills lose no acknowledged record', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-kill-'));
  const seeds = [11, 12, 13, 14];
  await Promise.all(
    seeds.map((seed) => killOverAndOver(join(folder, `${seed}.db`), 250, new Random(seed, 'kill'))),
  );
  rmSync(folder, { recursive: true });
  expect.hasAssertions();
});

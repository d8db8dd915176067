// If these fail, a power cut in the middle of a write costs more than that write: the journal does not open, or an
// open valve, a trip or a session that was recorded is gone. Every byte is tried in torn.long.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshSeed, Random } from '../../src/random/random.ts';
import { cutJournal, tailOf, tearAt, writeOn, type CutJournal } from './torn.ts';

const seed = freshSeed();
const folder = mkdtempSync(join(tmpdir(), 'ebb-torn-'));
let cut: CutJournal;
beforeAll(() => {
  cut = cutJournal(folder, 3);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe(`a torn tail (seed ${seed})`, () => {
  it.each(['truncated', 'corrupted'] as const)('%s in its last ten transactions', (tear) => {
    const random = new Random(seed, tear);
    const { from, to } = tailOf(cut, 10);
    expect(to - from).toBeGreaterThan(10_000);
    for (let point = 0; point < 40; point += 1) tearAt(folder, cut, tear, random.int(from, to - 1));
  });

  it('is written on', () => {
    const random = new Random(seed, 'on');
    const { from, to } = tailOf(cut, 10);
    writeOn(folder, cut, random.int(from, to - 1));
  });
});

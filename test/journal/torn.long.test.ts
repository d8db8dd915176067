// If this fails, there is a byte at which a power cut costs more than the write it fell into.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cutJournal, tailOf, tearAt } from './torn.ts';

/** What it costs is waiting for the disk, thirty thousand times over; what it finds out does not need one. */
const MEMORY = '/dev/shm';

it.each(['truncated', 'corrupted'] as const)('%s at every byte of the last transaction', (tear) => {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'ebb-torn-'));
  const cut = cutJournal(folder, 3);
  const { from, to } = tailOf(cut, 1);
  for (let at = from; at < to; at += 1) tearAt(folder, cut, tear, at);
  console.info(
    `${tear}: ${to - from} bytes, each opened again; at most the transaction it fell into is gone`,
  );
  expect(to - from).toBeGreaterThan(1_000);
  rmSync(folder, { recursive: true });
});

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import {
  openHistory,
  openSessions,
  readOpenSessions,
  type JournalRecord,
  type StoredRecord,
} from '../../src/journal/index.ts';
import { JournalStore } from '../../src/journal/store.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

/** A journal as a power cut left it: the file, the write-ahead log beside it, and where its transactions end. */
export interface CutJournal {
  readonly db: string;
  readonly wal: Buffer;
  /** Byte offsets in the log after each commit, and how many records are on disk from there on. */
  readonly commits: readonly { readonly endsAt: number; readonly records: number }[];
  readonly records: readonly StoredRecord[];
}

/** SQLite's file format, "The Write-Ahead Log": header, frame header, and where a frame says that it commits. */
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const PAGE_SIZE_AT = 8;
const SALT_AT = 16;
/** How many records are compared, from the last one back: far more than any tear reaches. */
const LAST = 60;

/** A session of a whole simulated world, written with the store that the controller writes with, and cut off in a cold step. */
export function cutJournal(folder: string, seed: number): CutJournal {
  const path = join(folder, 'source', 'journal.db');
  const sim = new Simulation(exampleConfig('foot-bath'), seed);
  sim.start();
  sim.until(() => sim.state.exposed && sim.state.phase === 'cold', 900_000);
  const all = sim.world.journal.history.records({ limit: 100_000 });
  // What is older is in the database by then; a log of thousands of pages would be copied for each byte.
  const early = new JournalStore(path);
  for (const { seq: _, ...record } of all.slice(0, -LAST)) write(early, record);
  early.write(true);
  early.close();
  const store = new JournalStore(path);
  for (const { seq: _, ...record } of all.slice(-LAST)) write(store, record);
  store.write(true);
  const history = openHistory(path);
  const records = history.records({ limit: 100_000 });
  history.close();
  // Copied while it is open: closing would put everything into the one file.
  const db = join(folder, 'cut.db');
  copyFileSync(path, db);
  const wal = readFileSync(`${path}-wal`);
  store.close();
  return { db, wal, commits: commitsOf(wal, db, folder), records };
}

function write(store: JournalStore, record: JournalRecord): void {
  const lazy = record.type === 'reading';
  store.add([record], lazy);
  // Readings wait for company, as they do in the controller.
  if (!lazy) store.write(true);
}

function commitsOf(wal: Buffer, db: string, folder: string): CutJournal['commits'] {
  const frame = FRAME_HEADER + wal.readUInt32BE(PAGE_SIZE_AT);
  const salt = wal.subarray(SALT_AT, SALT_AT + 8);
  const commits: { endsAt: number; records: number }[] = [];
  for (let at = WAL_HEADER; at + frame <= wal.length; at += frame) {
    // What lies behind the end is of an earlier round of the log.
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) === 0) continue;
    const endsAt = at + frame;
    commits.push({ endsAt, records: reopened(folder, db, wal.subarray(0, endsAt), 1).at(-1)?.seq ?? 0 });
  }
  return commits;
}

/** Opens what is left as a controller does at its start, and reads the last records of it. */
function reopened(folder: string, db: string, wal: Buffer, limit = LAST): readonly StoredRecord[] {
  const path = join(folder, 'torn', 'journal.db');
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(db, path);
  writeFileSync(`${path}-wal`, wal);
  const store = new JournalStore(path);
  try {
    const history = openHistory(path);
    try {
      return history.records({ limit });
    } finally {
      history.close();
    }
  } finally {
    store.close();
  }
}

export type Tear = 'truncated' | 'corrupted';

/** The bytes of the last `count` transactions. */
export function tailOf(
  { commits }: CutJournal,
  count: number,
): { readonly from: number; readonly to: number } {
  return {
    from: commits.at(-1 - count)?.endsAt ?? WAL_HEADER,
    to: commits.at(-1)?.endsAt ?? WAL_HEADER,
  };
}

/**
 * The log ends at this byte, or has another value there. What must hold: it opens; every transaction that was whole
 * before that byte is there, record for record; and of the one that was torn nothing is.
 */
export function tearAt(folder: string, cut: CutJournal, tear: Tear, at: number): void {
  const wal = Buffer.from(tear === 'truncated' ? cut.wal.subarray(0, at) : cut.wal);
  if (tear === 'corrupted') wal.writeUInt8(wal.readUInt8(at) ^ 0xff, at);
  const whole = cut.commits.findLast(({ endsAt }) => endsAt <= at);
  const label = `${tear} at byte ${at} of ${cut.wal.length}`;
  const kept = reopened(folder, cut.db, wal);
  // `seq` counts without a gap, so that the last ones say how many there are.
  expect(kept, label).toEqual(cut.records.slice(0, whole?.records ?? 0).slice(-LAST));
}

/** After a tear the journal is written on, and what is written then is there. */
export function writeOn(folder: string, cut: CutJournal, at: number): void {
  const whole = cut.commits.findLast(({ endsAt }) => endsAt <= at)?.records ?? 0;
  reopened(folder, cut.db, cut.wal.subarray(0, at), 1);
  const path = join(folder, 'torn', 'journal.db');
  const store = new JournalStore(path);
  const [first] = cut.records;
  if (first === undefined) throw new Error('the journal of the test is empty');
  write(store, { ...first, type: 'boot' });
  store.close();
  const history = openHistory(path);
  expect(history.records({ limit: 100_000 })).toHaveLength(whole + 1);
  expect(openSessions(readOpenSessions(history)), 'the session that was cut off').toHaveLength(1);
  history.close();
}

// If this fails, the record of what was done with water cannot be trusted: an acknowledged trip or latch is gone after
// a crash, a damaged file is written over, or a slow disk delays a STOP.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHistory, openJournal, type Journal, type JournalRecord } from '../../src/journal/index.ts';
import { JournalStore } from '../../src/journal/store.ts';
import { Random } from '../../src/random/random.ts';
import { killOverAndOver } from './kill.ts';

let folder: string;
let path: string;
const open: Journal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-journal-'));
  path = join(folder, 'home', 'journal.db');
});
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function record(type: string, n = 0, more: Partial<JournalRecord> = {}): JournalRecord {
  return {
    at: '2026-01-01T00:00:00.000Z',
    atMs: n,
    boot: 'b',
    station: 's',
    session: 'x',
    type,
    body: { n },
    ...more,
  };
}

async function journalOf(options: Parameters<typeof openJournal>[1] = {}) {
  const opened = await openJournal(path, options);
  open.push(opened.journal);
  return opened;
}

function durably(journal: Journal, records: JournalRecord[]): Promise<Error | null> {
  return new Promise((resolve) => {
    journal.append(records, { durable: resolve });
  });
}

/** A journal with some history, closed. */
async function written(): Promise<void> {
  const { journal, history } = await journalOf();
  const filler = 'x'.repeat(400);
  await durably(
    journal,
    Array.from({ length: 400 }, (_, n) => record('trip', n, { body: { n, filler } })),
  );
  history.close();
  await journal.close();
}

const fingerprint = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('the journal', () => {
  it('keeps records in the order of append, over restarts', async () => {
    for (const boot of ['first', 'second']) {
      const { journal, history } = await journalOf();
      journal.append([record('reading', 1, { boot })], { lazy: true });
      journal.append([record('state', 2, { boot }), record('state', 3, { boot })]);
      expect(await durably(journal, [record('end', 4, { boot, station: null, session: null })])).toBeNull();
      const mine = history.records({ limit: 100 }).filter((kept) => kept.boot === boot);
      expect(mine.map(({ atMs }) => atMs)).toEqual([1, 2, 3, 4]);
      expect(mine.at(-1)).toMatchObject({ station: null, session: null, type: 'end', body: { n: 4 } });
      history.close();
      await journal.close();
    }
    const history = openHistory(path);
    expect(history.records({ limit: 100 }).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    history.close();
  });

  it('is for its owner alone', async () => {
    const { journal } = await journalOf();
    await durably(journal, [record('start')]);
    expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, 'home'))) {
      expect([name, statSync(join(folder, 'home', name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('says whose file it is and which format', async () => {
    await written();
    const db = new DatabaseSync(path, { readOnly: true });
    expect(db.prepare('PRAGMA application_id').get()).toEqual({ application_id: 0x45626231 });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it('a close writes what was still waiting', async () => {
    const { journal } = await journalOf();
    journal.append([record('reading', 1)], { lazy: true });
    await journal.close();
    const history = openHistory(path);
    expect(history.records({ limit: 10 })).toHaveLength(1);
    history.close();
    expect(await durably(journal, [record('start')])).toBeInstanceOf(Error);
  });

  it('can be read by another process while it is written', async () => {
    const { journal } = await journalOf();
    await durably(journal, [record('start', 1)]);
    const reader = openHistory(path);
    await durably(journal, [record('end', 2)]);
    expect(reader.records({ types: ['start', 'end'], limit: 10 })).toHaveLength(2);
    reader.close();
  });
});

describe('a disk that misbehaves', () => {
  it('that stalls does not hold up the control loop', async () => {
    const { journal } = await journalOf({ workerDelayMs: 150 });
    const begin = performance.now();
    const answer = { came: false };
    journal.append([record('open')], { durable: () => (answer.came = true) });
    let longest = 0;
    while (!answer.came) {
      const before = performance.now();
      journal.append([record('close')]);
      longest = Math.max(longest, performance.now() - before);
      await sleep(1);
    }
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
    expect(longest).toBeLessThan(100);
  });

  it('answers while records keep coming in faster than they are written', async () => {
    const { journal } = await journalOf();
    const answer = { came: false };
    journal.append([record('open')], { durable: () => (answer.came = true) });
    for (let n = 0; n < 100_000 && !answer.came; n += 1) {
      journal.append([record('reading', n)]);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answer.came).toBe(true);
  });

  it('that is full answers with an error, is told to listeners, and the process goes on', async () => {
    const { journal } = await journalOf({ workerMaxPages: 8 });
    const failures: string[] = [];
    journal.onFailure((error) => failures.push(error.code));
    const big = record('start', 0, { body: { filler: 'x'.repeat(60_000) } });
    const error = await durably(journal, [big]);
    expect(error).toMatchObject({ code: 'journal_failed' });
    expect(error?.message).toContain('full');
    expect(failures).toEqual(['journal_failed']);
  });

  it('that has room again gets everything, in order', () => {
    const store = new JournalStore(path);
    store.limitPages(8);
    store.add([record('start', 1, { body: { n: 1, filler: 'x'.repeat(60_000) } })], false);
    expect(() => {
      store.write(true);
    }).toThrow('full');
    store.add([record('end', 2)], false);
    store.limitPages(10_000);
    store.write(true);
    store.close();
    const history = openHistory(path);
    expect(history.records({ limit: 10 }).map(({ atMs }) => atMs)).toEqual([1, 2]);
    history.close();
  });

  it('that fails for long costs readings before it costs anything else', () => {
    const store = new JournalStore(path);
    store.limitPages(8);
    for (let n = 0; n < 300; n += 1) {
      const batch = Array.from({ length: 20 }, () =>
        record('reading', n, { body: { filler: 'x'.repeat(500) } }),
      );
      store.add(batch, true);
      store.add([record('trip', n)], false);
      expect(() => {
        store.write(true);
      }).toThrow();
    }
    expect(store.waiting).toBe(5_000);
    expect(store.lost).toBe(1_300);
    store.limitPages(100_000);
    store.write(true);
    store.close();
    const history = openHistory(path);
    expect(history.records({ types: ['trip'], limit: 1_000 })).toHaveLength(300);
    history.close();
  });
});

describe('a file that is no sound journal is refused and left as it is', () => {
  async function refused(code: string, remedy: string): Promise<void> {
    const before = fingerprint(path);
    const error: unknown = await openJournal(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    expect(String(error)).toContain(path);
    expect(String(error)).toContain(remedy);
    expect(fingerprint(path)).toBe(before);
  }

  it('of another program', async () => {
    await written();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA application_id = 42');
    db.close();
    await refused('journal_foreign', 'journal.path');
    expect(() => openHistory(path)).toThrow('another program');
  });

  it('of a newer version', async () => {
    await written();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 2');
    db.close();
    await refused('journal_newer', 'upgrade');
  });

  it('that is no database, or empty', async () => {
    await written();
    writeFileSync(path, 'stations:\n  foot-bath:\n    kind: bath\n'.repeat(20));
    await refused('journal_damaged', 'backup');
    writeFileSync(path, '');
    await refused('journal_damaged', 'backup');
  });

  it('that was torn', async () => {
    await written();
    truncateSync(path, Math.floor(statSync(path).size / 2));
    await refused('journal_damaged', 'move it aside');
  });

  it('with garbage in its pages', async () => {
    await written();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4_096 * 10, 4_096 * 14);
    writeFileSync(path, bytes);
    await refused('journal_damaged', 'move it aside');
  });

  it('without the tables of one', async () => {
    await written();
    const db = new DatabaseSync(path);
    db.exec('DROP TABLE record');
    db.close();
    await refused('journal_damaged', 'move it aside');
  });

  it('a directory in its place, or no right to write', async () => {
    await expect(openJournal(folder)).rejects.toMatchObject({ code: 'journal_damaged' });
    expect(() => openHistory(path)).toThrow('no journal');
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    await expect(openJournal(path)).rejects.toMatchObject({ code: 'journal_failed' });
    chmodSync(folder, 0o700);
  });

  it('but a half-made new one of a crash is no obstacle', async () => {
    const { journal } = await journalOf();
    await journal.close();
    copyFileSync(path, `${path}.new`);
    rmSync(path);
    const again = await journalOf();
    expect(await durably(again.journal, [record('start')])).toBeNull();
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe('a controller that is killed', () => {
  it('loses no acknowledged record, and the journal opens again', { timeout: 60_000 }, async () => {
    const seeds = [1, 2, 3, 4];
    await Promise.all(
      seeds.map((seed) => killOverAndOver(join(folder, `${seed}.db`), 5, new Random(seed, 'kill'))),
    );
  });
});

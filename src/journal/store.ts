import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { createJournal, inspectJournal } from './format.ts';
import { personOf, SAFETY_TYPES, type JournalRecord } from './journal.ts';

/** Records that wait for a disk that fails; beyond it the oldest are lost, readings first. */
const MAX_BACKLOG = 5_000;
/** The write-ahead log is cut back to this at a checkpoint. */
const WAL_BYTES = 8 * 1024 * 1024;

interface Waiting {
  readonly record: JournalRecord;
  readonly lazy: boolean;
}

/**
 * The journal file, written. It blocks while the disk does, so it lives in the worker.
 * One transaction takes all that waits, in order; what could not be written is tried again with the next one, so
 * that an answer "on disk" always covers everything before it.
 */
export class JournalStore {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  #waiting: Waiting[] = [];
  #full: boolean | null = null;
  #lost = 0;

  /** @throws JournalError where the file is not a sound journal; Node's own errors where it cannot be opened. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!inspectJournal(path, { thorough: true })) createJournal(path);
    chmodSync(path, 0o600);
    this.#db = new DatabaseSync(path, { timeout: 5_000 });
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${WAL_BYTES}`);
    this.#insert = this.#db.prepare(
      'INSERT INTO record (at, at_ms, boot, station, session, type, person, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** For tests of a full disk: the file may not grow past this many pages. */
  limitPages(pages: number): void {
    this.#db.exec(`PRAGMA max_page_count = ${Math.floor(pages)}`);
  }

  /** How many records were given up because the disk failed for too long. */
  get lost(): number {
    return this.#lost;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes records in; `write` puts them on disk. */
  add(records: readonly JournalRecord[], lazy: boolean): void {
    for (const record of records)
      this.#waiting.push({ record, lazy: lazy && !SAFETY_TYPES.has(record.type) });
  }

  /**
   * Writes all that waits. `full`: returns only when the disk has it; otherwise a power cut may take the last few
   * seconds, and a crash of the process nothing.
   * @throws what SQLite says; the records wait on.
   */
  write(full: boolean): void {
    const forced = full || this.#waiting.some(({ record }) => SAFETY_TYPES.has(record.type));
    if (this.#waiting.length === 0 && !forced) return;
    try {
      this.#synchronous(forced);
      this.#transaction();
    } catch (error) {
      this.#bound();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #synchronous(full: boolean): void {
    if (this.#full === full) return;
    this.#db.exec(`PRAGMA synchronous = ${full ? 'FULL' : 'NORMAL'}`);
    this.#full = full;
  }

  #transaction(): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const { record } of this.#waiting) {
        const { at, atMs, boot, station, session, type, body } = record;
        this.#insert.run(at, atMs, boot, station, session, type, personOf(record), JSON.stringify(body));
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
    this.#waiting = [];
  }

  #bound(): void {
    let over = this.#waiting.length - MAX_BACKLOG;
    if (over <= 0) return;
    this.#lost += over;
    this.#waiting = this.#waiting.filter(({ lazy }) => !lazy || over-- <= 0);
    if (over > 0) this.#waiting.splice(0, over);
  }
}

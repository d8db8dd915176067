import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JournalError, messageOf, type ErrorCode } from '../model/errors.ts';

/** 'Ebb1': whose SQLite file it is. */
export const APPLICATION_ID = 0x45626231;
/** The version of the tables below. A file with a greater one was written by a newer Ebb. */
export const USER_VERSION = 1;

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

const SCHEMA = `
  CREATE TABLE record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    at_ms REAL NOT NULL,
    boot TEXT NOT NULL,
    station TEXT,
    session TEXT,
    type TEXT NOT NULL,
    person TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX record_type ON record (type, seq);
  CREATE INDEX record_station ON record (station, type, seq) WHERE station IS NOT NULL;
  CREATE INDEX record_session ON record (session, seq) WHERE session IS NOT NULL;
  CREATE INDEX record_person ON record (person, seq) WHERE person IS NOT NULL;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${USER_VERSION};
`;

/**
 * Looks at a journal file and refuses what is not a sound one of ours, without changing a byte of it.
 * Returns false where there is no file yet.
 * @throws JournalError journal_foreign, journal_newer, journal_damaged
 */
export function inspectJournal(path: string, { thorough }: { thorough: boolean }): boolean {
  // The header is read as plain bytes: whatever is not ours is not even opened by SQLite.
  const header = readHeader(path);
  if (header === null) return false;
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged(path, header.length === 0 ? 'it is empty' : 'it is not a database');
  }
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw refuse(
      'journal_foreign',
      path,
      'belongs to another program',
      'point journal.path somewhere else, or move the file aside if it may go',
    );
  }
  const version = header.readUInt32BE(USER_VERSION_AT);
  if (version > USER_VERSION) {
    throw refuse(
      'journal_newer',
      path,
      `was written by a newer version (format ${version}; this one reads up to ${USER_VERSION})`,
      'upgrade Ebb, or point journal.path somewhere else',
    );
  }
  if (version < 1) throw damaged(path, 'it has no format version');
  if (thorough) check(path);
  return true;
}

/**
 * Makes an empty journal under another name and moves it into place, so that a file under `path` is always whole:
 * a crash in between leaves nothing that could be taken for a damaged journal.
 */
export function createJournal(path: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  // SQLite gives its side files the mode of this one.
  closeSync(openSync(draft, 'wx', 0o600));
  const db = new DatabaseSync(draft);
  try {
    // No rollback file: the draft is nobody's until it is moved.
    db.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL; BEGIN; ${SCHEMA} COMMIT`);
  } finally {
    db.close();
  }
  renameSync(draft, path);
  sync(dirname(path));
}

export function damaged(path: string, what: string, cause?: unknown): JournalError {
  return refuse(
    'journal_damaged',
    path,
    `is damaged: ${what}`,
    'move it aside and restore a backup, or start a new one without its history',
    cause,
  );
}

function refuse(code: ErrorCode, path: string, what: string, remedy: string, cause?: unknown): JournalError {
  const message = `the journal ${path} ${what}; it was left as it is, and no valve was opened. To go on: ${remedy}`;
  return new JournalError(code, message, { path }, cause);
}

function readHeader(path: string): Buffer | null {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw damaged(path, 'it is not a file');
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function check(path: string): void {
  let found: unknown;
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
      // Missing tables are no fault of the file's structure, but they are one of a journal.
      db.prepare(
        'SELECT seq, at, at_ms, boot, station, session, type, person, body FROM record LIMIT 1',
      ).get();
    } finally {
      db.close();
    }
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
  if (found !== 'ok') throw damaged(path, String(found));
}

function sync(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { JournalError, messageOf } from '../model/errors.ts';
import { damaged, inspectJournal } from './format.ts';
import {
  MAX_LIMIT,
  type HistoryQuery,
  type HistoryReader,
  type JsonObject,
  type StoredRecord,
} from './journal.ts';

const bodySchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const rowSchema = z.object({
  seq: z.number(),
  at: z.string(),
  at_ms: z.number(),
  boot: z.string(),
  station: z.string().nullable(),
  session: z.string().nullable(),
  type: z.string(),
  body: z.string(),
});

/**
 * Reads a journal, also while a controller writes it: what is on disk at that moment.
 * @throws JournalError journal_foreign, journal_newer, journal_damaged; journal_failed where there is none
 */
export function openHistory(path: string): HistoryReader {
  if (!inspectJournal(path, { thorough: false })) {
    throw new JournalError(
      'journal_failed',
      `there is no journal at ${path} yet; it begins with the first session`,
      { path },
    );
  }
  try {
    return new SqliteHistory(path, new DatabaseSync(path, { readOnly: true, timeout: 2_000 }));
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
}

class SqliteHistory implements HistoryReader {
  readonly #path: string;
  readonly #db: DatabaseSync;

  constructor(path: string, db: DatabaseSync) {
    this.#path = path;
    this.#db = db;
  }

  records(query: HistoryQuery): readonly StoredRecord[] {
    if (query.types?.length === 0) return [];
    const { sql, values } = statement(query);
    const last = query.take !== 'first';
    let rows: unknown[];
    try {
      rows = this.#db.prepare(sql).all(...values);
    } catch (error) {
      throw damaged(this.#path, messageOf(error), error);
    }
    const records = rows.map((row) => this.#decode(row));
    return last ? records.reverse() : records;
  }

  close(): void {
    this.#db.close();
  }

  #decode(row: unknown): StoredRecord {
    try {
      const { at_ms, body, ...rest } = rowSchema.parse(row);
      return { ...rest, atMs: at_ms, body: bodySchema.parse(JSON.parse(body)) };
    } catch (error) {
      throw damaged(this.#path, 'a record cannot be read', error);
    }
  }
}

interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const COLUMNS = 'seq, at, at_ms, boot, station, session, type, body';

/**
 * One index answers each query. A few rare types among a million readings are asked for one by one, each by its
 * index and with the limit, for SQLite would otherwise walk through everything in the order of `seq`.
 */
function statement(query: HistoryQuery): Statement {
  const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(query.limit)));
  const tail = `ORDER BY seq ${query.take === 'first' ? 'ASC' : 'DESC'} LIMIT ${limit}`;
  const { types } = query;
  const few = query.session !== undefined || query.person !== undefined;
  if (types === undefined || few || types.length < 2) return select(query, types ?? null, tail);
  const parts = types.map((type) => select(query, [type], tail));
  return {
    sql: `SELECT * FROM (${parts.map(({ sql }) => `SELECT * FROM (${sql})`).join(' UNION ALL ')}) ${tail}`,
    values: parts.flatMap(({ values }) => values),
  };
}

function select(query: HistoryQuery, types: readonly string[] | null, tail: string): Statement {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const is = (condition: string, ...of: SQLInputValue[]): void => {
    where.push(condition);
    values.push(...of);
  };
  if (query.session !== undefined) is('session = ?', query.session);
  if (query.station !== undefined) is('station = ?', query.station);
  if (query.person !== undefined) is('person = ?', query.person);
  if (types !== null)
    is(types.length === 1 ? 'type = ?' : `type IN (${types.map(() => '?').join(', ')})`, ...types);
  if (query.afterSeq !== undefined) is('seq > ?', query.afterSeq);
  if (query.beforeSeq !== undefined) is('seq < ?', query.beforeSeq);
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  return { sql: `SELECT ${COLUMNS} FROM record ${condition} ${tail}`, values };
}

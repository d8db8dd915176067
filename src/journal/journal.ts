import type { SessionId, StationId } from '../model/ids.ts';
import type { JournalError } from '../model/errors.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = Readonly<Record<string, Json | undefined>>;

/** One thing that happened. */
export interface JournalRecord {
  /** Wall time, ISO 8601, for people; it may step. */
  readonly at: string;
  /** Monotonic time of this boot, milliseconds: what durations are taken from. */
  readonly atMs: number;
  /** Which run of the controller `atMs` belongs to. */
  readonly boot: string;
  readonly station: StationId | null;
  readonly session: SessionId | null;
  readonly type: string;
  readonly body: JsonObject;
}

/** A record as it was kept. `seq` rises by the order of `append`, over all boots. */
export interface StoredRecord extends JournalRecord {
  readonly seq: number;
}

export interface AppendOptions {
  /**
   * Called once these records, and all before them, are on disk; or with the reason why they are not. Never called
   * from within `append`.
   */
  readonly durable?: (error: Error | null) => void;
  /** May wait up to 5 s to be written together with others (readings). Records that matter to safety never wait. */
  readonly lazy?: boolean;
}

/** The append-only record of every event. Everything shown to people is a projection of it. */
export interface Journal {
  /** Never blocks and never throws: a disk that stalls or fails must not delay a close. The order is kept. */
  append(records: readonly JournalRecord[], options?: AppendOptions): void;
  /** Called when records could not be written. The journal goes on trying with the next ones. */
  onFailure(listener: (error: JournalError) => void): void;
  /** Writes what waits, then lets go of the file. */
  close(): Promise<void>;
}

export interface HistoryQuery {
  readonly types?: readonly string[];
  readonly station?: StationId;
  readonly session?: SessionId;
  /** Of the records that name a person: `start`, and `end` in its result. */
  readonly person?: string;
  /** Only records with a greater, or a smaller, `seq`. */
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  /** How many at most, 1 to 100,000. */
  readonly limit: number;
  /** Which of them if there are more than `limit`: the last ones (default), or the first. */
  readonly take?: 'last' | 'first';
}

/**
 * Reads what is on disk, synchronously: for the start, the command line and pages, not for the control loop while
 * water runs.
 */
export interface HistoryReader {
  /** Always in the order they were written, oldest first. */
  records(query: HistoryQuery): readonly StoredRecord[];
  close(): void;
}

export const MAX_LIMIT = 100_000;

/** Everything that the controller writes. docs/restart.md says what a crash right after each of them costs. */
export const RECORD_TYPES = [
  'boot',
  'start',
  'open',
  'renew',
  'close',
  'reading',
  'proved',
  'flushed',
  'begin',
  'exposed',
  'step',
  'stop',
  'trip',
  'end',
  'continue',
  'clear',
  'refused',
  'rebooted',
  'flow',
  'taken_over',
  'symptom',
  'lock',
  'screened',
  'clock',
  'reminder',
  'quiet',
  'not_for_me',
  'busy',
  'presence',
  'calendar',
  'guide',
  'planned',
  'taken',
  'halt',
  'tick',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** Types whose loss could hurt: forced to disk at once (SQLite `synchronous=FULL`), even where nobody waits. */
export const SAFETY_TYPES: ReadonlySet<string> = new Set([
  'boot',
  'start',
  'begin',
  'continue',
  'exposed',
  'stop',
  'trip',
  'fault',
  'clear',
  'open',
  'close',
  'end',
  'symptom',
  'lock',
  'screened',
]);

/** The person a record is about, for the index. */
export function personOf(record: JournalRecord): string | null {
  const { person, result } = record.body;
  if (typeof person === 'string') return person;
  const inner = typeof result === 'object' && result !== null && 'person' in result ? result.person : null;
  return typeof inner === 'string' ? inner : null;
}

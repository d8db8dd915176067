import type { StoredRecord } from '../journal/index.ts';

/** One thing that happened, in words, with the records that say so. */
export interface Sentence {
  /** Of the record that it is about. */
  readonly at: string;
  readonly text: string;
  /** The record that it is about first, then those that say why. Never empty, but where it says that there is none. */
  readonly records: readonly RecordRef[];
}

export interface RecordRef {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
}

/** A reason, with the records that say so. */
export interface Reason {
  readonly text: string;
  readonly from: readonly StoredRecord[];
}

export function sentence(record: StoredRecord, text: string, why: readonly StoredRecord[] = []): Sentence {
  return { at: record.at, text, records: refsOf([record, ...why]) };
}

/** Each record once, in the order given. */
export function refsOf(records: readonly StoredRecord[]): readonly RecordRef[] {
  const refs = new Map(records.map(({ seq, type, at }) => [seq, { seq, type, at }]));
  return [...refs.values()];
}

/** What a body says under a name, as a text; null where it does not. */
export function textOf({ body }: StoredRecord, name: string): string | null {
  const value = body[name];
  return typeof value === 'string' ? value : null;
}

export function numberOf({ body }: StoredRecord, name: string): number | null {
  const value = body[name];
  return typeof value === 'number' ? value : null;
}

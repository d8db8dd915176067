import type { PersonId } from '../model/ids.ts';
import type { HistoryReader, StoredRecord } from './journal.ts';
import { bodyOf } from './records.ts';

/** What the records say of a person beside their sessions, each with the record that says it; null: nothing does. */
export interface PersonRecords {
  readonly symptoms: readonly StoredRecord[];
  readonly lock: { readonly code: 'symptom' | 'heat_dose'; readonly record: StoredRecord } | null;
  readonly screening: {
    readonly result: 'clear' | 'blocked';
    readonly profile: 'standard' | 'limited';
    readonly acknowledge: boolean;
    readonly record: StoredRecord;
    /** A symptom was reported after it. */
    readonly symptom: boolean;
  } | null;
}

const PERSON_TYPES = ['symptom', 'lock', 'screened'] as const;

export function readPerson(history: HistoryReader, person: PersonId): readonly StoredRecord[] {
  return history.records({ person, types: PERSON_TYPES, limit: 1_000 });
}

/**
 * Locks, symptoms and the last screening of a person. What happened on simulated hardware counts on simulated hardware
 * alone, and a screening everywhere.
 */
export function personRecords(
  records: readonly StoredRecord[],
  person: PersonId,
  simulated = false,
): PersonRecords {
  const symptoms = records.filter((record) => {
    const body = bodyOf('symptom', record);
    return body?.person === person && body.simulated === simulated;
  });
  return {
    symptoms,
    lock: lastLock(records, person, simulated, symptoms),
    screening: lastScreening(records, person, symptoms),
  };
}

function lastLock(
  records: readonly StoredRecord[],
  person: PersonId,
  simulated: boolean,
  symptoms: readonly StoredRecord[],
): PersonRecords['lock'] {
  const last = records.findLast((record) => {
    const body = bodyOf('lock', record);
    return symptoms.includes(record) || (body?.person === person && body.simulated === simulated);
  });
  return last === undefined ? null : { code: bodyOf('lock', last)?.code ?? 'symptom', record: last };
}

function lastScreening(
  records: readonly StoredRecord[],
  person: PersonId,
  symptoms: readonly StoredRecord[],
): PersonRecords['screening'] {
  const record = records.findLast((one) => bodyOf('screened', one)?.person === person);
  const body = record === undefined ? null : bodyOf('screened', record);
  if (record === undefined || body === null) return null;
  const { result, profile, acknowledge } = body;
  return { result, profile, acknowledge, record, symptom: symptoms.some(({ seq }) => seq > record.seq) };
}

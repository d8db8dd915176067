export type {
  AppendOptions,
  HistoryQuery,
  HistoryReader,
  Journal,
  JournalRecord,
  Json,
  JsonObject,
  StoredRecord,
} from './journal.ts';
export { RECORD_TYPES, SAFETY_TYPES, type RecordType } from './journal.ts';
export { openHistory } from './history.ts';
export { MemoryJournal, type MemoryJournalOptions } from './memory.ts';
export * from './persons.ts';
export * from './projections.ts';
export * from './reminders.ts';
export { DONE_TYPES, doneOf, type Done } from './ticks.ts';
export { Timeline, type RunStart } from './timeline.ts';
export { openJournal, type OpenOptions } from './sqlite.ts';

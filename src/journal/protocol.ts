import type { ErrorCode, ErrorFields } from '../model/errors.ts';
import type { JournalRecord } from './journal.ts';

/** What the worker is started with. The last two are for tests of a disk that stalls, or is full. */
export interface WorkerSettings {
  readonly path: string;
  readonly delayMs: number;
  readonly maxPages: number | null;
}

export type ToWorker =
  | {
      readonly type: 'append';
      readonly records: readonly JournalRecord[];
      readonly lazy: boolean;
      /** Answer under this number when everything up to here is on disk; null: nobody waits. */
      readonly ticket: number | null;
    }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready' }
  /** The file could not be opened, or is none of ours. */
  | {
      readonly type: 'refused';
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly fields: ErrorFields;
    }
  | { readonly type: 'durable'; readonly tickets: readonly number[] }
  | {
      readonly type: 'failed';
      readonly tickets: readonly number[];
      readonly message: string;
      readonly lost: number;
    };

import type { Clock } from '../clock/clock.ts';
import { JournalError } from '../model/errors.ts';
import type { Random } from '../random/random.ts';
import {
  MAX_LIMIT,
  personOf,
  type AppendOptions,
  type HistoryQuery,
  type HistoryReader,
  type Journal,
  type JournalRecord,
  type StoredRecord,
} from './journal.ts';

export interface MemoryJournalOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** From `append` to the records being safe. Default 0.2 to 15 ms, as of an SD card. */
  readonly delayMs?: { readonly min: number; readonly max: number };
  /** What an earlier run left behind. */
  readonly records?: readonly StoredRecord[];
}

/** How long lazy records wait for company, as in the thread that writes the real one. */
const LAZY_MS = 5_000;

const DISK = { full: 'the disk is full', io: 'the disk gives I/O errors' } as const;

/** The journal of virtual time: nothing is written anywhere, and the clock delivers the answers. */
export class MemoryJournal implements Journal {
  readonly history: HistoryReader = {
    records: (query) => this.#find(query),
    close: () => undefined,
  };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #delayMs: { min: number; max: number };
  readonly #records: StoredRecord[];
  readonly #onFailure: ((error: JournalError) => void)[] = [];
  /** When the last append is through: answers keep their order. */
  #throughMs = 0;
  #safe: number;
  /** What is written without anybody waiting for it, oldest first: up to which record, and when it is safe. */
  readonly #writing: { readonly upTo: number; readonly atMs: number }[] = [];
  #closed = false;
  /** For faults: the disk is full or gives errors, and what is appended meanwhile is lost. */
  failing: 'full' | 'io' | null = null;

  constructor(options: MemoryJournalOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#delayMs = options.delayMs ?? { min: 0.2, max: 15 };
    this.#records = [...(options.records ?? [])];
    this.#safe = this.#records.length;
  }

  append(records: readonly JournalRecord[], options: AppendOptions = {}): void {
    const why = this.#closed ? 'it is closed' : this.failing === null ? null : DISK[this.failing];
    const failed = why !== null;
    if (!failed) {
      let seq = this.#records.at(-1)?.seq ?? 0;
      for (const record of records) this.#records.push({ ...record, seq: (seq += 1) });
    }
    const upTo = this.#records.length;
    const { durable, lazy = false } = options;
    const { min, max } = this.#delayMs;
    if (durable === undefined && !failed) {
      this.#write(upTo, Math.max(this.#throughMs, this.#clock.nowMs() + (lazy ? LAZY_MS : max)));
      return;
    }
    this.#throughMs = Math.max(this.#throughMs, this.#clock.nowMs() + this.#random.between(min, max));
    this.#clock.at(this.#throughMs, 'journal durable', () => {
      if (!failed) this.#safe = Math.max(this.#safe, upTo);
      const error = failed
        ? new JournalError('journal_failed', `the journal could not be written: ${why}`)
        : null;
      durable?.(error);
      if (error !== null) for (const listener of this.#onFailure) listener(error);
    });
  }

  onFailure(listener: (error: JournalError) => void): void {
    this.#onFailure.push(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#safe = this.#records.length;
    return Promise.resolve();
  }

  /** For faults: what is appended from now on is answered for in `ms` at the earliest. */
  stall(ms: number): void {
    this.#throughMs = Math.max(this.#throughMs, this.#clock.nowMs() + ms);
  }

  /**
   * For faults: what a crash now would leave: all that was answered for or has had its time, and by chance some of what
   * has not; none of it where the first record of that is `torn`, since nothing behind that can be read.
   */
  crash(torn = false): readonly StoredRecord[] {
    this.#settle();
    const kept = this.#random.int(this.#safe, this.#records.length);
    return this.#records.slice(0, torn ? this.#safe : kept);
  }

  /** Whatever still waits is written with what cannot wait so long. */
  #write(upTo: number, atMs: number): void {
    this.#settle();
    while ((this.#writing.at(-1)?.atMs ?? -Infinity) >= atMs) this.#writing.pop();
    this.#writing.push({ upTo, atMs });
  }

  /** What has been written meanwhile is safe. */
  #settle(): void {
    const nowMs = this.#clock.nowMs();
    for (let [next] = this.#writing; next !== undefined && next.atMs <= nowMs; [next] = this.#writing) {
      this.#safe = Math.max(this.#safe, next.upTo);
      this.#writing.shift();
    }
  }

  #find(query: HistoryQuery): readonly StoredRecord[] {
    const found = this.#records.filter((record) => fits(record, query));
    const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(query.limit)));
    return query.take === 'first' ? found.slice(0, limit) : found.slice(-limit);
  }
}

function fits(record: StoredRecord, query: HistoryQuery): boolean {
  return (
    (query.types?.includes(record.type) ?? true) &&
    (query.station === undefined || record.station === query.station) &&
    (query.session === undefined || record.session === query.session) &&
    (query.person === undefined || personOf(record) === query.person) &&
    (query.afterSeq === undefined || record.seq > query.afterSeq) &&
    (query.beforeSeq === undefined || record.seq < query.beforeSeq)
  );
}

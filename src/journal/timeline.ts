import type { HistoryReader, StoredRecord } from './journal.ts';

/** How many runs of the controller are looked back over; what is older has only its wall time. */
const MAX_RUNS = 500;

/** The moment that this run of the controller begins, by both clocks, milliseconds. */
export interface RunStart {
  readonly atMs: number;
  readonly wallMs: number;
}

interface PastRun {
  readonly boot: string;
  /** Its last record. */
  readonly last: StoredRecord;
  /** From that record to the beginning of this run, milliseconds. */
  readonly sinceMs: number;
}

/**
 * Puts what earlier runs of the controller recorded on this run's monotonic clock, so that a wall clock that was set
 * while one of them ran makes nothing look older or younger. Between two runs nobody measured, and wall time is all
 * there is: set forward meanwhile it lets time seem to have passed, which no journal can tell.
 */
export class Timeline {
  readonly #history: HistoryReader;
  readonly #start: RunStart;
  #runs: ReadonlyMap<string, PastRun> | null = null;

  constructor(history: HistoryReader, start: RunStart) {
    this.#history = history;
    this.#start = start;
  }

  /** When the record was written, in monotonic time of this run: before its beginning, and often below zero. */
  atMs(record: { readonly boot: string; readonly atMs: number; readonly wallMs: number }): number {
    this.#runs ??= pastRuns(this.#history, this.#start);
    const run = this.#runs.get(record.boot);
    const agoMs =
      run === undefined
        ? this.#start.wallMs - record.wallMs
        : run.sinceMs + Math.max(0, run.last.atMs - record.atMs);
    return this.#start.atMs - Math.max(0, agoMs);
  }
}

function pastRuns(history: HistoryReader, start: RunStart): ReadonlyMap<string, PastRun> {
  const begins = history.records({ types: ['boot'], limit: MAX_RUNS });
  const runs = new Map<string, PastRun>();
  let next: { readonly wallMs: number; readonly seq: number | null } = { wallMs: start.wallMs, seq: null };
  let laterMs = 0;
  for (const begin of begins.toReversed()) {
    const before = next.seq === null ? {} : { beforeSeq: next.seq };
    const [found] = history.records({ ...before, limit: 1 });
    const last = found?.boot === begin.boot ? found : begin;
    const sinceMs = laterMs + Math.max(0, next.wallMs - Date.parse(last.at));
    runs.set(begin.boot, { boot: begin.boot, last, sinceMs });
    laterMs = sinceMs + Math.max(0, last.atMs - begin.atMs);
    next = { wallMs: Date.parse(begin.at), seq: begin.seq };
  }
  return runs;
}

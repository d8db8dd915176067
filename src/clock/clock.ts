/** A promise to call back. Cancelling one that has run is allowed and does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The one source of time. `nowMs` is monotonic and is what every deadline is written in; `wallMs` is for schedules
 * and display only. Each timer has a name, so that a stuck one can be told.
 */
export interface Clock {
  nowMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  wallMs(): number;
  /** Calls back once when `nowMs() >= atMs`, never before and never synchronously. */
  at(atMs: number, name: string, callback: () => void): Timer;
}

/** Some time on the wall: epoch milliseconds, without the last of them. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the calendars of a desk say. */
export interface CalendarNews {
  /** When somebody is busy; what was known before is replaced. null: nothing new is known, and what was known holds on. */
  readonly spans: readonly Span[] | null;
  /** What is wrong, for people, with what to do; null: nothing. */
  readonly trouble: string | null;
}

/** One calendar of a desk, checked. */
export interface CalendarSettings {
  /** The absolute path of a file (ICS), or an address with http: or https:, which is a secret as a rule. */
  readonly from: string;
  /** How often a server is asked, milliseconds. */
  readonly everyMs: number;
}

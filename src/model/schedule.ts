import { HOUR_MS, MINUTE_MS } from './units.ts';

/** When reminders are due, as data: what a `schedule:` entry of the config comes to. */

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A stretch of the day, minutes after midnight by the clock on the wall; over midnight where `toMin <= fromMin`. */
export interface DayWindow {
  readonly fromMin: number;
  readonly toMin: number;
}

/** On which days; a window that goes over midnight belongs to the day that it begins on. */
interface OnDays {
  /** IANA. */
  readonly zone: string;
  /** At least one. */
  readonly days: readonly Weekday[];
}

export type Rule =
  /** After each `everyMs` of sitting within the window: counted from its beginning, the last answer, or coming back. */
  | (OnDays & { readonly kind: 'every'; readonly everyMs: number; readonly between: DayWindow })
  /** At fixed times of the day. `dates` (YYYY-MM-DD) leaves all others out; null: any date. */
  | (OnDays & {
      readonly kind: 'at';
      readonly timesMin: readonly number[];
      readonly dates: readonly string[] | null;
    });

const EXPIRE_INTERVAL_MS = 30 * MINUTE_MS;
const EXPIRE_TIME_MS = HOUR_MS;

/** How long what is due waits before it is missed, where nobody says otherwise. Milliseconds. */
export const usualExpiryMs = (rule: Rule): number =>
  rule.kind === 'at' ? EXPIRE_TIME_MS : Math.min(rule.everyMs / 2, EXPIRE_INTERVAL_MS);

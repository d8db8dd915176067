import type { DeskSettings } from '../../model/desk.ts';
import type { DayWindow } from '../../model/schedule.ts';
import { WEEKDAYS } from '../../model/schedule.ts';
import { DAY_MS, MINUTE_MS } from '../../model/units.ts';

/** Minutes in a day. */
const DAY_MIN = DAY_MS / MINUTE_MS;
const EARLY_MIN = 45;
const LATE_MIN = 60;
/** Clocks anywhere are set on a quarter of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;

/** What the clock on the wall of a desk shows, worked out apart from what plans its reminders. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  #quarter = NaN;
  #local = { minute: 0, weekday: 0 };

  constructor(zone: string) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    this.#format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...parts });
  }

  /** Minutes after midnight, and the day of the week: 0 is Monday. */
  at(wallMs: number): { readonly minute: number; readonly weekday: number } {
    const quarter = Math.floor(wallMs / QUARTER_MS);
    if (quarter !== this.#quarter) {
      const of = new Map(
        this.#format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]),
      );
      const weekday = WEEKDAYS.findIndex((day) => day === of.get('weekday')?.toLowerCase());
      this.#quarter = quarter;
      this.#local = { minute: Number(of.get('hour')) * 60 + Number(of.get('minute')), weekday };
    }
    const { minute, weekday } = this.#local;
    return { minute: minute + Math.floor((wallMs - quarter * QUARTER_MS) / MINUTE_MS), weekday };
  }
}

/** A stretch of the days of a rule. */
interface Stretch {
  readonly fromMin: number;
  readonly lengthMin: number;
  /** 0 is Monday. */
  readonly days: readonly number[];
}

/** When anybody is at work at a desk, and when anything may be shown there, as its config has it. */
export class DeskHours {
  readonly #clock: WallClock;
  readonly #work: readonly Stretch[];
  readonly #shown: readonly Stretch[];
  readonly #quiet: DayWindow | null;

  constructor({ zone, reminders, quietHours }: DeskSettings) {
    this.#clock = new WallClock(zone);
    this.#quiet = quietHours;
    const stretches = reminders.flatMap(({ rule, expireMs }) => {
      const days = rule.days.map((day) => WEEKDAYS.indexOf(day));
      const expireMin = Math.ceil(expireMs / MINUTE_MS);
      const windows =
        rule.kind === 'every'
          ? [{ fromMin: rule.between.fromMin, lengthMin: lengthOf(rule.between) }]
          : rule.timesMin.map((fromMin) => ({ fromMin, lengthMin: 0 }));
      return windows.map((window) => ({ ...window, days, expireMin }));
    });
    // Whoever works there comes earlier and stays later than they want to be reminded.
    this.#work = stretches.map((one) => ({
      ...one,
      fromMin: (one.fromMin - EARLY_MIN + DAY_MIN) % DAY_MIN,
      lengthMin: EARLY_MIN + one.lengthMin + LATE_MIN,
    }));
    // What is due at the end of a window may wait as long as it lives.
    this.#shown = stretches.map((one) => ({ ...one, lengthMin: one.lengthMin + one.expireMin + 1 }));
  }

  isWork(wallMs: number): boolean {
    return this.#isIn(this.#work, wallMs);
  }

  /** Something may begin to be shown. */
  mayShow(wallMs: number): boolean {
    const { minute } = this.#clock.at(wallMs);
    const quiet =
      this.#quiet !== null && (minute - this.#quiet.fromMin + DAY_MIN) % DAY_MIN < lengthOf(this.#quiet);
    return !quiet && this.#isIn(this.#shown, wallMs);
  }

  #isIn(stretches: readonly Stretch[], wallMs: number): boolean {
    const { minute, weekday } = this.#clock.at(wallMs);
    return stretches.some(({ fromMin, lengthMin, days }) => {
      const sinceMin = (minute - fromMin + DAY_MIN) % DAY_MIN;
      if (sinceMin > lengthMin) return false;
      // Over midnight it belongs to the day on which it began.
      const began = minute >= fromMin ? weekday : (weekday + 6) % 7;
      return days.includes(began);
    });
  }
}

function lengthOf({ fromMin, toMin }: DayWindow): number {
  return (toMin - fromMin + DAY_MIN) % DAY_MIN || DAY_MIN;
}

/** The same desk for somebody whose day begins later: schedule and quiet hours are moved with them. */
export function shifted(desk: DeskSettings, byMin: number): DeskSettings {
  const move = (min: number): number => (min + byMin) % DAY_MIN;
  const window = ({ fromMin, toMin }: DayWindow): DayWindow => ({
    fromMin: move(fromMin),
    toMin: move(toMin),
  });
  return {
    ...desk,
    quietHours: desk.quietHours === null ? null : window(desk.quietHours),
    reminders: desk.reminders.map((one) => ({
      ...one,
      rule:
        one.rule.kind === 'every'
          ? { ...one.rule, between: window(one.rule.between) }
          : { ...one.rule, timesMin: one.rule.timesMin.map(move) },
    })),
  };
}

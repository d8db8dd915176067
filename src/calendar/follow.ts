import type { Clock, Timer } from '../clock/clock.ts';
import type { CalendarNews, CalendarSettings, Span } from '../model/calendar.ts';
import { messageOf } from '../model/errors.ts';
import type { Log } from '../model/log.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/units.ts';
import type { BusyTimes, Window } from './busy-times.ts';
import { isCalendar } from './ics.ts';
import { getAddress, isAddress, nameOf } from './source.ts';
import type { Got, Had } from './source.ts';

/** So far ahead, and back, meetings are worked out; and again each quarter of a day, as time goes on. */
const AHEAD_MS = 8 * DAY_MS;
const BACK_MS = DAY_MS;
const AGAIN_MS = 6 * HOUR_MS;
/** A file is looked at this often. */
const FILE_MS = 30 * SECOND_MS;
/** A server that failed is asked again after this, then after twice that, and so on up to its usual interval. */
const RETRY_MS = MINUTE_MS;
/** What could not be read is not tried again before, unless it has changed: that may cost a minute of a core. */
const SAME_MS = HOUR_MS;
const SHOWN_PROBLEMS = 3;

/** What is worked out at a time on the wall. */
export const windowAt = (wallMs: number, zone: string): Window => ({
  ...{ fromMs: wallMs - BACK_MS, toMs: wallMs + AHEAD_MS, zone },
});

export interface FollowOptions {
  readonly clock: Clock;
  /** Real time: how long a server may take. */
  readonly network: Clock;
  readonly log: Log;
  readonly file: (file: string, had: Had | null) => Promise<Got>;
  readonly read: (text: string, window: Window) => Promise<BusyTimes>;
  /** Where times without a zone are meant, IANA. */
  readonly zone: string;
}

/** Follows the calendars of one desk: reads each when it changes, and tells when somebody is busy. */
export class Calendars {
  readonly #sources: readonly Source[];
  readonly #tell: (news: CalendarNews) => void;

  constructor(
    settings: readonly CalendarSettings[],
    options: FollowOptions,
    tell: (news: CalendarNews) => void,
  ) {
    this.#tell = tell;
    this.#sources = settings.map(
      (one) =>
        new Source(one, options, () => {
          this.#changed();
        }),
    );
  }

  close(): void {
    for (const source of this.#sources) source.close();
  }

  /** What all of them say. One that was never read says nothing, and takes nothing from the others. */
  #changed(): void {
    const known = this.#sources.map(({ spans }) => spans).filter((spans) => spans !== null);
    const troubles = this.#sources.map(({ trouble }) => trouble).filter((trouble) => trouble !== null);
    this.#tell({
      spans: known.length === 0 ? null : known.flat(),
      trouble: troubles.length === 0 ? null : troubles.join('; '),
    });
  }
}

class Source {
  spans: readonly Span[] | null = null;
  trouble: string | null = null;
  readonly #settings: CalendarSettings;
  readonly #options: FollowOptions;
  readonly #changed: () => void;
  readonly #closing = new AbortController();
  #had: Had | null = null;
  /** What it said last, and what was wrong with that when it was worked out. */
  #latest: { readonly text: string; readonly why: string | null; readonly atMs: number } | null = null;
  /** What it said last that could be read. */
  #good: string | null = null;
  /** When it was worked out last, by the clock on the wall. */
  #readWallMs = -Infinity;
  #failures = 0;
  #timer: Timer | null = null;
  #closed = false;
  /** What stands in the log of it already. */
  #logged = '';

  constructor(settings: CalendarSettings, options: FollowOptions, changed: () => void) {
    this.#settings = settings;
    this.#options = options;
    this.#changed = changed;
    this.#in(0);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#closing.abort(new Error('no longer of interest'));
  }

  #in(ms: number): void {
    const { clock } = this.#options;
    if (this.#closed) return;
    this.#timer = clock.at(clock.nowMs() + ms, 'calendar', () => {
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const trouble = await this.#get();
    if (this.#closed) return;
    if (trouble !== null) {
      this.#failures += 1;
      if (this.trouble !== trouble)
        this.#options.log.warn({ calendar: nameOf(this.#settings.from), trouble }, 'calendar not read');
    } else this.#failures = 0;
    const isNew = this.trouble !== trouble;
    this.trouble = trouble;
    if (isNew) this.#changed();
    const { from, everyMs } = this.#settings;
    const usualMs = isAddress(from) ? everyMs : FILE_MS;
    this.#in(
      this.#failures === 0 ? usualMs : Math.min(usualMs, RETRY_MS * 2 ** Math.min(10, this.#failures - 1)),
    );
  }

  /** What is wrong, for people; null: nothing, and what it says is known. */
  async #get(): Promise<string | null> {
    const { from } = this.#settings;
    const { network, file } = this.#options;
    let trouble: string | null = null;
    try {
      const { signal: closing } = this.#closing;
      const got = await (isAddress(from)
        ? getAddress(from, this.#had, { clock: network, closing })
        : file(from, this.#had));
      if (got !== null) {
        this.#had = got.had;
        if (got.text !== this.#latest?.text) {
          await this.#workOut(got.text);
          return this.#latest?.why ?? null;
        }
      }
    } catch (error) {
      trouble = `the calendar at ${nameOf(from)} cannot be read: ${messageOf(error)}`;
    }
    await this.#readAgain();
    return trouble ?? this.#latest?.why ?? null;
  }

  async #workOut(text: string): Promise<void> {
    const why = await this.#read(text);
    this.#latest = { text, why, atMs: this.#options.clock.nowMs() };
    // What is no calendar at all takes nothing away from what was known.
    if (why === null) this.#good = text;
  }

  /** It says the same: that is worked out again as time goes on, and seldom where it could not be. */
  async #readAgain(): Promise<void> {
    const { clock } = this.#options;
    const latest = this.#latest;
    if (latest !== null && latest.why !== null && clock.nowMs() - latest.atMs >= SAME_MS) {
      await this.#workOut(latest.text);
      return;
    }
    const agoMs = clock.wallMs() - this.#readWallMs;
    if (this.#good === null || (agoMs >= 0 && agoMs < AGAIN_MS)) return;
    if (this.#good === latest?.text) await this.#workOut(this.#good);
    else await this.#read(this.#good);
  }

  /** null: it was read, but for single events perhaps, which are told in the log. */
  async #read(text: string): Promise<string | null> {
    const { clock, zone, read } = this.#options;
    const calendar = nameOf(this.#settings.from);
    const wallMs = clock.wallMs();
    // However it ends: what takes long is not tried all the time.
    this.#readWallMs = wallMs;
    try {
      const { spans, problems } = await read(text, windowAt(wallMs, zone));
      const told = problems.slice(0, SHOWN_PROBLEMS).map(({ line, message }) => `line ${line}: ${message}`);
      this.#logProblems(calendar, problems.length, told);
      if (!isCalendar(text)) return `the calendar at ${calendar} cannot be read: ${told[0] ?? ''}`;
      if (this.#closed) return null;
      this.spans = spans;
      this.#changed();
      return null;
    } catch (error) {
      return `the calendar at ${calendar} cannot be read: ${messageOf(error)}`;
    }
  }

  /** Once, and not each time that the same file is read again. */
  #logProblems(calendar: string, problems: number, told: readonly string[]): void {
    const text = told.join('; ');
    if (text !== '' && text !== this.#logged)
      this.#options.log.warn({ calendar, problems, told }, 'calendar read in part');
    this.#logged = text;
  }
}

import type { Clock, Timer } from '../clock/clock.ts';
import type { CalendarNews, CalendarSettings, Span } from '../model/calendar.ts';
import { messageOf } from '../model/errors.ts';
import type { Log } from '../model/log.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/units.ts';
import type { ReadCalendar } from './read.ts';
import { getAddress, getFile, isAddress, nameOf } from './source.ts';
import type { Had } from './source.ts';

/** So far ahead, and back, meetings are worked out; and again each quarter of a day, as time goes on. */
const AHEAD_MS = 8 * DAY_MS;
const BACK_MS = DAY_MS;
const AGAIN_MS = 6 * HOUR_MS;
/** A file is looked at this often: that costs nothing. */
const FILE_MS = 30 * SECOND_MS;
/** A server that failed is asked again after this, then after twice that, and so on up to its usual interval. */
const RETRY_MS = MINUTE_MS;
/** What could not be read is not tried again before, unless it has changed: that may cost half a minute of a core. */
const SAME_MS = HOUR_MS;
const SHOWN_PROBLEMS = 3;

export interface FollowOptions {
  readonly clock: Clock;
  /** Real time: how long a server may take. */
  readonly network: Clock;
  readonly log: Log;
  readonly read: ReadCalendar;
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
  #had: Had | null = null;
  #text: string | null = null;
  /** What was no calendar, and why. */
  #refused: { readonly text: string; readonly why: string; readonly atMs: number } | null = null;
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
    const { clock, network } = this.#options;
    let trouble: string | null = null;
    try {
      const got = await (isAddress(from)
        ? getAddress(from, this.#had, network)
        : getFile(from, this.#had, network));
      if (got !== null) {
        const before = this.#refused;
        if (before?.text === got.text && clock.nowMs() - before.atMs < SAME_MS) return before.why;
        const why = await this.#read(got.text);
        this.#refused = why === null ? null : { text: got.text, why, atMs: clock.nowMs() };
        // What is no calendar at all takes nothing away from what was known.
        if (why !== null) return why;
        this.#had = got.had;
        this.#text = got.text;
        return null;
      }
    } catch (error) {
      trouble = `the calendar at ${nameOf(from)} cannot be read: ${messageOf(error)}`;
    }
    const agoMs = clock.wallMs() - this.#readWallMs;
    if (this.#text !== null && (agoMs < 0 || agoMs >= AGAIN_MS)) await this.#read(this.#text);
    return trouble;
  }

  /** null: it was read, but for single events perhaps, which are told in the log. */
  async #read(text: string): Promise<string | null> {
    const { clock, zone, read } = this.#options;
    const calendar = nameOf(this.#settings.from);
    const wallMs = clock.wallMs();
    try {
      const { spans, problems } = await read(text, {
        fromMs: wallMs - BACK_MS,
        toMs: wallMs + AHEAD_MS,
        zone,
      });
      const told = problems.slice(0, SHOWN_PROBLEMS).map(({ line, message }) => `line ${line}: ${message}`);
      this.#logProblems(calendar, problems.length, told);
      if (!/^\uFEFF?BEGIN:VCALENDAR/i.test(text))
        return `the calendar at ${calendar} cannot be read: ${told[0] ?? ''}`;
      if (this.#closed) return null;
      this.#readWallMs = wallMs;
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

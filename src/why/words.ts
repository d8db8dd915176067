import type { Source } from '../model/command.ts';
import type { Hindrance } from '../model/desk.ts';
import { HINDRANCES } from '../model/desk.ts';
import { SOURCES } from '../model/command.ts';
import { clockText, dateOf, localOf } from '../schedule/zone.ts';

/** Who said something, as it stands behind "by" and "from". */
const SOURCE_TEXT: Readonly<Record<Source, string>> = {
  button: 'the button',
  page: 'the page',
  cli: 'the command line',
  mqtt: 'a program over MQTT',
  http: 'a program over HTTP',
  schedule: 'the schedule',
};

/** What stands in a record may be of a newer version: it is told as it stands. */
export function sourceText(source: string | null | undefined): string {
  const known = SOURCES.find((one) => one === source);
  return known === undefined ? (source ?? 'nobody that the journal names') : SOURCE_TEXT[known];
}

/** What spoke against a cue, in the past tense. Who asked for quiet, and the like, is told beside it. */
const HINDRANCE_TEXT: Readonly<Record<Hindrance, string>> = {
  quiet: 'quiet had been asked for',
  quiet_hours: 'these were the quiet hours of the config',
  meeting: 'a meeting of the calendar was under way, or another was about to begin',
  busy: 'a device had said that nobody wanted to be disturbed',
  bath: 'a session was under way at a bath',
  away: 'nobody was there',
  just_back: 'somebody had come back less than five minutes before',
  settling:
    'it had been put out, and what spoke against it had ended less than five minutes before; or Ebb had only just begun, and its sensors had said nothing yet',
  ignored:
    'nobody had answered the last three, so no more came that day until somebody pressed or commanded anything',
  hours: 'it is for other hours of the day',
  not_for_me: 'somebody had said that it is not for them',
  another: 'another one was shown or put off, had been shown less than 30 min before, or an exercise was led',
};

export function hindranceText(hindrance: string): string {
  const known = HINDRANCES.find((one) => one === hindrance);
  return known === undefined ? `of "${hindrance}"` : HINDRANCE_TEXT[known];
}

/** Times for people, by the clock of the home. */
export class Times {
  readonly zone: string;

  constructor(zone: string) {
    this.zone = zone;
  }

  /** `2026-03-02 14:30:07`. */
  full(at: string): string {
    const local = localOf(this.zone, Date.parse(at));
    return `${dateOf(local)} ${new Date(local).toISOString().slice(11, 19)}`;
  }

  /** `14:30`, with its date where it is another day than that of `beside`. */
  short(at: string, beside: string): string {
    const [atMs, besideMs] = [Date.parse(at), Date.parse(beside)];
    const [date, other] = [atMs, besideMs].map((ms) => dateOf(localOf(this.zone, ms)));
    return `${clockText(this.zone, atMs)}${date === other ? '' : ` on ${date ?? ''}`}`;
  }
}

import { z } from 'zod';
import type { StoredRecord } from '../journal/index.ts';
import { formatDuration } from '../model/units.ts';
import { commonSentence } from './common.ts';
import type { Reason, Sentence } from './sentence.ts';
import { numberOf, sentence, textOf } from './sentence.ts';
import { hindranceText, sourceText } from './words.ts';
import type { Times } from './words.ts';

/** What the journal has said so far, as far as it explains what comes after. */
interface Known {
  quiet: StoredRecord | null;
  /** Sessions at the baths that began and did not end. */
  readonly baths: Map<string, StoredRecord>;
  /** What was last shown, put off or over of each reminder. */
  readonly last: Map<string, StoredRecord>;
  shown: StoredRecord | null;
  exercise: StoredRecord | null;
  /** Of each device that says so now. */
  readonly busy: Map<string, StoredRecord>;
  /** Missed ones in a row that were shown. */
  ignored: StoredRecord[];
}

export interface DeskAbout {
  readonly station: string;
  /** null: all of the desk. */
  readonly reminder: string | null;
  /** What people call a protocol. */
  readonly title: (protocol: string) => string;
  readonly times: Times;
}

/** The desk's records in words, oldest first. */
export function deskSentences(records: readonly StoredRecord[], about: DeskAbout): readonly Sentence[] {
  const known: Known = {
    ...{ quiet: null, shown: null, exercise: null },
    ...{ baths: new Map(), busy: new Map(), last: new Map(), ignored: [] },
  };
  return records.flatMap((record) => {
    const told = isAbout(record, about) ? tell(record, known, about) : null;
    learn(record, known, about);
    return told === null ? [] : [told];
  });
}

function isAbout(record: StoredRecord, { station, reminder }: DeskAbout): boolean {
  if (record.station !== station) return record.station === null;
  return reminder === null || !['reminder', 'planned'].includes(record.type)
    ? true
    : textOf(record, 'reminder') === reminder;
}

function learn(record: StoredRecord, known: Known, { station }: DeskAbout): void {
  const { type, session } = record;
  if (type === 'start' && session !== null) known.baths.set(session, record);
  if (type === 'end' && session !== null) known.baths.delete(session);
  if (record.station !== station) return;
  if (type === 'quiet') known.quiet = textOf(record, 'until') === null ? null : record;
  if (type === 'busy') {
    if (record.body['busy'] === true) known.busy.set(textOf(record, 'device') ?? '', record);
    else known.busy.delete(textOf(record, 'device') ?? '');
  }
  if (type === 'guide') known.exercise = textOf(record, 'event') === 'started' ? record : null;
  if (type !== 'reminder') return;
  const event = textOf(record, 'event');
  known.last.set(textOf(record, 'reminder') ?? '', record);
  if (event === 'shown') known.shown = record;
  if (event === 'missed' && record.body['shown'] === true && record.body['waits_for'] === null)
    known.ignored.push(record);
  if (event === 'done' || event === 'skipped' || event === 'snoozed') known.ignored = [];
}

function tell(record: StoredRecord, known: Known, about: DeskAbout): Sentence | null {
  const { times } = about;
  switch (record.type) {
    case 'reminder':
      return tellReminder(record, known, about);
    case 'planned':
      return sentence(record, plannedText(record, about));
    case 'quiet': {
      const until = textOf(record, 'until');
      const by = sourceText(textOf(record, 'source'));
      return sentence(
        record,
        until === null
          ? `The quiet was ended by ${by}.`
          : `Quiet until ${times.short(until, record.at)} was asked for by ${by}.`,
      );
    }
    case 'not_for_me':
      return sentence(record, notForMeText(record, about));
    case 'busy':
      return sentence(record, busyText(record));
    case 'calendar':
      return sentence(record, calendarText(record));
    case 'guide':
      return sentence(record, guideText(record, about));
    default:
      return commonSentence(record);
  }
}

function tellReminder(record: StoredRecord, known: Known, about: DeskAbout): Sentence {
  const title = about.title(textOf(record, 'protocol') ?? textOf(record, 'reminder') ?? '');
  const before = known.last.get(textOf(record, 'reminder') ?? '') ?? null;
  const waits = textOf(record, 'waits_for');
  const why = waits === null ? null : hindered(waits, record, known, about);
  const source = textOf(record, 'source');
  switch (textOf(record, 'event')) {
    case 'due':
      if (why === null) return sentence(record, `${title} was due.`);
      return sentence(record, `${title} was due and was not shown: ${why.text}.`, why.from);
    case 'waits': {
      const wasShown = before !== null && textOf(before, 'event') === 'shown';
      const what = wasShown ? 'was taken away again' : 'went on waiting';
      return sentence(record, `${title} ${what}: ${why?.text ?? NOT_SAID}.`, why?.from);
    }
    case 'shown':
      return shown(record, title, before);
    case 'snoozed': {
      const until = textOf(record, 'until');
      const left = numberOf(record, 'left') ?? 0;
      const to = until === null ? '' : ` until ${about.times.short(until, record.at)}`;
      return sentence(
        record,
        `${title} was put off${to} by ${sourceText(source)}; it could be put off ${left === 1 ? 'once more' : `${left} more times`}.`,
      );
    }
    case 'done':
      if (source === 'presence')
        return sentence(
          record,
          `${title} counted as done: nobody was there for five minutes, and that is moving enough.`,
        );
      return sentence(
        record,
        `${title} was done: so ${sourceText(source)} said${record.body['shown'] === true ? '' : ', without its having been shown'}.`,
      );
    case 'skipped':
      return sentence(record, `${title} was skipped by ${sourceText(source)}.`);
    case 'missed':
      return missed(record, title, why);
    default:
      return sentence(record, `${title}: ${textOf(record, 'event') ?? ''}.`);
  }
}

const NOT_SAID = 'the journal does not say why';

function shown(record: StoredRecord, title: string, before: StoredRecord | null): Sentence {
  const unreached = record.body['unreached'];
  const lost = Array.isArray(unreached) ? unreached.map(String).join(' and ') : '';
  const but = lost === '' ? '' : `, but ${lost} could not be reached then`;
  if (textOf(record, 'level') === 'sound')
    return sentence(record, `${title} was sounded, since nobody had answered the light${but}.`);
  const event = before === null ? null : textOf(before, 'event');
  const waited =
    before !== null && (event === 'due' || event === 'waits') ? textOf(before, 'waits_for') : null;
  if (waited !== null && before !== null)
    return sentence(record, `${title} was shown: what it had waited for was over (${waited})${but}.`, [
      before,
    ]);
  const again = event === 'snoozed' && before !== null ? [before] : [];
  return sentence(
    record,
    `${title} was shown${again.length > 0 ? ' again after it was put off' : ''}${but}.`,
    again,
  );
}

function missed(record: StoredRecord, title: string, why: Reason | null): Sentence {
  const reason = textOf(record, 'why');
  if (reason !== null) {
    const times = numberOf(record, 'count') ?? 1;
    const what = times === 1 ? 'was missed' : `was missed ${times} times`;
    return sentence(record, `${title} ${what}: ${reason}. What is over is not made up for.`);
  }
  if (why !== null)
    return sentence(
      record,
      `${title} was missed: ${record.body['shown'] === true ? 'nobody answered while it was shown, and then ' : ''}until its time was over it waited, since ${why.text}.`,
      why.from,
    );
  const text = record.body['shown'] === true ? 'it was shown, and nobody answered' : NOT_SAID;
  return sentence(record, `${title} was missed: ${text}.`);
}

/** What spoke against a cue, with whatever the journal knows of it. */
function hindered(waits: string, record: StoredRecord, known: Known, { times, title }: DeskAbout): Reason {
  const text = hindranceText(waits);
  const short = (at: string): string => times.short(at, record.at);
  if (waits === 'quiet' && known.quiet !== null) {
    const { quiet } = known;
    const until = textOf(quiet, 'until') ?? '';
    const by = sourceText(textOf(quiet, 'source'));
    return { text: `${text} until ${short(until)}, by ${by} at ${short(quiet.at)}`, from: [quiet] };
  }
  if (waits === 'busy' && known.busy.size > 0) {
    const said = [...known.busy].map(([device, { at }]) => `${device} at ${short(at)}`).join(' and ');
    return { text: `${text} (${said})`, from: [...known.busy.values()] };
  }
  if (waits === 'bath') {
    const baths = [...known.baths.values()];
    const where = baths.map(({ station, at }) => `${station ?? ''} since ${short(at)}`).join(' and ');
    return { text: where === '' ? text : `${text} (${where})`, from: baths };
  }
  if (waits === 'ignored') return { text, from: known.ignored.slice(-3) };
  if (waits === 'another') {
    const { exercise, shown: other } = known;
    if (exercise !== null)
      return { text: `${title(textOf(exercise, 'protocol') ?? '')} was being led`, from: [exercise] };
    if (other !== null && textOf(other, 'reminder') !== textOf(record, 'reminder')) {
      const name = title(textOf(other, 'protocol') ?? '');
      return {
        text: `${name} had been shown at ${short(other.at)}, and there is one in half an hour`,
        from: [other],
      };
    }
  }
  return { text, from: [] };
}

const FROM_TEXT: Readonly<Record<string, string>> = {
  start: 'the controller began',
  done: 'the last one was done',
  skipped: 'the last one was skipped',
  missed: 'the last one was missed',
  back: 'somebody came back',
  slept: 'the computer woke',
  hours: 'its hours begin',
};

const leftOutSchema = z.object({ protocols: z.array(z.string()), off: z.boolean() });

function notForMeText(record: StoredRecord, { title }: DeskAbout): string {
  const said = leftOutSchema.safeParse(record.body).data;
  const what = (said?.protocols ?? []).map(title).join(' and ');
  const by = sourceText(textOf(record, 'source'));
  return said?.off === true
    ? `That ${what} is not for them was taken back by ${by}.`
    : `That ${what} is not for them was said by ${by}.`;
}

export function plannedText(record: StoredRecord, { title, times }: DeskAbout): string {
  const name = title(textOf(record, 'protocol') ?? textOf(record, 'reminder') ?? '');
  const due = textOf(record, 'due_at');
  if (due === null && textOf(record, 'from') === 'not_for_me')
    return `${name} was not planned any more: somebody had said that it is not for them.`;
  if (due === null) return `${name} was not planned any more: its schedule has no other time.`;
  const [since, from] = [textOf(record, 'since'), textOf(record, 'from')];
  const why =
    since === null || from === null
      ? ', a time of its schedule'
      : `, ${formatDuration(Date.parse(due) - Date.parse(since))} after ${times.short(since, record.at)}, when ${FROM_TEXT[from] ?? from}`;
  return `${name} was planned for ${times.short(due, record.at)}${why}.`;
}

function busyText(record: StoredRecord): string {
  const device = textOf(record, 'device') ?? 'a device';
  const why = textOf(record, 'why');
  if (record.body['busy'] === true) return `${device} said that nobody wants to be disturbed.`;
  return why === null ? `${device} said that disturbing is all right again.` : `${device}: ${why}.`;
}

function calendarText(record: StoredRecord): string {
  const trouble = textOf(record, 'trouble');
  return trouble === null
    ? 'The calendars could be read again.'
    : `A calendar could not be read: ${trouble}.`;
}

function guideText(record: StoredRecord, { title }: DeskAbout): string {
  const { result } = record.body;
  if (textOf(record, 'event') === 'started')
    return `${title(textOf(record, 'protocol') ?? '')} began to be led, started from ${sourceText(textOf(record, 'source'))}.`;
  const ended = typeof result === 'object' && result !== null && !Array.isArray(result) ? result : {};
  const of = (name: string): string => {
    const value: unknown = Object.entries(ended).find(([key]) => key === name)?.[1];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const how =
    of('reason') === 'completed'
      ? `was done, as ${sourceText(of('source'))} said, and counts`
      : of('reason') === 'no_answer'
        ? 'was led to its end and nobody pressed, so it does not count'
        : `was broken off by ${sourceText(of('source'))}`;
  return `${title(of('protocol'))} ${how} (${of('repetitions')} repetitions were led).`;
}

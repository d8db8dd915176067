import type { StoredRecord } from '../journal/index.ts';
import { refusedText } from './common.ts';
import { plannedText } from './desk.ts';
import type { DeskAbout } from './desk.ts';
import { refsOf, textOf } from './sentence.ts';
import type { Sentence } from './sentence.ts';
import type { WaterAbout } from './water.ts';
import { sourceText } from './words.ts';

/** What held at a moment, as far as the journal says: each with the records that it rests on. */
export interface Held {
  /** All records that may matter, up to the moment, oldest first. */
  readonly records: readonly StoredRecord[];
  /** Each of them in words. */
  readonly sentences: readonly Sentence[];
  /** The moment, ISO. */
  readonly at: string;
}

const say = (at: string, text: string, from: readonly StoredRecord[]): Sentence => ({
  at,
  text,
  records: refsOf(from),
});

/** Of each reminder asked for: what became of it last, and what was planned. */
export function deskHeld({ records, sentences, at }: Held, about: DeskAbout): readonly Sentence[] {
  const own = records.filter(({ station, type }) => station === about.station && OF_REMINDERS.has(type));
  const ids = new Set(own.flatMap((one) => textOf(one, 'reminder') ?? []));
  const asked = about.reminder === null ? [...ids] : [about.reminder];
  const held = asked.flatMap((id) => reminderHeld(id, own, sentences, at, about));
  return held.length > 0 ? held : [say(at, 'The journal has nothing of it from before this moment.', [])];
}

const OF_REMINDERS: ReadonlySet<string> = new Set(['reminder', 'planned', 'not_for_me']);
const OVER: ReadonlySet<string> = new Set(['done', 'skipped', 'missed']);

function reminderHeld(
  id: string,
  own: readonly StoredRecord[],
  sentences: readonly Sentence[],
  at: string,
  about: DeskAbout,
): readonly Sentence[] {
  const of = own.filter((one) => textOf(one, 'reminder') === id);
  const last = of.findLast(({ type }) => type === 'reminder');
  const plan = of.findLast(({ type }) => type === 'planned');
  const event = last === undefined ? null : textOf(last, 'event');
  const told = sentences.find(({ records: [first] }) => first?.seq === last?.seq);
  // Nothing is planned while one is under way: the plan after it is of a controller that began anew.
  const isOver = event === null || OVER.has(event) || (plan?.seq ?? 0) > (last?.seq ?? 0);
  // Under way: what was recorded last is what held.
  if (last !== undefined && told !== undefined && !isOver) {
    const since = about.times.short(last.at, at);
    return [
      {
        ...told,
        at,
        text: `${told.text.replace(/\.$/, '')} (that was at ${since}, and nothing came of it before this moment).`,
      },
    ];
  }
  const notDue = plan === undefined ? [] : planHeld(plan, own, at, about);
  const over =
    told === undefined
      ? []
      : [{ ...told, at, text: `The last of it, at ${about.times.short(told.at, at)}: ${told.text}` }];
  return [...notDue, ...over];
}

function planHeld(
  plan: StoredRecord,
  own: readonly StoredRecord[],
  at: string,
  about: DeskAbout,
): readonly Sentence[] {
  const due = textOf(plan, 'due_at');
  const text = plannedText(plan, about);
  const leftOut = textOf(plan, 'from') === 'not_for_me' ? lastLeftOut(own) : undefined;
  if (leftOut !== undefined) {
    const by = `${sourceText(textOf(leftOut, 'source'))} at ${about.times.short(leftOut.at, at)}`;
    return [say(at, `It was not due: ${text} That was said by ${by}.`, [plan, leftOut])];
  }
  if (due === null || Date.parse(due) > Date.parse(at)) return [say(at, `It was not due: ${text}`, [plan])];
  const late = `${text} The journal does not say what became of that.`;
  return [say(at, late, [plan])];
}

const lastLeftOut = (own: readonly StoredRecord[]): StoredRecord | undefined =>
  own.findLast(({ type, body }) => type === 'not_for_me' && body['off'] !== true);

/** What a station of the water did, what it was latched for, and what each valve was told last. */
export function waterHeld(
  { records, sentences, at }: Held,
  about: WaterAbout,
  short: (at: string) => string,
): readonly Sentence[] {
  const own = records.filter(({ station }) => station === about.station);
  const told = (record: StoredRecord): Sentence | undefined =>
    sentences.find(({ records: [first] }) => first?.seq === record.seq);
  const again = (record: StoredRecord, lead: string): Sentence[] => {
    const one = told(record);
    return one === undefined ? [] : [{ ...one, at, text: `${lead} ${one.text}` }];
  };
  const valves = [...new Set(own.filter(isMove).map((one) => textOf(one, 'device') ?? ''))]
    .filter((id) => about.device === null || id === about.device)
    .flatMap((id) => {
      const last = own.findLast((one) => isMove(one) && textOf(one, 'device') === id);
      return last === undefined ? [] : again(last, `The last of ${id}, at ${short(last.at)}:`);
    });
  return [...sessionHeld(own, at, short, again), ...latchHeld(own, at, short), ...valves];
}

const isMove = ({ type }: StoredRecord): boolean => type === 'open' || type === 'close';
/** What a session comes to, step by step. */
const PROGRESS: ReadonlySet<string> = new Set([
  'start',
  'continue',
  'proved',
  'begin',
  'exposed',
  'step',
  'flushed',
  'taken',
]);

function sessionHeld(
  own: readonly StoredRecord[],
  at: string,
  short: (at: string) => string,
  again: (record: StoredRecord, lead: string) => Sentence[],
): readonly Sentence[] {
  const began = own.findLast(({ type }) => type === 'start' || type === 'continue');
  const ended = own.findLast(({ type }) => type === 'end');
  const refused = own.findLast(({ type }) => type === 'refused');
  if (began !== undefined && (ended === undefined || ended.seq < began.seq)) {
    const last = own.findLast((one) => PROGRESS.has(one.type) && one.session === began.session);
    return [
      say(at, `A session was under way, begun at ${short(began.at)}.`, [began]),
      ...(last === undefined ? [] : again(last, `It had come to this at ${short(last.at)}:`)),
    ];
  }
  const none = 'No session was under way, so no water was wanted.';
  const rest =
    ended === undefined ? [say(at, none, [])] : again(ended, `${none} The last one, at ${short(ended.at)}:`);
  if (refused === undefined || (ended !== undefined && refused.seq < ended.seq)) return rest;
  return [
    ...rest,
    say(at, `The last command before was not accepted, at ${short(refused.at)}: ${refusedText(refused)}`, [
      refused,
    ]),
  ];
}

function latchHeld(
  own: readonly StoredRecord[],
  at: string,
  short: (at: string) => string,
): readonly Sentence[] {
  const trip = own.findLast(({ type, body }) => type === 'trip' && body['latched'] === true);
  const clear = own.findLast(({ type }) => type === 'clear');
  if (trip === undefined || (clear !== undefined && clear.seq > trip.seq)) return [];
  const text = `A fault was latched since ${short(trip.at)} and kept all water shut: ${textOf(trip, 'message') ?? ''} (${textOf(trip, 'code') ?? ''}).`;
  return [say(at, text, [trip])];
}

import type { HistoryReader, RecordType, StoredRecord } from '../journal/index.ts';
import { HOUR_MS } from '../model/units.ts';
import { deskSentences } from './desk.ts';
import { deskHeld, waterHeld } from './moment.ts';
import { notRunning } from './runs.ts';
import { refsOf } from './sentence.ts';
import type { Sentence } from './sentence.ts';
import { waterSentences } from './water.ts';
import { Times } from './words.ts';

export type { RecordRef, Sentence } from './sentence.ts';
export { Times } from './words.ts';
export { momentMeant } from './when.ts';

/** What is asked about: a place, one reminder of it, or one of its valves. */
export interface Question {
  readonly station: string;
  readonly kind: 'desk' | 'water';
  readonly reminder: string | null;
  readonly device: string | null;
  /** The moment; null: now. */
  readonly atMs: number | null;
}

export interface Asked {
  readonly zone: string;
  readonly nowMs: number;
  /** When the controller that runs now began; null: none runs. */
  readonly runningSinceMs: number | null;
  /** What people call a protocol. */
  readonly title: (protocol: string) => string;
  /** Sentences at most, on either side of the moment. */
  readonly limit: number;
}

/** The answer, from the journal alone: nothing in it is guessed. */
export interface Explanation {
  /** ISO. */
  readonly at: string;
  /** What held then. */
  readonly held: readonly Sentence[];
  /** What came before, and within an hour after, the latest first. */
  readonly before: readonly Sentence[];
  readonly after: readonly Sentence[];
}

/** What came of it is looked for so long after the moment. */
const AFTER_MS = HOUR_MS;
/** So many records back: more than a year of a desk, or of a bath each day. */
const LOOK_BACK = 50_000;

const EVERYWHERE: readonly RecordType[] = ['boot', 'halt', 'clock', 'taken_over'];
const OF_A_DESK: readonly RecordType[] = [
  ...EVERYWHERE,
  ...([
    'reminder',
    'planned',
    'quiet',
    'not_for_me',
    'busy',
    'calendar',
    'guide',
    'refused',
    'rebooted',
    'start',
    'end',
  ] as const),
];
const OF_WATER: readonly RecordType[] = [
  ...EVERYWHERE,
  ...([
    'start',
    'continue',
    'begin',
    'taken',
    'stop',
    'refused',
    'proved',
    'flushed',
    'flow',
    'rebooted',
  ] as const),
  ...(['exposed', 'step', 'open', 'close', 'trip', 'clear', 'symptom', 'lock', 'end'] as const),
];

/** Why something did or did not happen at a place, from the records of its journal. */
export function explain(history: HistoryReader, question: Question, asked: Asked): Explanation {
  const types = question.kind === 'desk' ? OF_A_DESK : OF_WATER;
  const records = history.records({ types, limit: LOOK_BACK });
  const times = new Times(asked.zone);
  const atMs = question.atMs ?? asked.nowMs;
  const at = new Date(atMs).toISOString();
  const about = { ...question, times, title: asked.title };
  const sentences = question.kind === 'desk' ? deskSentences(records, about) : waterSentences(records, about);
  const until = records.filter((one) => Date.parse(one.at) <= atMs);
  const seq = until.at(-1)?.seq ?? 0;
  const before = sentences.filter(({ records: [first] }) => (first?.seq ?? 0) <= seq);
  const later = sentences.filter(
    (one) => (one.records[0]?.seq ?? 0) > seq && Date.parse(one.at) <= atMs + AFTER_MS,
  );
  const held = { records: until, sentences: before, at };
  return {
    at,
    held: [
      ...runsHeld(history, records, atMs, at, asked, times),
      ...(question.kind === 'desk'
        ? deskHeld(held, about)
        : waterHeld(held, about, (one) => times.short(one, at))),
    ],
    before: before.slice(-asked.limit).toReversed(),
    after: later.slice(0, asked.limit).toReversed(),
  };
}

/** First of all: was there a controller? Any record tells, whatever it is about. */
function runsHeld(
  history: HistoryReader,
  known: readonly StoredRecord[],
  atMs: number,
  at: string,
  { runningSinceMs }: Asked,
  times: Times,
): readonly Sentence[] {
  const boots = known.filter(({ type }) => type === 'boot' || type === 'halt');
  const around = [...boots, ...edges(history, boots)].sort((a, b) => a.seq - b.seq);
  const reason = notRunning(around, atMs, runningSinceMs !== null && runningSinceMs <= atMs, times);
  if (reason === null) return [];
  return [
    {
      at,
      text: `${reason.text.charAt(0).toUpperCase()}${reason.text.slice(1)}.`,
      records: refsOf(reason.from),
    },
  ];
}

/** The last record of each run that has no end of its own, and the last of all. */
function edges(history: HistoryReader, boots: readonly StoredRecord[]): readonly StoredRecord[] {
  const lasts = boots.flatMap(({ type, seq }) =>
    type === 'boot' ? history.records({ beforeSeq: seq, limit: 1 }) : [],
  );
  return [...lasts, ...history.records({ limit: 1 })];
}

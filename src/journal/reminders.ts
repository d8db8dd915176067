import { z } from 'zod';
import { HINDRANCES, REMINDER_OUTCOMES, guideResultSchema } from '../model/desk.ts';
import type { Hindrance, ReminderOutcome } from '../model/desk.ts';
import type { StationId } from '../model/ids.ts';
import type { HistoryReader, StoredRecord } from './journal.ts';

/** A reminder that is over, as the journal has it. */
export interface ReminderPast {
  readonly station: StationId;
  /** When it was over, and when it had been due: ISO 8601; null: the journal does not say. */
  readonly at: string;
  readonly dueAt: string | null;
  readonly reminder: string;
  readonly protocol: string;
  readonly outcome: ReminderOutcome;
  /** Who or what answered; null: nobody did. */
  readonly source: string | null;
  /** What spoke against it at the end of one that was missed. */
  readonly waitsFor: Hindrance | null;
  /** There was a cue for it. */
  readonly shown: boolean;
  /** 1, or how many fixed times a computer slept over at once. */
  readonly count: number;
}

/** An exercise that was led to its end and counted. */
export interface ExercisePast {
  readonly station: StationId;
  readonly at: string;
  readonly protocol: string;
}

export interface PastQuery {
  readonly station?: StationId | undefined;
  /** Nothing from before, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** How many at most. */
  readonly limit: number;
}

/** Records are read so many at a time, from the newest on, and so often at most: a page must not stop the controller. */
const PAGE = 2_000;
const MAX_PAGES = 25;

const overSchema = z.object({
  reminder: z.string(),
  protocol: z.string(),
  event: z.enum(REMINDER_OUTCOMES),
  due_at: z.iso.datetime().nullable().default(null),
  source: z.string().nullable().default(null),
  // One that only a later version knows is none here.
  waits_for: z.enum(HINDRANCES).nullable().catch(null),
  shown: z.boolean().default(false),
  count: z.int().min(1).default(1),
});
const ledSchema = z.object({ event: z.literal('ended'), result: guideResultSchema });

/** The reminders that are over, the newest first. */
export function remindersPast(history: HistoryReader, query: PastQuery): ReminderPast[] {
  return collect(history, 'reminder', query, ({ at, station, body }) => {
    const over = overSchema.safeParse(body).data;
    if (over === undefined || station === null) return null;
    const { event: outcome, due_at: dueAt, waits_for: waitsFor, ...rest } = over;
    return { station, at, outcome, dueAt, waitsFor, ...rest };
  });
}

/** The exercises that were led and counted, the newest first. */
export function exercisesPast(history: HistoryReader, query: PastQuery): ExercisePast[] {
  return collect(history, 'guide', query, ({ at, station, body }) => {
    const result = ledSchema.safeParse(body).data?.result;
    if (result?.outcome !== 'complete' || result.source === null || station === null) return null;
    return { station, at, protocol: result.protocol };
  });
}

function collect<Item>(
  history: HistoryReader,
  type: 'reminder' | 'guide',
  { station, sinceMs = -Infinity, limit }: PastQuery,
  read: (record: StoredRecord) => Item | null,
): Item[] {
  const found: Item[] = [];
  let beforeSeq = Infinity;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const records = history.records({
      types: [type],
      ...(station === undefined ? {} : { station }),
      ...(beforeSeq === Infinity ? {} : { beforeSeq }),
      limit: PAGE,
    });
    for (const record of records.toReversed()) {
      beforeSeq = record.seq;
      if (Date.parse(record.at) < sinceMs) return found;
      const item = read(record);
      if (item !== null) found.push(item);
      if (found.length === limit) return found;
    }
    if (records.length < PAGE) break;
  }
  return found;
}

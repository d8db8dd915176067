import { z } from 'zod';
import { sessionResults } from '../journal/index.ts';
import type { HistoryReader, StoredRecord } from '../journal/index.ts';
import type { SessionId } from '../model/ids.ts';
import type { SessionResult } from '../model/state.ts';
import { SECOND_MS } from '../model/units.ts';

/** A session is looked at, not measured, on a page. */
export const MAX_SERIES = 1_500;
/** Three thermometers, each second, in the longest session there is. */
const MAX_READINGS = 10_000;
/** A session that was continued ended twice. */
const ENDS_OF_ONE = 2;

/** The sessions that are over, the newest first. Asks for more than it gives, since one may have ended twice. */
export function readResults(
  history: HistoryReader,
  query: {
    readonly station?: string | undefined;
    readonly person?: string | undefined;
    readonly limit: number;
  },
): SessionResult[] {
  const { station, person, limit } = query;
  const ends = history.records({
    types: ['end'],
    limit: limit * ENDS_OF_ONE,
    ...(station === undefined ? {} : { station }),
    ...(person === undefined ? {} : { person }),
  });
  return sessionResults(ends).reverse().slice(0, limit);
}

/** null: there is none, or it is not over. */
export function readResult(history: HistoryReader, session: SessionId): SessionResult | null {
  return sessionResults(history.records({ session, types: ['end'], limit: ENDS_OF_ONE })).at(-1) ?? null;
}

const readingSchema = z.looseObject({ device: z.string(), value: z.number() });
interface Point {
  readonly t_s: number;
  readonly water_c: number;
}

/**
 * The delivered water over a session. Of several thermometers the warmest counts, as it does for the watch. Time is the
 * monotonic one of the controller; a session never outlives the run of it.
 */
export function readSeries(history: HistoryReader, session: SessionId): Point[] {
  const [start] = history.records({ session, types: ['start'], limit: 1, take: 'first' });
  if (start === undefined) return [];
  const readings = history.records({ session, types: ['reading'], limit: MAX_READINGS });
  return thin(points(start, readings));
}

function points(start: StoredRecord, readings: readonly StoredRecord[]): Point[] {
  const latest = new Map<string, number>();
  const found: Point[] = [];
  for (const record of readings) {
    const reading = readingSchema.safeParse(record.body).data;
    if (reading === undefined || record.boot !== start.boot) continue;
    latest.set(reading.device, reading.value);
    const t_s = Math.round((record.atMs - start.atMs) / (SECOND_MS / 10)) / 10;
    const water_c = Math.round(Math.max(...latest.values()) * 10) / 10;
    found.push({ t_s, water_c });
  }
  return found;
}

/** Each n-th, so that the curve keeps its form. */
function thin(all: Point[]): Point[] {
  const step = Math.ceil(all.length / MAX_SERIES);
  return step <= 1 ? all : all.filter((_, index) => index % step === 0);
}

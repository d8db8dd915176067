import { SECOND_MS } from '../model/units.ts';
import type { PersonId, SessionId, StationId } from '../model/ids.ts';
import type { Outcome, SessionResult, StepResult } from '../model/state.ts';
import type { HistoryReader, StoredRecord } from './journal.ts';
import { bodyOf } from './records.ts';

/**
 * What the records say, as pure functions over them, in the order they were written. None of them minds records it
 * does not know, or several stations and people mixed.
 */

/** A session that began, or was continued, and was not ended since: the controller went away under it. */
export interface OpenSession {
  readonly session: SessionId;
  readonly station: StationId | null;
  readonly person: PersonId | null;
  readonly protocol: string;
  readonly simulated: boolean;
  /** Nobody was in the water, and it counts for nobody. */
  readonly dry: boolean;
  readonly startedAt: string;
  /** The last thing known of it. */
  readonly lastAt: string;
  /** Contact permitted up to there, milliseconds; of both parts where it was continued. */
  readonly contactMs: number;
  readonly steps: readonly StepResult[];
  /** Those that its first part told, where it was continued. */
  readonly symptoms: readonly string[];
}

/** One water session of a person, for the gate: gaps, counts, cold progression, dose. */
export interface LedgerEntry {
  readonly session: SessionId;
  readonly station: StationId | null;
  readonly protocol: string;
  readonly endedAtWallMs: number;
  /** The run of the controller that it ended in and its monotonic time there; null: not known. */
  readonly endedAt: { readonly boot: string; readonly atMs: number } | null;
  readonly contactMs: number;
  /** null where the session was cut off by a crash: it is not known. */
  readonly dose: number | null;
  readonly cold: readonly ColdStep[];
  readonly outcome: Outcome;
  readonly symptom: boolean;
  readonly simulated: boolean;
}

export interface ColdStep {
  readonly targetC: number;
  readonly plannedMs: number;
  readonly actualMs: number;
}

export interface LatchedFault {
  readonly station: StationId | null;
  readonly session: SessionId | null;
  readonly code: string;
  readonly detector: string;
  /** The water may be no warmer before it is cleared, degrees Celsius; null: the record does not say. */
  readonly clearsAtC: number | null;
  readonly at: string;
}

/** The record types to ask the history for. */
export const SESSION_TYPES = ['start', 'continue', 'exposed', 'step', 'end'] as const;
export const FAULT_TYPES = ['trip', 'clear'] as const;
export const WATER_TYPES = ['open', 'renew', 'close'] as const;

export function openSessions(records: readonly StoredRecord[]): OpenSession[] {
  return [...sessions(records).values()].flatMap(({ start, ended, all }) =>
    start === null || ended !== null ? [] : [cutOff(start, all)],
  );
}

/**
 * The sessions of a person, by the order in which they ended: wall time may step. One that was cut off counts with the contact up to its last record.
 * Simulated sessions count for nobody, unless `simulated` asks for them instead.
 */
export function ledger(
  records: readonly StoredRecord[],
  person: PersonId,
  { simulated = false }: { simulated?: boolean } = {},
): LedgerEntry[] {
  return [...sessions(records).values()]
    .sort((a, b) => a.lastIndex - b.lastIndex)
    .map((session) => ledgerEntry(session, person))
    .filter((entry) => entry !== null)
    .filter((entry) => entry.simulated === simulated);
}

/** How each session ended. One that was continued has its last result, which has both parts in it. */
export function sessionResults(records: readonly StoredRecord[]): SessionResult[] {
  const results = new Map<SessionId, SessionResult>();
  for (const record of records) {
    const result = bodyOf('end', record)?.result;
    if (result === undefined) continue;
    // Put at the end anew: the order is the one in which they ended.
    results.delete(result.id);
    results.set(result.id, result);
  }
  return [...results.values()];
}

/**
 * Faults that still wait for a local clear, in the order they came. A clear names the fault that was shown, but it
 * clears the station: every code that latched there before it.
 */
export function latchedFaults(records: readonly StoredRecord[]): LatchedFault[] {
  const latched = new Map<string, LatchedFault>();
  const key = (record: StoredRecord, code: string): string => `${record.station ?? ''}/${code}`;
  for (const record of records) {
    const trip = bodyOf('trip', record);
    if (trip?.latched === true) {
      const { station, session, at } = record;
      const { code, detector, clears_at_c: clearsAtC = null } = trip;
      // The first one is what has to be explained; later ones follow from it, and what they wait for has to be over too.
      const first = latched.get(key(record, code)) ?? { station, session, code, detector, clearsAtC, at };
      const known = first.clearsAtC !== null && clearsAtC !== null;
      const atMostC = known ? Math.min(first.clearsAtC, clearsAtC) : null;
      latched.set(key(record, code), { ...first, clearsAtC: atMostC });
    }
    if (bodyOf('clear', record) === null) continue;
    for (const [id, { station }] of latched) if (station === record.station) latched.delete(id);
  }
  return [...latched.values()];
}

/** When water last ran at a station, wall time in milliseconds; null if it never did. */
export function lastUse(records: readonly StoredRecord[], station: StationId): number | null {
  const water: readonly string[] = WATER_TYPES;
  const last = records.findLast((record) => record.station === station && water.includes(record.type));
  return last === undefined ? null : Date.parse(last.at);
}

/** The records that `openSessions` needs after a crash: a session is closed at the next start, so the last few do. */
export function readOpenSessions(history: HistoryReader): readonly StoredRecord[] {
  const ends = history.records({ types: ['start', 'continue', 'end'], limit: 1_000 });
  const open = openSessions(ends).map(({ session }) => session);
  return open.flatMap((session) => readSession(history, session));
}

/** The records that `ledger` needs for the last `sessions` sessions of a person. */
export function readLedger(
  history: HistoryReader,
  person: PersonId,
  sessions = 200,
): readonly StoredRecord[] {
  const named = history.records({ person, types: ['start', 'end'], limit: sessions * 2 });
  // A `continue` names nobody: it belongs to whoever its session does.
  const ids = new Set(named.map(({ session }) => session));
  const afterSeq = (named[0]?.seq ?? 1) - 1;
  const continued = history.records({ types: ['continue'], afterSeq, limit: sessions * 2 });
  const known = [...named, ...continued.filter(({ session }) => ids.has(session))].sort(bySeq);
  const cut = openSessions(known).map(({ session }) => session);
  const records = [
    ...known.filter((record) => !cut.includes(record.session ?? '')),
    ...cut.flatMap((id) => readSession(history, id)),
  ];
  return records.sort(bySeq);
}

function bySeq(a: StoredRecord, b: StoredRecord): number {
  return a.seq - b.seq;
}

function readSession(history: HistoryReader, session: SessionId): readonly StoredRecord[] {
  const records = history.records({ session, types: SESSION_TYPES, limit: 1_000 });
  const afterSeq = records.at(-1)?.seq ?? 0;
  return [...records, ...history.records({ session, afterSeq, limit: 1 })];
}

interface Session {
  start: StoredRecord | null;
  /** The last end; null while it is open: never ended, or continued since. */
  ended: SessionResult | null;
  /** Where its last record was among all of them. */
  lastIndex: number;
  readonly all: StoredRecord[];
}

function sessions(records: readonly StoredRecord[]): Map<SessionId, Session> {
  const found = new Map<SessionId, Session>();
  for (const [index, record] of records.entries()) {
    if (record.session === null) continue;
    let session = found.get(record.session);
    if (session === undefined) {
      session = { start: null, ended: null, lastIndex: index, all: [] };
      found.set(record.session, session);
    }
    session.all.push(record);
    session.lastIndex = index;
    if (record.type === 'start') session.start ??= record;
    if (record.type === 'continue') session.ended = null;
    else session.ended = bodyOf('end', record)?.result ?? session.ended;
  }
  return found;
}

function cutOff(start: StoredRecord, all: readonly StoredRecord[]): OpenSession {
  const body = bodyOf('start', start);
  const first = lastResult(all);
  return {
    session: start.session ?? '',
    station: start.station,
    person: body?.person ?? null,
    protocol: body?.protocol ?? '',
    simulated: body?.simulated ?? false,
    dry: body?.dry ?? false,
    startedAt: start.at,
    lastAt: (all.at(-1) ?? start).at,
    // Never less than the first part's own result said, should some of its records be missing.
    contactMs: Math.max(contactOf(all), (first?.contact_s ?? 0) * SECOND_MS),
    steps: all.flatMap((record) => bodyOf('step', record)?.result ?? []),
    symptoms: first?.symptoms ?? [],
  };
}

/** Each interval of permitted contact, up to the last record of the session where nothing ended it. */
function contactOf(all: readonly StoredRecord[]): number {
  let sumMs = 0;
  let since: StoredRecord | null = null;
  for (const record of all) {
    const exposed = bodyOf('exposed', record);
    if (exposed === null) continue;
    if (since !== null) sumMs += between(since, record);
    since = exposed.on ? record : null;
  }
  const last = all.at(-1);
  return since !== null && last !== undefined ? sumMs + between(since, last) : sumMs;
}

/** By the monotonic clock within one boot; another boot has another one, and then only wall time is left. */
function between(from: StoredRecord, to: StoredRecord): number {
  const ms = from.boot === to.boot ? to.atMs - from.atMs : Date.parse(to.at) - Date.parse(from.at);
  return Math.max(0, ms);
}

function ledgerEntry({ start, ended, all }: Session, person: PersonId): LedgerEntry | null {
  // What was continued and has lost its start still has the result of its first part.
  const result = ended ?? (start === null ? lastResult(all) : null);
  if (result !== null) return entryOf(result, endedAt(start, all), person);
  return start === null ? null : entryOfOpen(cutOff(start, all), endedAt(start, all), person);
}

/** A session runs within one boot: a record of another one was written about it later. */
function endedAt(start: StoredRecord | null, all: readonly StoredRecord[]): LedgerEntry['endedAt'] {
  const last = all.at(-1);
  return last === undefined || last.boot !== start?.boot ? null : { boot: last.boot, atMs: last.atMs };
}

function lastResult(all: readonly StoredRecord[]): SessionResult | null {
  return all.reduce<SessionResult | null>((result, record) => bodyOf('end', record)?.result ?? result, null);
}

function entryOf(result: SessionResult, at: LedgerEntry['endedAt'], person: PersonId): LedgerEntry | null {
  if (result.person !== person || result.dry === true) return null;
  return {
    session: result.id,
    station: result.station,
    protocol: result.protocol,
    endedAtWallMs: Date.parse(result.ended_at),
    endedAt: at,
    contactMs: result.contact_s * SECOND_MS,
    dose: result.dose,
    cold: coldOf(result.steps),
    outcome: result.outcome,
    symptom: result.symptoms.length > 0,
    simulated: result.simulated,
  };
}

function entryOfOpen(open: OpenSession, at: LedgerEntry['endedAt'], person: PersonId): LedgerEntry | null {
  if (open.person !== person || open.dry) return null;
  const { session, station, protocol, contactMs, simulated } = open;
  return {
    session,
    station,
    protocol,
    endedAtWallMs: Date.parse(open.lastAt),
    endedAt: at,
    contactMs,
    dose: null,
    cold: coldOf(open.steps),
    outcome: 'aborted',
    symptom: open.symptoms.length > 0,
    simulated,
  };
}

function coldOf(steps: readonly StepResult[]): ColdStep[] {
  return steps
    .filter(({ kind }) => kind === 'cold')
    .map((step) => ({
      targetC: step.target_c,
      plannedMs: step.planned_s * SECOND_MS,
      actualMs: step.actual_s * SECOND_MS,
    }));
}

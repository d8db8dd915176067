import { SECOND_MS } from '../model/units.ts';
import type { PersonId, SessionId, StationId } from '../model/ids.ts';
import type { Outcome, SessionResult, StepResult } from '../model/state.ts';
import type { HistoryReader, StoredRecord } from './journal.ts';
import { bodyOf } from './records.ts';

/**
 * What the records say, as pure functions over them, in the order they were written. None of them minds records it
 * does not know, or several stations and people mixed.
 */

/** A session that began and was never ended: the controller went away under it. */
export interface OpenSession {
  readonly session: SessionId;
  readonly station: StationId | null;
  readonly person: PersonId | null;
  readonly protocol: string;
  readonly simulated: boolean;
  readonly startedAt: string;
  /** The last thing known of it. */
  readonly lastAt: string;
  /** Contact permitted up to there, milliseconds. */
  readonly contactMs: number;
  readonly steps: readonly StepResult[];
}

/** One water session of a person, for the gate: gaps, counts, cold progression, dose. */
export interface LedgerEntry {
  readonly session: SessionId;
  readonly station: StationId | null;
  readonly protocol: string;
  readonly endedAtWallMs: number;
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
  readonly at: string;
}

/** The record types to ask the history for. */
export const SESSION_TYPES = ['start', 'exposed', 'step', 'end'] as const;
export const FAULT_TYPES = ['trip', 'clear'] as const;
export const WATER_TYPES = ['open', 'renew', 'close'] as const;

export function openSessions(records: readonly StoredRecord[]): OpenSession[] {
  return [...sessions(records).values()].flatMap(({ start, ended, all }) =>
    start === null || ended !== null ? [] : [cutOff(start, all)],
  );
}

/**
 * The sessions of a person, oldest first. One that was cut off counts with the contact up to its last record.
 * Simulated sessions count for nobody, unless `simulated` asks for them instead.
 */
export function ledger(
  records: readonly StoredRecord[],
  person: PersonId,
  { simulated = false }: { simulated?: boolean } = {},
): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const { start, ended, all } of sessions(records).values()) {
    const entry =
      ended !== null
        ? entryOf(ended, person)
        : start !== null
          ? entryOfOpen(cutOff(start, all), person)
          : null;
    if (entry?.simulated === simulated) entries.push(entry);
  }
  return entries;
}

export function sessionResults(records: readonly StoredRecord[]): SessionResult[] {
  return records.flatMap((record) => bodyOf('end', record)?.result ?? []);
}

/** Faults that still wait for a local clear, in the order they came. */
export function latchedFaults(records: readonly StoredRecord[]): LatchedFault[] {
  const latched = new Map<string, LatchedFault>();
  const key = (record: StoredRecord, code: string): string => `${record.station ?? ''}/${code}`;
  for (const record of records) {
    const trip = bodyOf('trip', record);
    if (trip?.latched === true) {
      const { station, session, at } = record;
      const { code, detector } = trip;
      // The first one is what has to be explained; later ones follow from it.
      if (!latched.has(key(record, code)))
        latched.set(key(record, code), { station, session, code, detector, at });
    }
    const clear = bodyOf('clear', record);
    if (clear !== null) latched.delete(key(record, clear.code));
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
  const ends = history.records({ types: ['start', 'end'], limit: 1_000 });
  const open = openSessions(ends).map(({ session }) => session);
  return open.flatMap((session) => readSession(history, session));
}

/** The records that `ledger` needs for the last `sessions` sessions of a person. */
export function readLedger(
  history: HistoryReader,
  person: PersonId,
  sessions = 200,
): readonly StoredRecord[] {
  const known = history.records({ person, types: ['start', 'end'], limit: sessions * 2 });
  const cut = openSessions(known).map(({ session }) => session);
  const records = [
    ...known.filter((record) => !cut.includes(record.session ?? '')),
    ...cut.flatMap((id) => readSession(history, id)),
  ];
  return records.sort((a, b) => a.seq - b.seq);
}

function readSession(history: HistoryReader, session: SessionId): readonly StoredRecord[] {
  const records = history.records({ session, types: SESSION_TYPES, limit: 1_000 });
  const afterSeq = records.at(-1)?.seq ?? 0;
  return [...records, ...history.records({ session, afterSeq, limit: 1 })];
}

interface Session {
  start: StoredRecord | null;
  ended: SessionResult | null;
  readonly all: StoredRecord[];
}

function sessions(records: readonly StoredRecord[]): Map<SessionId, Session> {
  const found = new Map<SessionId, Session>();
  for (const record of records) {
    if (record.session === null) continue;
    let session = found.get(record.session);
    if (session === undefined) found.set(record.session, (session = { start: null, ended: null, all: [] }));
    session.all.push(record);
    if (record.type === 'start') session.start ??= record;
    session.ended ??= bodyOf('end', record)?.result ?? null;
  }
  return found;
}

function cutOff(start: StoredRecord, all: readonly StoredRecord[]): OpenSession {
  const body = bodyOf('start', start);
  return {
    session: start.session ?? '',
    station: start.station,
    person: body?.person ?? null,
    protocol: body?.protocol ?? '',
    simulated: body?.simulated ?? false,
    startedAt: start.at,
    lastAt: (all.at(-1) ?? start).at,
    contactMs: contactOf(all),
    steps: all.flatMap((record) => bodyOf('step', record)?.result ?? []),
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

function entryOf(result: SessionResult, person: PersonId): LedgerEntry | null {
  if (result.person !== person) return null;
  return {
    session: result.id,
    station: result.station,
    protocol: result.protocol,
    endedAtWallMs: Date.parse(result.ended_at),
    contactMs: result.contact_s * SECOND_MS,
    dose: result.dose,
    cold: coldOf(result.steps),
    outcome: result.outcome,
    symptom: result.symptoms.length > 0,
    simulated: result.simulated,
  };
}

function entryOfOpen(open: OpenSession, person: PersonId): LedgerEntry | null {
  if (open.person !== person) return null;
  const { session, station, protocol, contactMs, simulated } = open;
  return {
    session,
    station,
    protocol,
    endedAtWallMs: Date.parse(open.lastAt),
    contactMs,
    dose: null,
    cold: coldOf(open.steps),
    outcome: 'aborted',
    symptom: false,
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

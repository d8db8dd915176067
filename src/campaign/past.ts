import type { JournalRecord } from '../journal/index.ts';

/** An earlier water session of the person, as it truly was. */
export interface PastSession {
  /** From its end to the beginning of the world, milliseconds. */
  readonly endedAgoMs: number;
  readonly contactMs: number;
  /** Its cold step; null where it had none. */
  readonly coldMs: number | null;
  readonly completed: boolean;
  readonly symptom: boolean;
  /** Its heat dose (safety: L12); left out: none to speak of. */
  readonly dose?: number;
}

/** Who comes to a world's station. */
export const PERSON = 'sam';

/** What the journal of an earlier run kept of the line: that it ran on both sides, so long ago. */
function lastFlow(idleMs: number, station: string, wallMs: number): JournalRecord {
  const at = new Date(wallMs - idleMs).toISOString();
  const body = { type: 'steady', leg: 2, plateauC: 38, deadTimeMs: null, lagMs: null };
  return { at, atMs: 0, boot: 'before', station, session: 'before', type: 'proved', body };
}

/** A fault that nobody has cleared, from a session a day ago. */
function latchedTrip(station: string, wallMs: number): JournalRecord {
  const at = new Date(wallMs - DAY_MS).toISOString();
  const body = { detector: 'T1', code: 'over_temperature', latched: true, message: '44.0 C', readings: {} };
  return { at, atMs: 0, boot: 'before', station, session: 'before', type: 'trip', body };
}

const DAY_MS = 24 * 3_600_000;

/** What the screening of a person truly came to. */
export type Screened = 'clear' | 'blocked' | 'acknowledge' | 'expired' | 'missing';

/** What the journal knows of a person who comes, and of the line they come to. */
export interface Known {
  readonly profile: 'standard' | 'limited';
  /** Left out: it is clear. */
  readonly screening?: Screened;
  /** Oldest first. */
  readonly past?: readonly PastSession[];
  readonly idleMs?: number;
  /** A fault was latched when the controller went away. */
  readonly latched?: boolean;
}

/** What the journal of earlier runs kept: of a person's sessions, of their screening, and of the station. */
export function pastRecords(known: Known, station: string, wallMs: number): readonly JournalRecord[] {
  const { past = [], idleMs, latched = false } = known;
  return [
    // A line that nothing is said of was used just now: else every session would begin with a flush.
    lastFlow(idleMs ?? 0, station, wallMs),
    ...sessionRecords(past, station, wallMs),
    ...screenedRecord(known, wallMs),
    ...(latched ? [latchedTrip(station, wallMs)] : []),
  ].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Answered within the hour, after whatever symptom there was, or so long ago that it is over. */
const SCREENED_AGO_MS = 30 * 60_000;
const EXPIRED_AGO_MS = 100 * 24 * 3_600_000;

function screenedRecord({ profile, screening = 'clear' }: Known, wallMs: number): readonly JournalRecord[] {
  if (screening === 'missing') return [];
  const at = new Date(wallMs - (screening === 'expired' ? EXPIRED_AGO_MS : SCREENED_AGO_MS)).toISOString();
  const result = screening === 'blocked' ? 'blocked' : 'clear';
  const body = { person: PERSON, result, profile, acknowledge: screening === 'acknowledge' };
  return [{ at, atMs: 0, boot: 'before', station: null, session: null, type: 'screened', body }];
}

function sessionRecords(
  past: readonly PastSession[],
  station: string,
  wallMs: number,
): readonly JournalRecord[] {
  return past.flatMap(({ endedAgoMs, contactMs, coldMs, completed, symptom, dose = 0 }, n) => {
    const session = `past-${n}`;
    const endedMs = wallMs - endedAgoMs;
    const at = (ms: number): string => new Date(ms).toISOString();
    const record = (type: string, ms: number, body: JournalRecord['body']): JournalRecord => ({
      at: at(ms),
      atMs: 0,
      boot: 'before',
      station,
      session,
      type,
      body,
    });
    const startedMs = endedMs - contactMs - 60_000;
    const cold = { kind: 'cold', cycle: 1, in_band_s: null, target_c: 15, water_c: null };
    const steps = coldMs === null ? [] : [{ ...cold, planned_s: coldMs / 1_000, actual_s: coldMs / 1_000 }];
    const result = {
      id: session,
      station,
      protocol: 'contrast-foot-bath',
      person: PERSON,
      outcome: completed ? 'complete' : 'stopped',
      reason: completed ? 'completed' : 'stopped_by_person',
      started_at: at(startedMs),
      ended_at: at(endedMs),
      contact_s: contactMs / 1_000,
      dose,
      steps,
      symptoms: symptom ? ['dizzy'] : [],
      simulated: false,
    };
    const started = { person: PERSON, protocol: 'contrast-foot-bath', source: 'page', simulated: false };
    const told = { person: PERSON, symptom: 'dizzy', source: 'page', simulated: false };
    return [
      record('start', startedMs, started),
      ...(symptom ? [record('symptom', endedMs, told)] : []),
      record('end', endedMs, { result }),
    ];
  });
}

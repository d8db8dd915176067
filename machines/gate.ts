import type { ErrorCode } from '../src/model/errors.ts';
import type { PersonId, SessionId } from '../src/model/ids.ts';
import { DEFAULTS, ENVELOPE } from './envelope.ts';

/**
 * Who may start water, and when. Pure: from a person's ledger, the station's faults and the wall time to a permit or
 * refusals. Ledgers are projections of the journal, so they survive restarts. The wall clock cannot shorten a gap:
 * set back, a session in the future counts as just over; set forward, a session of this run is no older than the
 * monotonic clock says.
 */
export interface LedgerEntry {
  readonly session: SessionId;
  readonly endedAtWallMs: number;
  /** Monotonic time of this run of the controller; null where it ended in an earlier one. */
  readonly endedAtMs: number | null;
  readonly contactMs: number;
  /** The cold step of that session, milliseconds; null where it had none. */
  readonly coldMs: number | null;
  /** Heat dose (L12). */
  readonly dose: number;
  readonly completed: boolean;
  readonly symptom: boolean;
}

/** Why a person's water is locked, and since when: monotonic time of this run, also where it began in an earlier one. */
export interface Lock {
  readonly code: 'symptom' | 'heat_dose';
  readonly sinceMs: number;
}

/** The last screening of a person, as data: who asks the questions, and keeps the answers, is elsewhere. */
export interface Screening {
  readonly result: 'clear' | 'blocked';
  readonly profile: 'standard' | 'limited';
  /** A clinician has to be asked first, and that has not been said to have happened. */
  readonly acknowledge: boolean;
  readonly atWallMs: number;
  /** Monotonic time of this run, also where it was before it. */
  readonly atMs: number;
  /** A symptom was reported since. */
  readonly symptom: boolean;
}

/** What the journal says of a person. */
export interface PersonPast {
  /** In the order in which the sessions ended. */
  readonly ledger: readonly LedgerEntry[];
  /** The last one, over or not. */
  readonly lock: Lock | null;
  readonly screening: Screening | null;
}

/** What a screening comes to today. `symptom`: it was answered before the last symptom. */
export type Screened = 'clear' | 'blocked' | 'expired' | 'missing' | 'symptom' | 'acknowledge';

export interface GatePerson {
  /** null: the guest. */
  readonly id: PersonId | null;
  readonly screening: Screened;
  readonly profile: 'standard' | 'limited';
  /** In the order in which the sessions ended. */
  readonly ledger: readonly LedgerEntry[];
  readonly lock: Lock | null;
  /** A simulated person has no yesterday. */
  readonly counts: boolean;
}

export interface GateStation {
  readonly latched: { readonly code: string; readonly message: string } | null;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** A session shorter than this does not count for L9 and L10. */
const COUNTS_FROM_MS = 60_000;

/** All that speaks against a start; empty is a permit. */
export function gate(
  person: GatePerson,
  station: GateStation,
  nowWallMs: number,
  nowMs: number,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (station.latched !== null) {
    refusals.push({
      code: 'latched',
      message: `a fault waits for a clear at the station: ${station.latched.message}`,
    });
  }
  const untilMs = lockedUntil(person.lock, nowMs);
  if (person.lock !== null && untilMs !== null) refusals.push(refusedLock(person.lock, untilMs - nowMs));
  if (person.screening !== 'clear') {
    refusals.push({ code: 'screening', message: SCREENING[person.screening] });
  }
  if (person.counts) refusals.push(...fromLedger(person.ledger, nowWallMs, nowMs));
  return refusals;
}

const SCREENING = {
  blocked: 'the screening advises against water for this person; ask a clinician first',
  expired: 'the screening is older than 90 days and has to be answered again',
  missing:
    'this person has not been screened; `ebb screen` comes with a later version, the guest needs no name',
  symptom: 'a symptom was reported since the screening, so it has to be answered again',
  acknowledge: 'the screening asks for a clinician to be asked first, and that this be confirmed',
} as const;

/** What a screening comes to today (I10). No clock makes it younger: of wall and running time the longer age counts. */
export function screenedToday(screening: Screening | null, nowWallMs: number, nowMs: number): Screened {
  if (screening === null) return 'missing';
  if (screening.symptom) return 'symptom';
  const ageMs = Math.max(nowWallMs - screening.atWallMs, nowMs - screening.atMs);
  if (ageMs > ENVELOPE.screeningMs) return 'expired';
  if (screening.result === 'blocked') return 'blocked';
  return screening.acknowledge ? 'acknowledge' : 'clear';
}

/** When the lock ends, monotonic; null where it is over, or there is none. Wall time has no part in it (I16). */
export function lockedUntil(lock: Lock | null, nowMs: number): number | null {
  if (lock === null) return null;
  const untilMs = lock.sinceMs + ENVELOPE.lockMs;
  return nowMs < untilMs ? untilMs : null;
}

const LOCKED: Readonly<Record<Lock['code'], string>> = {
  symptom: 'a symptom was reported',
  heat_dose: 'the heat of the last session was as much as is safe (L12)',
};

/** Why the water is locked, in words. */
export function lockText({ code }: Lock): string {
  return LOCKED[code];
}

function refusedLock(lock: Lock, leftMs: number): Refusal {
  const message = `${lockText(lock)}: no water for another ${hours(leftMs)} (${hours(ENVELOPE.lockMs)} in all)`;
  return { code: 'locked', message };
}

/** How long ago each session ended: the shorter of what wall and running time say. */
function ageOf({ endedAtWallMs, endedAtMs }: LedgerEntry, nowWallMs: number, nowMs: number): number {
  const runMs = endedAtMs === null ? Infinity : nowMs - endedAtMs;
  return Math.max(0, Math.min(nowWallMs - endedAtWallMs, runMs));
}

/** L12: the heat dose of a person's sessions in the last 24 h. */
export function doseInDay(ledger: readonly LedgerEntry[], nowWallMs: number, nowMs: number): number {
  return ledger
    .filter((entry) => ageOf(entry, nowWallMs, nowMs) < DAY_MS)
    .reduce((sum, { dose }) => sum + dose, 0);
}

/** Why a session of `plannedDose` does not fit into the 24 h any more (L12), or null. */
export function refuseDose(doseBefore: number, plannedDose: number): Refusal | null {
  const { doseDay } = ENVELOPE;
  if (doseBefore + plannedDose <= doseDay) return null;
  const message = `the heat dose of the last 24 h is ${doseBefore.toFixed(2)} and this session would add ${plannedDose.toFixed(2)}; ${doseDay.toFixed(2)} is the most (L12)`;
  return { code: 'heat_dose', message };
}

function fromLedger(ledger: readonly LedgerEntry[], nowWallMs: number, nowMs: number): readonly Refusal[] {
  const counted = ledger.filter(({ contactMs }) => contactMs >= COUNTS_FROM_MS);
  const ages = counted.map((entry) => ageOf(entry, nowWallMs, nowMs));
  const least = ages.length === 0 ? Infinity : Math.min(...ages);
  const refusals: Refusal[] = [];
  if (least < DEFAULTS.sessionGapMs) {
    refusals.push({
      code: 'too_soon',
      message: `the last water session ended ${hours(least)} ago; ${hours(DEFAULTS.sessionGapMs)} apart is the default (L9)`,
    });
  }
  const day = ages.filter((age) => age < DAY_MS).length;
  const week = ages.filter((age) => age < WEEK_MS).length;
  if (day >= DEFAULTS.sessionsPerDay || week >= DEFAULTS.sessionsPerWeek) {
    refusals.push({
      code: 'too_many',
      message: `${day} water session(s) in 24 h and ${week} in 7 days; ${DEFAULTS.sessionsPerDay} and ${DEFAULTS.sessionsPerWeek} are the most (L10)`,
    });
  }
  return refusals;
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/**
 * L13: how long a person's cold step may be today. From 15 s, 5 s longer after each completed session, at most 15 s
 * longer than a week ago, never over 60 s; a gap of more than 14 days goes back to at most 30 s, more than 28 days or a
 * stop for a symptom to 15 s, and what was reached before that is no level to grow from any more. The ledger is taken in
 * the order given, which is the journal's: wall time may step. Of wall and running time the one that makes it shorter
 * counts: the longer gap, the younger session.
 */
export function coldLadderMs(
  ledger: readonly LedgerEntry[],
  now: { readonly wallMs: number; readonly atMs: number },
): number {
  const { ladderFromMs, ladderStepMs, ladderWeekMs, coldStepMs } = ENVELOPE;
  const counted = ledger.filter(({ contactMs, symptom }) => symptom || contactMs >= COUNTS_FROM_MS);
  let allowed: number = ladderFromMs;
  let before: LedgerEntry | null = null;
  let cold: { readonly ageMs: number; readonly coldMs: number }[] = [];
  /** Whoever begins again lower down has not been higher a week ago. */
  const lower = (toMs: number): void => {
    allowed = Math.min(allowed, toMs);
    cold = cold.map(({ ageMs, coldMs }) => ({ ageMs, coldMs: Math.min(coldMs, toMs) }));
  };
  for (const entry of counted) {
    if (before !== null) lower(afterGap(gapMs(before, entry)));
    if (entry.symptom) lower(ladderFromMs);
    else if (entry.completed && entry.coldMs !== null) {
      allowed = Math.min(coldStepMs, Math.max(ladderFromMs, entry.coldMs) + ladderStepMs);
      cold.push({ ageMs: ageOf(entry, now.wallMs, now.atMs), coldMs: entry.coldMs });
    }
    before = entry;
  }
  if (before === null) return ladderFromMs;
  lower(afterGap(gapMs(before, { endedAtWallMs: now.wallMs, endedAtMs: now.atMs })));
  const base = cold.findLast(({ ageMs }) => ageMs >= WEEK_MS)?.coldMs ?? ladderFromMs;
  return Math.min(allowed, base + ladderWeekMs, coldStepMs);
}

type Ended = Pick<LedgerEntry, 'endedAtWallMs' | 'endedAtMs'>;

/** From one end to the other: the longer of what wall and running time say. */
function gapMs(from: Ended, to: Ended): number {
  const ranMs = from.endedAtMs === null || to.endedAtMs === null ? 0 : to.endedAtMs - from.endedAtMs;
  return Math.max(0, to.endedAtWallMs - from.endedAtWallMs, ranMs);
}

/** How long a cold step may be at most after a gap. */
function afterGap(gapMs: number): number {
  const days = gapMs / DAY_MS;
  if (days > 28) return ENVELOPE.ladderFromMs;
  return days > 14 ? 30_000 : Infinity;
}

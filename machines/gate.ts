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
  readonly completed: boolean;
  readonly symptom: boolean;
}

export interface GatePerson {
  /** null: the guest. */
  readonly id: PersonId | null;
  /** The result of the screening, as data: who asks the questions is elsewhere. */
  readonly screening: 'clear' | 'blocked' | 'expired' | 'missing';
  readonly profile: 'standard' | 'limited';
  /** In the order in which the sessions ended. */
  readonly ledger: readonly LedgerEntry[];
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
} as const;

function fromLedger(ledger: readonly LedgerEntry[], nowWallMs: number, nowMs: number): readonly Refusal[] {
  const counted = ledger.filter(({ contactMs }) => contactMs >= COUNTS_FROM_MS);
  const ages = counted.map(({ endedAtWallMs, endedAtMs }) =>
    Math.max(0, Math.min(nowWallMs - endedAtWallMs, endedAtMs === null ? Infinity : nowMs - endedAtMs)),
  );
  const least = ages.length === 0 ? Infinity : Math.min(...ages);
  const refusals: Refusal[] = [];
  if (least < DEFAULTS.sessionGapMs) {
    refusals.push({
      code: 'too_soon',
      message: `the last water session ended ${hours(least)} ago; ${hours(DEFAULTS.sessionGapMs)} apart is the default (L9)`,
    });
  }
  const day = ages.filter((age) => age < 24 * 3_600_000).length;
  const week = ages.filter((age) => age < 7 * 24 * 3_600_000).length;
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
 * stop for a symptom to 15 s. The ledger is taken in the order given, which is the journal's: wall time may step.
 */
export function coldLadderMs(ledger: readonly LedgerEntry[], nowWallMs: number): number {
  const { ladderFromMs, ladderStepMs, ladderWeekMs, coldStepMs } = ENVELOPE;
  const counted = ledger.filter(({ contactMs, symptom }) => symptom || contactMs >= COUNTS_FROM_MS);
  let allowed: number = ladderFromMs;
  let before: LedgerEntry | null = null;
  const cold: { atMs: number; coldMs: number }[] = [];
  for (const entry of counted) {
    if (before !== null) allowed = afterGap(allowed, entry.endedAtWallMs - before.endedAtWallMs);
    if (entry.symptom) allowed = ladderFromMs;
    else if (entry.completed && entry.coldMs !== null) {
      allowed = Math.min(coldStepMs, Math.max(ladderFromMs, entry.coldMs) + ladderStepMs);
      cold.push({ atMs: entry.endedAtWallMs, coldMs: entry.coldMs });
    }
    before = entry;
  }
  if (before === null) return ladderFromMs;
  allowed = afterGap(allowed, Math.max(0, nowWallMs - before.endedAtWallMs));
  const weekAgo = nowWallMs - 7 * 24 * 3_600_000;
  const base = cold.findLast(({ atMs }) => atMs <= weekAgo)?.coldMs ?? ladderFromMs;
  return Math.min(allowed, base + ladderWeekMs, coldStepMs);
}

function afterGap(allowedMs: number, gapMs: number): number {
  const days = gapMs / (24 * 3_600_000);
  if (days > 28) return ENVELOPE.ladderFromMs;
  return days > 14 ? Math.min(allowedMs, 30_000) : allowedMs;
}

import type { LedgerEntry } from '../../machines/gate.ts';
import type { StationFault } from '../../machines/station.ts';
import type { HistoryReader, LatchedFault, OpenSession } from '../journal/index.ts';
import { latchedFaults, ledger, openSessions, readLedger, readOpenSessions } from '../journal/index.ts';
import type { PersonId, StationId } from '../model/ids.ts';
import type { SessionResult } from '../model/state.ts';
import { seconds } from './records.ts';

/** What earlier runs of the controller left in the journal, and what this one adds to the ledgers. */
export class Past {
  readonly #history: HistoryReader | null;
  readonly #boot: string;
  readonly #ledgers = new Map<PersonId, readonly LedgerEntry[]>();
  readonly #faults: readonly LatchedFault[];
  readonly #open: readonly OpenSession[];

  /** `history` is null where there is no yesterday (simulations); `boot` is this run of the controller. */
  constructor(history: HistoryReader | null, boot: string) {
    this.#history = history;
    this.#boot = boot;
    this.#faults =
      history === null ? [] : latchedFaults(history.records({ types: ['trip', 'clear'], limit: 1_000 }));
    this.#open = history === null ? [] : openSessions(readOpenSessions(history));
  }

  /** Every water session of a person that counts for L9, L10 and L13. */
  ledger(person: PersonId): readonly LedgerEntry[] {
    let entries = this.#ledgers.get(person);
    if (entries !== undefined) return entries;
    const history = this.#history;
    entries = history === null ? [] : ledgerOf(history, person, this.#boot);
    this.#ledgers.set(person, entries);
    return entries;
  }

  /** A session of this run is over. One that was continued is over twice, and counts once, with its total. */
  count(result: SessionResult, endedAtMs: number): void {
    if (result.simulated || result.dry === true || result.person === null) return;
    const cold = result.steps.filter(({ kind }) => kind === 'cold').map(({ planned_s }) => planned_s * 1_000);
    const others = this.ledger(result.person).filter(({ session }) => session !== result.id);
    const entry: LedgerEntry = {
      session: result.id,
      endedAtWallMs: Date.parse(result.ended_at),
      endedAtMs,
      contactMs: result.contact_s * 1_000,
      coldMs: cold.length === 0 ? null : Math.max(...cold),
      completed: result.outcome === 'complete',
      symptom: result.symptoms.length > 0,
    };
    this.#ledgers.set(result.person, [...others, entry]);
  }

  /** The fault that a station was latched for when the controller went away. */
  faultAt(station: StationId): StationFault | null {
    const fault = this.#faults.find((one) => one.station === station);
    if (fault === undefined) return null;
    const message = `${fault.code} at ${fault.at}, before the controller was restarted`;
    return { code: fault.code, detector: fault.detector, latched: true, message };
  }

  /** The sessions of a station that a crash cut off. */
  openAt(station: StationId): readonly OpenSession[] {
    return this.#open.filter((one) => one.station === station);
  }

  /** A session that a crash cut off is aborted. The ledgers count its contact already, as that of an open one. */
  abortedResult(session: OpenSession, station: StationId): SessionResult {
    return {
      id: session.session,
      station,
      protocol: session.protocol,
      person: session.person,
      outcome: 'aborted',
      reason: 'controller_restarted',
      started_at: session.startedAt,
      ended_at: session.lastAt,
      contact_s: seconds(session.contactMs),
      dose: 0,
      steps: [...session.steps],
      symptoms: [...session.symptoms],
      simulated: session.simulated,
      ...(session.dry ? { dry: true as const } : {}),
    };
  }
}

/** The journal's ledger as the gate wants it, for the run of the controller named `boot`; null: from outside of one. */
export function ledgerOf(
  history: HistoryReader,
  person: PersonId,
  boot: string | null = null,
): LedgerEntry[] {
  return ledger(readLedger(history, person), person)
    .filter(({ simulated }) => !simulated)
    .map((entry) => ({
      session: entry.session,
      endedAtMs: entry.endedAt?.boot === boot ? entry.endedAt.atMs : null,
      endedAtWallMs: entry.endedAtWallMs,
      contactMs: entry.contactMs,
      coldMs: entry.cold.length === 0 ? null : Math.max(...entry.cold.map(({ plannedMs }) => plannedMs)),
      completed: entry.outcome === 'complete',
      symptom: entry.symptom,
    }));
}

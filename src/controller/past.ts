import { ENVELOPE, doseOf } from '../../machines/envelope.ts';
import type { LedgerEntry, PersonPast } from '../../machines/gate.ts';
import type { StationFault } from '../../machines/station.ts';
import type { HistoryReader, LatchedFault, OpenSession, RunStart, StoredRecord } from '../journal/index.ts';
import {
  Timeline,
  latchedFaults,
  ledger,
  openSessions,
  personRecords,
  readLedger,
  readOpenSessions,
  readPerson,
} from '../journal/index.ts';
import type { PersonId, StationId } from '../model/ids.ts';
import type { SessionResult } from '../model/state.ts';
import { round, seconds } from './records.ts';

/** What earlier runs of the controller left in the journal, and what this one adds to the persons' records. */
export class Past {
  readonly #history: HistoryReader | null;
  readonly #start: RunStart;
  readonly #simulated: boolean;
  readonly #persons = new Map<PersonId, PersonPast>();
  readonly #lastAt = new Map<StationId, { readonly person: PersonId; readonly atMs: number } | null>();
  readonly #faults: readonly LatchedFault[];
  readonly #open: readonly OpenSession[];

  /** `history` is null where there is no yesterday (simulations); `start` is the beginning of this run. */
  constructor(history: HistoryReader | null, start: RunStart, simulated: boolean) {
    this.#history = history;
    this.#start = start;
    this.#simulated = simulated;
    this.#faults =
      history === null ? [] : latchedFaults(history.records({ types: ['trip', 'clear'], limit: 1_000 }));
    this.#open = history === null ? [] : openSessions(readOpenSessions(history));
  }

  /** Every water session of a person that counts for L9, L10, L12 and L13; their lock and their screening. */
  of(person: PersonId): PersonPast {
    let past = this.#persons.get(person);
    if (past !== undefined) return past;
    const history = this.#history;
    past = history === null ? NO_PAST : pastOf(history, person, this.#start, this.#simulated);
    this.#persons.set(person, past);
    return past;
  }

  /** What this run adds to a person's record. */
  change(person: PersonId, change: (past: PersonPast) => PersonPast): void {
    this.#persons.set(person, change(this.of(person)));
  }

  /** A session of this run is over. One that was continued is over twice, and counts once, with its total. */
  count(result: SessionResult, endedAtMs: number): void {
    const { person } = result;
    if (result.dry === true || person === null) return;
    this.#lastAt.set(result.station, { person, atMs: endedAtMs });
    if (result.simulated) return;
    const cold = result.steps.filter(({ kind }) => kind === 'cold').map(({ planned_s }) => planned_s * 1_000);
    const entry: LedgerEntry = {
      session: result.id,
      endedAtWallMs: Date.parse(result.ended_at),
      endedAtMs,
      contactMs: result.contact_s * 1_000,
      coldMs: cold.length === 0 ? null : Math.max(...cold),
      dose: result.dose,
      completed: result.outcome === 'complete',
      symptom: result.symptoms.length > 0,
    };
    this.change(person, (past) => ({
      ...past,
      ledger: [...past.ledger.filter(({ session }) => session !== result.id), entry],
    }));
  }

  /** Whose session was the last one at a station, and when it ended, monotonic; null: nobody's that is known. */
  lastAt(station: StationId): { readonly person: PersonId; readonly atMs: number } | null {
    const known = this.#lastAt.get(station);
    if (known !== undefined) return known;
    const history = this.#history;
    const last = history === null ? null : lastSessionAt(history, station, this.#start);
    this.#lastAt.set(station, last);
    return last;
  }

  /** The fault that a station was latched for when the controller went away. */
  faultAt(station: StationId): StationFault | null {
    const faults = this.#faults.filter((one) => one.station === station);
    const [fault] = faults;
    if (fault === undefined) return null;
    const known = faults.flatMap(({ clearsAtC }) => clearsAtC ?? []);
    const clearsAtC = known.length === faults.length ? Math.min(...known) : null;
    const message = `${fault.code} at ${fault.at}, before the controller was restarted`;
    const { code, detector } = fault;
    return { code, detector, latched: true, clearsAtC, message };
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
      dose: round(worstDose(session.contactMs), 4),
      steps: [...session.steps],
      symptoms: [...session.symptoms],
      simulated: session.simulated,
      ...(session.dry ? { dry: true as const } : {}),
    };
  }
}

export const NO_PAST: PersonPast = { ledger: [], lock: null, screening: null };

/** The dose of a contact that nobody measured to its end: as if all of it had been as warm as water may be (L1). */
function worstDose(contactMs: number): number {
  return doseOf(ENVELOPE.warmMaxC, contactMs / 1_000);
}

/** What the journal says of a person, as the gate wants it, for a run of the controller that begins at `start`. */
export function pastOf(
  history: HistoryReader,
  person: PersonId,
  start: RunStart,
  simulated = false,
): PersonPast {
  const timeline = new Timeline(history, start);
  const { symptoms, lock, screening } = personRecords(readPerson(history, person), person, simulated);
  const entries = [
    ...(simulated ? [] : sessionsOf(history, person, timeline)),
    ...symptoms.map((record) => symptomEntry(timedBy(record), timeline.atMs(timedBy(record)))),
  ];
  return {
    ledger: entries.sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0)),
    lock: lock === null ? null : { code: lock.code, sinceMs: timeline.atMs(timedBy(lock.record)) },
    screening:
      screening === null
        ? null
        : {
            result: screening.result,
            profile: screening.profile,
            acknowledge: screening.acknowledge,
            symptom: screening.symptom,
            atWallMs: Date.parse(screening.record.at),
            atMs: timeline.atMs(timedBy(screening.record)),
          },
  };
}

function sessionsOf(history: HistoryReader, person: PersonId, timeline: Timeline): LedgerEntry[] {
  return ledger(readLedger(history, person), person).map((entry) => ({
    session: entry.session,
    endedAtMs: timeline.atMs({
      boot: entry.endedAt?.boot ?? '',
      atMs: entry.endedAt?.atMs ?? 0,
      wallMs: entry.endedAtWallMs,
    }),
    endedAtWallMs: entry.endedAtWallMs,
    contactMs: entry.contactMs,
    coldMs: entry.cold.length === 0 ? null : Math.max(...entry.cold.map(({ plannedMs }) => plannedMs)),
    dose: entry.dose ?? worstDose(entry.contactMs),
    completed: entry.outcome === 'complete',
    symptom: entry.symptom,
  }));
}

/** A symptom as an entry of the ledger: no contact, and the ladder of L13 begins again. */
export function symptomEntry({ wallMs }: { readonly wallMs: number }, atMs: number): LedgerEntry {
  return {
    session: `symptom-${wallMs}`,
    endedAtWallMs: wallMs,
    endedAtMs: atMs,
    contactMs: 0,
    coldMs: null,
    dose: 0,
    completed: false,
    symptom: true,
  };
}

function timedBy({ boot, atMs, at }: StoredRecord): { boot: string; atMs: number; wallMs: number } {
  return { boot, atMs, wallMs: Date.parse(at) };
}

function lastSessionAt(
  history: HistoryReader,
  station: StationId,
  start: RunStart,
): { readonly person: PersonId; readonly atMs: number } | null {
  const starts = history.records({ station, types: ['start'], limit: 10 });
  const last = starts.findLast(({ body }) => typeof body['person'] === 'string');
  const person = last?.body['person'];
  if (last === undefined || typeof person !== 'string') return null;
  return { person, atMs: new Timeline(history, start).atMs(timedBy(last)) };
}

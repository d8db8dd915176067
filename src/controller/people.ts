import { ENVELOPE } from '../../machines/envelope.ts';
import type { Lock, PersonPast } from '../../machines/gate.ts';
import { lockedUntil } from '../../machines/gate.ts';
import type { Clock } from '../clock/clock.ts';
import type { Source } from '../model/command.ts';
import type { PersonId, SessionId, StationId } from '../model/ids.ts';
import type { SessionResult } from '../model/state.ts';
import type { Past } from './past.ts';
import { symptomEntry } from './past.ts';
import type { Recorder } from './recorder.ts';

/** What the screening of a person came to, as data: the questions and the answers are elsewhere. */
export interface ScreeningResult {
  readonly result: 'clear' | 'blocked';
  readonly profile: 'standard' | 'limited';
  /** A clinician has to be asked, and nobody has confirmed yet that this was done. */
  readonly acknowledge: boolean;
}

/** A lock as people are told of it. */
export interface Locked {
  readonly lock: Lock;
  /** Monotonic. */
  readonly untilMs: number;
}

/** Where a symptom was reported. */
export interface Place {
  readonly station: StationId;
  /** The session it belongs to; null: none. */
  readonly session: SessionId | null;
}

/** The same symptom within this time is the same report: a button that is still held, a message sent twice. */
const SAME_REPORT_MS = 10_000;
/** Whoever was last in the water of a station within this time is the one who reports a symptom there. */
const LAST_PERSON_MS = ENVELOPE.lockMs;

/** The people of a home: what the journal knows of each, their locks, and what is added to it. */
export class People {
  readonly #past: Past;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #simulated: boolean;
  /** Everybody who may use a station. */
  readonly #ids: readonly PersonId[];
  readonly #reported = new Map<PersonId, { readonly symptom: string; readonly atMs: number }>();

  constructor(
    past: Past,
    recorder: Recorder,
    { clock, people, simulated }: { clock: Clock; people: readonly PersonId[]; simulated: boolean },
  ) {
    this.#past = past;
    this.#recorder = recorder;
    this.#clock = clock;
    this.#ids = people;
    this.#simulated = simulated;
  }

  past(person: PersonId): PersonPast {
    return this.#past.of(person);
  }

  /** The lock of a person; of everybody, where none is named: then the one that ends first. null: not locked. */
  locked(person: PersonId | null, nowMs: number): Locked | null {
    if (person !== null) {
      const { lock } = this.past(person);
      const untilMs = lockedUntil(lock, nowMs);
      return lock === null || untilMs === null ? null : { lock, untilMs };
    }
    let first: Locked | null = null;
    for (const id of this.#ids) {
      const one = this.locked(id, nowMs);
      if (one === null) return null;
      if (first === null || one.untilMs < first.untilMs) first = one;
    }
    return first;
  }

  /** Whose symptom it is that is reported where nobody has a session: whoever was last there, else everybody's. */
  lastAt(station: StationId, nowMs: number): readonly PersonId[] {
    const last = this.#past.lastAt(station);
    return last !== null && nowMs - last.atMs < LAST_PERSON_MS ? [last.person] : this.#ids;
  }

  /** Locks the person's water, and asks the screening again (I20). False where it has just been reported. */
  symptom(person: PersonId, symptom: string, source: Source, { station, session }: Place): boolean {
    const atMs = this.#clock.nowMs();
    const last = this.#reported.get(person);
    if (last?.symptom === symptom && atMs - last.atMs < SAME_REPORT_MS) return false;
    this.#reported.set(person, { symptom, atMs });
    const body = { person, symptom, source, simulated: this.#simulated };
    this.#recorder.record({ type: 'symptom', body }, station, session);
    const entry = symptomEntry({ wallMs: this.#clock.wallMs() }, atMs);
    this.#past.change(person, (past) => ({
      ledger: [...past.ledger, entry],
      lock: { code: 'symptom', sinceMs: atMs },
      screening: past.screening === null ? null : { ...past.screening, symptom: true },
    }));
    return true;
  }

  /** T12: the person's water is locked for its heat. */
  tooMuchHeat(person: PersonId, { station, session }: Place): void {
    const code = 'heat_dose';
    const body = { person, code, simulated: this.#simulated };
    this.#recorder.record({ type: 'lock', body }, station, session);
    const sinceMs = this.#clock.nowMs();
    this.#past.change(person, (past) => ({ ...past, lock: { code, sinceMs } }));
  }

  /** The screening of a person was answered: from now on it counts, for 90 days. */
  screened(person: PersonId, screening: ScreeningResult): void {
    this.#recorder.record({ type: 'screened', body: { person, ...screening } }, null, null);
    const [atWallMs, atMs] = [this.#clock.wallMs(), this.#clock.nowMs()];
    this.#past.change(person, (past) => ({
      ...past,
      screening: { ...screening, atWallMs, atMs, symptom: false },
    }));
  }

  count(result: SessionResult): void {
    this.#past.count(result, this.#clock.nowMs());
  }
}

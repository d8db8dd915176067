import { ENVELOPE } from '../../machines/envelope.ts';
import type { Lock, Refusal } from '../../machines/gate.ts';
import { doseInDay, gate, refuseDose } from '../../machines/gate.ts';
import type { Run } from '../../machines/session-run.ts';
import type { Source } from '../model/command.ts';
import type { PersonId, SessionId, StationId } from '../model/ids.ts';
import type { News } from './news.ts';
import type { Locked, People } from './people.ts';
import { isoOf } from './records.ts';
import type { Starter } from './starter.ts';

/** What the admission of one station needs to know of the others. */
export interface AdmissionHost {
  readonly people: People;
  news(news: News): void;
  wallMs(): number;
  /** The other station at which `person` has a session under way. */
  elsewhere(person: PersonId): StationId | null;
  /** A symptom of a person who has a session under way at another station: it stops there too. */
  reportElsewhere(person: PersonId, symptom: string, source: Source): void;
}

/** Who may have water at one station now: gate, locks and doses, and what a symptom changes in them. */
export class Admission {
  readonly #station: StationId;
  readonly #host: AdmissionHost;

  constructor(station: StationId, host: AdmissionHost) {
    this.#station = station;
    this.#host = host;
  }

  /** The lock of whoever has the station: of the person of the session on show, else of everybody who may use it. */
  locked(shown: PersonId | null, nowMs: number): Locked | null {
    return this.#host.people.locked(shown, nowMs);
  }

  /** What speaks against more water for a person now. `run` is their own session, where they go on with it. */
  refuse(
    starter: Starter,
    run: SessionId | null,
    latched: { readonly code: string; readonly message: string } | null,
    atMs: number,
  ): Refusal | null {
    const { people } = this.#host;
    const person = starter.counts ? starter.id : null;
    const ledger = person === null ? [] : people.past(person).ledger.filter(({ session }) => session !== run);
    const lock = people.locked(starter.id, atMs)?.lock ?? null;
    const [refusal] = gate({ ...starter, ledger, lock }, { latched }, this.#host.wallMs(), atMs);
    if (refusal !== undefined) return refusal;
    const elsewhere = person === null ? null : this.#host.elsewhere(person);
    return elsewhere === null || person === null
      ? null
      : { code: 'busy', message: `${person} is in a session at ${elsewhere}` };
  }

  /** L12: the dose of the person's sessions in the last 24 h, and whether a session of `planned` more fits into it. */
  dose(starter: Starter, planned: number, atMs: number): { before: number } | { refusal: Refusal } {
    if (!starter.counts || starter.id === null) return { before: 0 };
    const before = doseInDay(this.#host.people.past(starter.id).ledger, this.#host.wallMs(), atMs);
    const refusal = refuseDose(before, planned);
    return refusal === null ? { before } : { refusal };
  }

  /** A symptom: of the person named, else of the one whose session is on show, else of whoever was here last. */
  symptom(
    report: { readonly person: PersonId | null; readonly symptom: string; readonly source: Source },
    session: SessionId | null,
    atMs: number,
  ): void {
    const { people } = this.#host;
    const { person, symptom, source } = report;
    for (const who of person === null ? people.lastAt(this.#station, atMs) : [person]) {
      if (!people.symptom(who, symptom, source, { station: this.#station, session })) continue;
      this.#tell(who, 'symptom');
      this.#host.reportElsewhere(who, symptom, source);
    }
  }

  /** T12 has closed the water already: what is left to do is to lock it, for whoever was in it. */
  tripped(news: News, run: Run | null): void {
    if (news.type !== 'event' || news.event !== 'trip' || news.detail['code'] !== 'heat_dose') return;
    if (run === null || run.dry || run.person === null) return;
    this.#host.people.tooMuchHeat(run.person, { station: this.#station, session: run.id });
    this.#tell(run.person, 'heat_dose');
  }

  #tell(person: PersonId, code: Lock['code']): void {
    const until = isoOf(this.#host.wallMs() + ENVELOPE.lockMs);
    this.#host.news({ type: 'event', event: 'locked', detail: { person, code, until } });
  }
}

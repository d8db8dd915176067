import type { Refusal } from '../../machines/gate.ts';
import { DONE_TYPES, doneOf } from '../journal/index.ts';
import type { Done, HistoryReader } from '../journal/index.ts';
import type { DeskCommand, Source } from '../model/command.ts';
import type { Item } from '../model/item.ts';
import type { PersonId, StationId } from '../model/ids.ts';
import { clockText, dateAt } from '../schedule/zone.ts';
import type { CoreRecord } from './effects.ts';

export type TickCommand = Extract<DeskCommand, { command: 'done' | 'log' }>;

export interface TicksHost {
  readonly items: readonly Item[];
  /** Everybody in the config; empty: nobody is named, and then nobody is asked for. */
  readonly persons: readonly PersonId[];
  readonly zone: string;
  readonly simulated: boolean;
  /** What earlier runs recorded; null: nothing. */
  readonly history: HistoryReader | null;
  wallMs(): number;
  record(record: CoreRecord, station: StationId | null): void;
  /** A desk that reminds of it now, or next, is answered by it; false: none does. */
  acknowledge(item: string, source: Source): boolean;
}

/** Enough for all that is done on one day. */
const LOOK_BACK = 1_000;

/** What is ticked off and noted by hand. What counts once a day is counted once. */
export class Ticks {
  readonly #host: TicksHost;
  #today: Done[] | null = null;

  constructor(host: TicksHost) {
    this.#host = host;
  }

  /** A reminder at a desk was done: that counts as well. */
  saw(item: string): void {
    this.#add({
      ...{ item, kind: 'done', value: null, person: null },
      wallMs: this.#host.wallMs(),
      reminded: true,
    });
  }

  take(command: TickCommand, station: StationId | null, source: Source): Refusal | null {
    const { items, persons, zone } = this.#host;
    const item = items.find(({ id }) => id === command.item);
    if (item === undefined) {
      const known = items.map(({ id }) => id).join(', ');
      return {
        code: 'unknown_protocol',
        message: `there is no "${command.item}" to tick off; there are ${known}`,
      };
    }
    const person = personOf(command.person, persons);
    if (typeof person === 'object' && person !== null) return person;
    const wallMs = this.#host.wallMs();
    if (command.command === 'done') {
      const before = this.#done(item.id, person);
      const last = before.at(-1);
      if (last !== undefined && item.perDay !== null && before.length >= item.perDay) {
        const often = item.perDay === 1 ? 'once' : `${item.perDay} times`;
        const message = `${item.title} was done today already, at ${clockText(zone, last.wallMs)}; it counts ${often} a day, so nothing was added`;
        return { code: 'already_done', message };
      }
      // The desk records its own reminder, and that is the tick. With several people a desk is nobody's.
      if (persons.length <= 1 && this.#host.acknowledge(item.id, source)) return null;
    }
    const value = command.command === 'log' ? (command.value ?? null) : null;
    const tick = {
      item: item.id,
      kind: command.command,
      value: value === null ? null : String(value),
      person,
    };
    this.#host.record({ type: 'tick', body: { ...tick, source, simulated: this.#host.simulated } }, station);
    this.#add({ ...tick, wallMs, reminded: false });
    return null;
  }

  #done(item: string, person: PersonId | null): readonly Done[] {
    const today = this.#of(this.#host.wallMs());
    // At a desk nobody says who they are: what was answered there counts for whoever asks.
    return today.filter(
      (one) => one.item === item && one.kind === 'done' && (one.reminded || one.person === person),
    );
  }

  #add(done: Done): void {
    this.#of(done.wallMs).push(done);
  }

  /** The list of a day: what earlier runs left of it, and what this one adds. */
  #of(wallMs: number): Done[] {
    const { history, zone } = this.#host;
    const date = dateAt(zone, wallMs);
    const known = (
      this.#today ??
      history?.records({ types: DONE_TYPES, limit: LOOK_BACK }).map(doneOf) ??
      []
    ).filter((one) => one !== null);
    this.#today = known.filter((one) => dateAt(zone, one.wallMs) === date);
    return this.#today;
  }
}

/** Whose tick it is: the one named, or the only one there is. */
function personOf(named: PersonId | undefined, persons: readonly PersonId[]): PersonId | null | Refusal {
  if (named !== undefined && !persons.includes(named))
    return { code: 'unknown_person', message: `there is no person "${named}" in the config` };
  if (named !== undefined || persons.length === 0) return named ?? null;
  const [only] = persons;
  if (only !== undefined && persons.length === 1) return only;
  return { code: 'unknown_person', message: `whose? name one of ${persons.join(', ')}` };
}

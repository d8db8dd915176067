import type { PersonId } from './ids.ts';

/** Something that people do and no device sees: what `ebb done` ticks off and `ebb log` notes. */
export interface Item {
  /** The id of its protocol. */
  readonly id: string;
  readonly title: string;
  /** How often it counts on one day; null: as often as it is done. */
  readonly perDay: number | null;
}

/** One tick, or one note. */
export interface Tick {
  readonly item: string;
  readonly kind: 'done' | 'log';
  /** What was noted beside it; null: nothing. */
  readonly value: string | null;
  /** null: nobody is named in the config. */
  readonly person: PersonId | null;
}

import type { Random } from '../../src/random/random.ts';
import type { FaultFacts, FaultWorld } from './ports.ts';

export const FAULT_CLASSES = [
  'valve',
  'sensor',
  'sense',
  'supply',
  'bus',
  'port',
  'time',
  'process',
  'person',
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** What a fault was drawn with: numbers and words, so that a schedule can be printed, replayed and shrunk. */
export type FaultArgs = Readonly<Record<string, number | string | boolean>>;

/** What a word or a figure of a fault may be. */
export type Takes =
  | { readonly type: 'number'; readonly least: number; readonly most: number }
  | { readonly type: 'word'; readonly of: readonly string[] };

export const number = (least: number, most: number): Takes => ({ type: 'number', least, most });
export const word = (of: readonly string[]): Takes => ({ type: 'word', of });
/** A share, 0 to 1; and a time, milliseconds, of up to a day. */
export const SHARE = number(0, 1);
export const TIME_MS = number(0, 24 * 3_600_000);

/** What of a station a fault is of: the names that it has for it, and each way in which a station can have it. */
export interface Parts {
  readonly names: readonly string[];
  of(facts: FaultFacts): readonly FaultArgs[];
}

/** One entry of the catalogue: data and one function, a file each class. */
export interface Fault {
  /** As `--faults` and the schedules name it: `valve-stuck-open`. */
  readonly id: string;
  readonly class: FaultClass;
  /** One line for people: what is broken, as somebody at the bath would say it. */
  readonly doc: string;
  /** Of what it is. */
  readonly parts: Parts;
  /** The other words and figures that it may be given, by name; what is left out has one of its own. */
  readonly takes: Readonly<Record<string, Takes>>;
  /** Null where this station cannot have it. */
  draw(random: Random, facts: FaultFacts): FaultArgs | null;
  /** Breaks it. Returns how to mend it; null where it ends by itself or cannot be mended. */
  begin(world: FaultWorld, args: FaultArgs): (() => void) | null;
}

/** A number of `args`; a schedule that was written by hand may lack it. */
export function numberOf(args: FaultArgs, name: string, otherwise: number): number {
  const value = args[name];
  return typeof value === 'number' ? value : otherwise;
}

/** A word of `args`. */
export function wordOf(args: FaultArgs, name: string, otherwise: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : otherwise;
}

/** One of a list by chance; null of none. */
export function oneOf<T>(random: Random, list: readonly T[]): T | null {
  return list.length === 0 ? null : (list[random.int(0, list.length - 1)] ?? null);
}

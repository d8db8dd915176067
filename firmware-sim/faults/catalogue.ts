import type { Random } from '../../src/random/random.ts';
import type { FaultFacts, FaultWorld } from './ports.ts';

export const FAULT_CLASSES = [
  'valve',
  'sensor',
  'sense',
  'supply',
  'bus',
  'time',
  'process',
  'person',
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** What a fault was drawn with: numbers and words, so that a schedule can be printed, replayed and shrunk. */
export type FaultArgs = Readonly<Record<string, number | string | boolean>>;

/** One entry of the catalogue: data and one function, a file each class. */
export interface Fault {
  /** As `--faults` and the schedules name it: `valve-stuck-open`. */
  readonly id: string;
  readonly class: FaultClass;
  /** One line for people: what is broken, as somebody at the bath would say it. */
  readonly doc: string;
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

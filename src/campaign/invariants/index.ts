import type { Invariant } from './invariant.ts';
import { i4 } from './i4.ts';

/** The list of invariants, one file each. */
export const INVARIANTS: readonly Invariant[] = [i4];

export type { Invariant, Judge, Objection } from './invariant.ts';

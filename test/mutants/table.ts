import type { Catch } from './hunt.ts';

/** One row of the table of planted defects in docs/mutation.md. */
export function rowOf(caught: Catch): string {
  const { mutant, invariant, seed, sessions, what } = caught;
  const found = invariant === null ? 'not caught' : `${invariant}: ${what ?? ''}`;
  const cells = [mutant.id, mutant.thought, found, String(seed ?? ''), String(sessions), verdictOf(caught)];
  return `| ${cells.join(' | ')} |`;
}

/** `caught`, or why it does not count. */
export function verdictOf({ invariant, again, clean, trouble }: Catch): string {
  if (trouble !== '') return 'did not run';
  if (invariant === null) return 'missed';
  if (!again.includes(invariant)) return 'not reproduced';
  return clean.length === 0 ? 'caught' : `broken without it as well: ${clean.join(', ')}`;
}

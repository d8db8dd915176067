import type { Beat } from './device.ts';

/** Nothing flashes or beeps between 3 and 60 times a second (photosensitive epilepsy), nor faster; milliseconds. */
const LEAST_PERIOD_MS = 1_000 / 3;
/** Nothing lasts longer than that. */
const LONGEST_MS = 10_000;

/** Why a pattern may not be shown, or null: the bounds of every cue, those of a config too. */
export function refuseBeat({ count, onMs, offMs }: Beat): string | null {
  if (count > 1 && onMs + offMs < LEAST_PERIOD_MS) return 'it flashes or beeps more than 3 times a second';
  if (count * (onMs + offMs) > LONGEST_MS) return 'it lasts longer than 10 s';
  return null;
}

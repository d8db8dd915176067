import { DAY_MS } from '../../src/model/units.ts';
import { localOf } from '../../src/schedule/zone.ts';

/** A moment in which the clocks of a zone are set. */
export interface Turn {
  readonly zone: string;
  readonly atMs: number;
  /** What they showed just before and from then on, beyond UTC. */
  readonly fromMs: number;
  readonly toMs: number;
}

export const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone');

const offsetOf = (zone: string, atMs: number): number => localOf(zone, atMs) - atMs;

/** No zone turns its clocks there and back within a week. */
const WEEK_MS = 7 * DAY_MS;

/** Every turn of a zone between two moments, found by looking each week and halving. */
export function turnsOf(zone: string, fromMs: number, toMs: number): readonly Turn[] {
  const turns: Turn[] = [];
  let before = offsetOf(zone, fromMs);
  for (let atMs = fromMs; atMs < toMs; atMs += WEEK_MS) {
    const after = offsetOf(zone, atMs + WEEK_MS);
    if (after === before) continue;
    let [low, high] = [atMs, atMs + WEEK_MS];
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (offsetOf(zone, middle) === before) low = middle;
      else high = middle;
    }
    turns.push({ zone, atMs: high, fromMs: before, toMs: after });
    before = after;
  }
  return turns;
}

import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { INVARIANTS } from './invariants/index.ts';
import type { Tally } from './tally.ts';
import { UNREACHABLE } from './unreachable.ts';

/** What a campaign is meant to reach. The totals come from the charts, the detectors, the catalogue and the lists themselves. */
export interface Universe {
  readonly states: readonly string[];
  readonly rows: readonly string[];
  /** Detector and reason: `T5 stale_reading`. */
  readonly trips: readonly string[];
}

export interface CoverageLine {
  readonly what: 'faults' | 'states' | 'transitions' | 'detectors' | 'invariants';
  readonly reached: number;
  readonly total: number;
  readonly missing: readonly string[];
}

/** How far a campaign had come when the last thing of all was reached. */
export interface Completed {
  /** From its first seed on. */
  readonly sessions: number;
  readonly last: string;
}

/** After how many sessions coverage was complete, and with what; null: it is not. */
export function completedAfter(
  { firsts }: Tally,
  lines: readonly CoverageLine[],
  fromSeed: number,
): Completed | null {
  if (lines.some(({ missing }) => missing.length > 0)) return null;
  const [last, seed] = Object.entries(firsts)
    .filter(([name]) => !(name in UNREACHABLE))
    .reduce((latest, one) => (one[1] > latest[1] ? one : latest), ['nothing', fromSeed]);
  return { sessions: seed - fromSeed + 1, last };
}

/** What was reached of everything, and what was not. */
export function coverageOf(tally: Tally, universe: Universe): readonly CoverageLine[] {
  const line = (
    what: CoverageLine['what'],
    all: readonly string[],
    counts: Readonly<Record<string, unknown>>,
  ): CoverageLine => {
    const wanted = all.filter((one) => !(one in UNREACHABLE));
    const missing = wanted.filter((one) => !isReached(counts[one]));
    return { what, reached: wanted.length - missing.length, total: wanted.length, missing };
  };
  return [
    line(
      'faults',
      FAULTS.map(({ id }) => id),
      tally.faults,
    ),
    line('states', universe.states, tally.states),
    line('transitions', universe.rows, tally.rows),
    // By condition: one that never tripped is told, though another of its detector did.
    line('detectors', universe.trips, tally.tripped),
    line(
      'invariants',
      INVARIANTS.map(({ id }) => id),
      tally.judged,
    ),
  ];
}

function isReached(count: unknown): boolean {
  return typeof count === 'number' ? count > 0 : count !== undefined;
}

import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { INVARIANTS } from './invariants/index.ts';
import type { Tally } from './tally.ts';
import { UNREACHABLE } from './unreachable.ts';

/** What a campaign is meant to reach. The totals come from the charts, the catalogue and the lists themselves. */
export interface Universe {
  readonly states: readonly string[];
  readonly rows: readonly string[];
}

/** The detectors, as docs/safety.md names them; T10 is STOP and trips nothing: it is asked for. */
export const DETECTORS = [
  'T1',
  'T2',
  'T3',
  'T4',
  'T5',
  'T6',
  'T7',
  'T8',
  'T9',
  'T11',
  'T12',
  'T13',
  'proof',
] as const;

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
    line('detectors', DETECTORS, tally.tripped),
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

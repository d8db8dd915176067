import type { Completed, CoverageLine } from '../coverage.ts';
import type { Mode } from '../scenario.ts';
import type { Verdict } from '../run.ts';
import type { Tally } from '../tally.ts';

/** A violation, shrunk, with the command that shows it again. */
export interface Find {
  /** As the seed found it. */
  readonly found: Verdict;
  /** The same with the shortest fault schedule found; as found where it was not looked for. */
  readonly shrunk: Verdict;
  /** How many replays that took; null: it was not looked for, as for all but the first few. */
  readonly tries: number | null;
  /** The command that shows `shrunk`, and the one that shows `found`. */
  readonly replay: string;
  readonly replayAsFound: string;
}

export interface LeftOut {
  readonly house: string;
  readonly protocol: string;
  readonly why: string;
}

/** A campaign, done: what every format prints. */
export interface Report {
  readonly version: string;
  readonly command: string;
  readonly seed: number;
  readonly mode: Mode;
  readonly workers: number;
  readonly tookS: number;
  readonly tally: Tally;
  readonly coverage: readonly CoverageLine[];
  /** After how many sessions nothing was missing; null: something is. */
  readonly completed: Completed | null;
  /** What was not run at a house, since it does not compile for it. */
  readonly leftOut: readonly LeftOut[];
  /** Moments of the schedule that was asked for to which no session came: what was to begin there was not tried. */
  readonly neverCame: readonly string[];
  /** Missing coverage makes it fail, and so does a moment that never came. */
  readonly requireCoverage: boolean;
  /** Those of the lowest seeds; how many there are in all is in the tally. */
  readonly finds: readonly Find[];
  /** Ended early, by a person. */
  readonly interrupted: boolean;
}

export function isGood({
  tally,
  requireCoverage,
  coverage,
  neverCame,
}: Pick<Report, 'tally' | 'requireCoverage' | 'coverage' | 'neverCame'>): boolean {
  const isCovered = neverCame.length === 0 && coverage.every(({ missing }) => missing.length === 0);
  return tally.violated === 0 && (!requireCoverage || isCovered);
}

export function rateOf({ tally, tookS }: Report): number {
  return tookS > 0 ? tally.sessions / tookS : 0;
}

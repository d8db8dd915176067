import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from './random-model.ts';
import { PLACES, Truth } from './random-truth.ts';

/** Ten seconds of work for 60 runs, on a computer that may have other things to do. */
const BUSY_MS = 1_800_000;

/**
 * Random runs of a whole station. A failing one prints its seed and path, and the fewest acts that still fail; paste
 * them into `fc.assert(..., { seed, path })` to see it again.
 */
export function randomRuns(options: {
  readonly runs: number;
  readonly acts: number;
  readonly seed: number;
}): void {
  test(`${options.runs} random runs of the whole station, seed ${options.seed}`, { timeout: BUSY_MS }, () => {
    const sums = { openings: 0, stops: 0, invitations: 0, cuts: 0 };
    const places = new Set<string>();
    fc.assert(
      fc.property(runs(options.acts), ({ seed, place, acts }) => {
        const truth = new Truth(seed, place);
        fc.modelRun(() => ({ model: {}, real: truth }), acts);
        // Whatever was begun: its leases and travels run out, and it is looked at once more.
        truth.run(32_000);
        places.add(place);
        for (const name of ['openings', 'stops', 'invitations', 'cuts'] as const)
          sums[name] += truth.counts[name];
      }),
      { numRuns: options.runs, seed: options.seed, endOnFailure: false },
    );
    console.info(`${options.runs} runs: ${JSON.stringify(sums)}`);
    // A property says nothing where nothing happens.
    expect([...places].sort()).toEqual([...PLACES].sort());
    expect(Math.min(sums.openings, sums.stops, sums.invitations, sums.cuts)).toBeGreaterThan(
      options.runs / 8,
    );
  });
}

import type { SessionResult } from '../model/state.ts';
import type { Measured } from './measures.ts';
import type { Violation } from './trace.ts';

/** The name under which a healthy rig that was not let through is reported. */
export const NUISANCE = 'nuisance';

/**
 * A detector that trips a healthy rig is a defect like one that does not trip a sick one: where nothing was broken and
 * the person did as asked, the session completes.
 */
export function nuisanceOf(
  measured: Measured,
  healthy: boolean,
  result: SessionResult | null,
  atMs: number,
): Violation | null {
  if (!healthy || measured.fired.length > 0 || result?.outcome === 'complete') return null;
  const what =
    result === null
      ? 'nothing was broken and no session came to an end'
      : `nothing was broken and the session ended ${result.outcome}: ${result.reason}`;
  return { invariant: NUISANCE, atMs, what };
}

import { fitted, FAULTS } from '../../../firmware-sim/faults/index.ts';
import type { FaultWorld } from '../../../firmware-sim/faults/index.ts';
import type { Landmarks } from '../landmarks.ts';
import type { ScheduledFault } from '../scenario.ts';
import type { TraceEvent } from '../trace.ts';
import { touching } from './touch.ts';

/**
 * Each fault of a schedule begins at its moment, and is mended in its time. One that this station cannot have does not.
 * What comes back mends what is still broken, and lets nothing more begin.
 */
export function beginFaults(
  faults: readonly ScheduledFault[],
  world: FaultWorld,
  landmarks: Landmarks,
  tell: (event: Extract<TraceEvent, { type: 'fault' }>) => void,
): () => void {
  const broken = new Set<() => void>();
  let over = false;
  for (const { at, id, args: given, forMs } of faults) {
    const fault = FAULTS.find((one) => one.id === id);
    const args = fault === undefined ? null : fitted(fault, given, world.facts);
    if (fault === undefined || args === null) continue;
    landmarks.when(at, () => {
      if (over) return;
      let touched = false;
      // First what is broken, then what comes of it; and nothing is broken before a hand is on it.
      const hands = touching(world, () => {
        if (touched) return;
        touched = true;
        tell({ type: 'fault', id, args, on: true, atMs: world.nowMs() });
      });
      const mend = fault.begin(hands, args);
      if (mend === null) return;
      const heal = (): void => {
        if (!broken.delete(heal)) return;
        mend();
        if (touched) tell({ type: 'fault', id, args, on: false, atMs: world.nowMs() });
      };
      broken.add(heal);
      if (forMs !== null) world.at(world.nowMs() + forMs, heal);
    });
  }
  return () => {
    over = true;
    for (const heal of [...broken]) heal();
  };
}

import { FAULTS } from '../../../firmware-sim/faults/index.ts';
import type { FaultWorld } from '../../../firmware-sim/faults/index.ts';
import type { Landmarks } from '../landmarks.ts';
import type { ScheduledFault } from '../scenario.ts';
import type { TraceEvent } from '../trace.ts';

/** Each fault of a schedule begins at its moment, and is mended in its time. */
export function beginFaults(
  faults: readonly ScheduledFault[],
  world: FaultWorld,
  landmarks: Landmarks,
  tell: (event: TraceEvent) => void,
): void {
  for (const { at, id, args, forMs } of faults) {
    const fault = FAULTS.find((one) => one.id === id);
    if (fault === undefined) continue;
    landmarks.when(at, () => {
      // First what is broken, then what comes of it.
      tell({ type: 'fault', id, args, on: true, atMs: world.nowMs() });
      const mend = fault.begin(world, args);
      if (mend === null || forMs === null) return;
      world.at(world.nowMs() + forMs, () => {
        mend();
        tell({ type: 'fault', id, args, on: false, atMs: world.nowMs() });
      });
    });
  }
}

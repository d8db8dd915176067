import type { DeviceId } from '../../src/model/ids.ts';
import type { Detector, Finding } from './facts.ts';
import { NOTHING } from './facts.ts';

/**
 * T5, silence: a needed thermometer whose last valid reading is older than L20. Everything closes at once and holds;
 * it says `fresh` when every thermometer has a young reading again. Found by deadline, since silence sends nothing.
 * The state is the water (by when it was first wanted) that has been tripped for: other water is tripped for anew.
 */
export const t5Stale: Detector<number | null> = {
  id: 'T5',
  trips: ['T5 stale_reading'],
  initial: null,
  goesBy: ['expect', 'temperature'],
  step({ settings, facts, atMs }, trippedFor) {
    const takenAtMs = (id: DeviceId): number => facts.latest[id]?.takenAtMs ?? -Infinity;
    const silent = settings.thermometers.filter((id) => atMs - takenAtMs(id) > settings.readingAgeMs);
    const fresh: Finding<number | null> =
      trippedFor !== null && silent.length === 0 ? { state: null, edge: { type: 'fresh' } } : NOTHING;
    const since = facts.activeSinceMs;
    if (since === null) return fresh;
    // A thermometer that has not spoken yet gets one age from the moment water was wanted.
    const oldestMs = Math.max(since, Math.min(...settings.thermometers.map(takenAtMs)));
    const dueMs = oldestMs + settings.readingAgeMs;
    if (atMs <= dueMs) return { ...fresh, deadlineMs: dueMs + 1 };
    if (trippedFor === since) return NOTHING;
    return {
      state: since,
      trip: {
        detector: 'T5',
        reason: 'stale_reading',
        response: 'hold',
        latch: false,
        message: `no valid reading from ${silent.join(', ')} for ${(settings.readingAgeMs / 1000).toFixed(1)} s`,
      },
    };
  },
};

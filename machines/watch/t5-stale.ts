import type { Detector } from './facts.ts';

/**
 * T5, silence: a needed thermometer whose last valid reading is older than L20. Everything closes at once and holds;
 * it says `fresh` when every thermometer has a young reading again. Found by deadline, since silence sends nothing.
 * The state is the water (by when it was first wanted) that has been tripped for: other water is tripped for anew.
 */
export const t5Stale: Detector<number | null> = {
  id: 'T5',
  initial: null,
  step({ settings, facts, atMs }, trippedFor) {
    let [isFresh, oldestMs] = [true, Infinity];
    const since = facts.activeSinceMs;
    for (const id of settings.thermometers) {
      const takenAtMs = facts.latest[id]?.takenAtMs ?? -Infinity;
      isFresh &&= atMs - takenAtMs <= settings.readingAgeMs;
      // A thermometer that has not spoken yet gets one age from the moment water was wanted.
      oldestMs = Math.min(oldestMs, Math.max(takenAtMs, since ?? -Infinity));
    }
    if (trippedFor !== null && isFresh) return { state: null, edge: { type: 'fresh' } };
    if (since === null || settings.thermometers.length === 0) return { state: trippedFor };
    const dueMs = oldestMs + settings.readingAgeMs;
    if (atMs <= dueMs) return { state: trippedFor, deadlineMs: dueMs + 1 };
    if (trippedFor === since) return { state: since };
    const silent = settings.thermometers.filter(
      (id) => atMs - (facts.latest[id]?.takenAtMs ?? -Infinity) > settings.readingAgeMs,
    );
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

import type { Detector } from './facts.ts';

/**
 * T5, silence: a needed thermometer whose last valid reading is older than L20. Everything closes at once and holds;
 * it says `fresh` when every thermometer has a young reading again. Found by deadline, since silence sends nothing.
 */
export const t5Stale: Detector<boolean> = {
  id: 'T5',
  initial: false,
  step({ settings, facts, atMs }, tripped) {
    const ages = settings.thermometers.map((id) => atMs - (facts.latest[id]?.takenAtMs ?? -Infinity));
    const isFresh = ages.every((age) => age <= settings.readingAgeMs);
    if (tripped && isFresh) return { state: false, edge: { type: 'fresh' } };
    if (facts.activeSinceMs === null || settings.thermometers.length === 0) return { state: tripped };
    const since = facts.activeSinceMs;
    const dueMs = Math.min(
      // A thermometer that has not spoken yet gets one age from the moment water was wanted.
      ...settings.thermometers.map(
        (id) => Math.max(facts.latest[id]?.takenAtMs ?? -Infinity, since) + settings.readingAgeMs,
      ),
    );
    if (atMs <= dueMs) return { state: tripped, deadlineMs: dueMs + 1 };
    if (tripped) return { state: true };
    const silent = settings.thermometers.filter(
      (id) => atMs - (facts.latest[id]?.takenAtMs ?? -Infinity) > settings.readingAgeMs,
    );
    return {
      state: true,
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

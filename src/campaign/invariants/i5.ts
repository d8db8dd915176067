import { LIMITS, LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { isStream, openSupply, travelOf } from './outputs.ts';

const MARGIN_MS = 1_000;
const COLD_C = 20;
const FEELS_COLD_MS = 75_000;
const A_CYCLE_MS = 15_000;
/** What is left in the tray after a close runs off the feet. */
const RUNS_OFF_MS = 5_000;
const FAINTS = 'person-faints';
const SPOILS = ['valve', 'supply'] as const;
/** From a call to step out, once it can be heard again, until nobody is in the water. */
const CALLED_MS = 5_000;
/** From a supply that is whole again until its water is at the feet. */
const RUNS_THROUGH_MS = 15_000;

/**
 * The step on a stream runs while its valve is open, and that is judged with the valve's own travel. What feet feel counts
 * while water runs: the drain is open, and what a person feels after it is air.
 */
export const i5: Invariant = {
  id: 'I5',
  says: 'a cold step lasts at most 60 s + 1 s + one tick; true water under 20 C on a person in water at most 75 s a step; cold in a session at most 300 s + 15 s a cycle',
  judge(facts, object, seen) {
    const { steps, troubles } = seen;
    const stream = isStream(facts);
    const mostMs = LIMITS.coldStepMs + MARGIN_MS + LOOK_MS + travelOf(facts);
    let judged = 0;
    let feltMs = 0;
    let sumMs = 0;
    let ranAtMs = -Infinity;
    let fromMs = 0;
    let warmSteps = 0;
    // A master lets water as far as the valves behind it, and none on the feet.
    const upstream = (output: string): boolean => output === 'master';
    /** Nobody could be called out of what a device that does not hear any more lets in, or of what stands. */
    const isAlone = (overMs: number, atMs: number): boolean =>
      troubles.hindered(atMs - CALLED_MS, atMs) &&
      ['cold', 'mixer'].some((valve) => troubles.excuses(valve, atMs - overMs, atMs));
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal'], (event) => {
        if (event.record === 'start') sumMs = 0;
      }),
      tick(tick) {
        const { atMs, permitted, feet } = tick;
        const passedMs = atMs - fromMs;
        fromMs = atMs;
        if (steps.runs && steps.side === 'cold') {
          judged += 1;
          if (steps.overran(mostMs, atMs)) object(atMs, `the cold step has run ${steps.stepMs / 1_000} s`);
          const cycles = Math.max(1, steps.coldSteps);
          if (steps.coldMs > LIMITS.coldContactMs + A_CYCLE_MS * cycles)
            object(atMs, `cold contact of the session is ${steps.coldMs / 1_000} s`);
        }
        if (steps.warmSteps !== warmSteps) {
          warmSteps = steps.warmSteps;
          feltMs = 0;
        }
        if (stream && seen.open && openSupply(tick, upstream) !== null) ranAtMs = atMs;
        const wet = !stream || atMs - ranAtMs <= RUNS_OFF_MS;
        if (!wet || !(permitted || feet !== null)) return;
        // Who has fainted does not step out at the cue; what somebody else prepares over their feet is no part of a step.
        const fainted = troubles.has(FAINTS);
        if (!permitted && fainted) return;
        const name = feet ?? steps.side ?? 'stream';
        // Nor is the cold basin that they are still in while they were told to go over into the warm one.
        if (fainted && !stream && steps.side !== 'cold') return;
        const water = tick.vessels.find((one) => one.name === name) ?? tick.vessels[0];
        if (water === undefined || water.waterC >= COLD_C) return;
        const { side } = steps;
        // A hot valve that a fault holds shut, or a supply that fails, makes warm steps cold: that is not of this promise.
        // Nor is what stands in a vessel while nobody can be called out of it (see Steps).
        if (side !== 'cold' && SPOILS.some((kind) => troubles.lasts(kind, atMs - RUNS_THROUGH_MS, atMs)))
          return;
        if (!stream && (troubles.frozen(atMs) || (!permitted && troubles.hindered(atMs - CALLED_MS, atMs))))
          return;
        feltMs += passedMs;
        sumMs += passedMs;
        if (side !== 'cold') return;
        const overMs = feltMs - FEELS_COLD_MS;
        if (overMs > 0 && !(stream && isAlone(overMs, atMs)))
          object(atMs, `cold water on the feet for ${feltMs / 1_000} s of a step`);
        if (sumMs > LIMITS.coldContactMs + A_CYCLE_MS * Math.max(1, steps.coldSteps))
          object(atMs, `cold water on the feet for ${sumMs / 1_000} s of a session`);
      },
    };
  },
};

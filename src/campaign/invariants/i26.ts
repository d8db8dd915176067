import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import type { Invariant } from './invariant.ts';

const OVER_C = 0.5;
/** Noise and lag of the thermometer that it is switched off by. */
const SEEN_LATE_C = 0.3;
/** A heater element needs water around it: less than this share of the basin is not enough. */
const ENOUGH = 0.5;
const MAY = /^(running|starting|restarting)(\.|$)/;

const LIES = ['sensor', 'sense'] as const;

export const i26: Invariant = {
  id: 'I26',
  says: 'the heater is on only with enough water, in a step that permits it, below the setpoint + 0.5',
  judge(facts, object, { troubles }) {
    const { volumeL } = facts;
    if (!facts.station.devices.some(({ role }) => role === 'heater')) return { judged: 0 };
    let judged = 0;
    let wrongMs: number | null = null;
    return {
      get judged() {
        return judged;
      },
      tick({ atMs, on, state, vessels }) {
        if (on['heater'] !== true) {
          wrongMs = null;
          return;
        }
        judged += 1;
        const vessel = vessels.find(({ name }) => name === 'warm' || name === 'basin') ?? vessels[0];
        const setpointC = facts.plan?.steps.find(({ kind }) => kind === 'warm')?.targetC ?? 0;
        const dry = volumeL !== null && (vessel?.litres ?? 0) < ENOUGH * volumeL;
        const hot = (vessel?.waterC ?? 0) > setpointC + OVER_C + SEEN_LATE_C;
        const why = dry
          ? 'without enough water'
          : hot
            ? 'above its setpoint'
            : MAY.test(state)
              ? null
              : `in ${state}`;
        wrongMs = why === null ? null : (wrongMs ?? atMs);
        if (why === null || wrongMs === null) return;
        const byMs = wrongMs + 2 * (RESPONSE_MS + LOOK_MS);
        if (atMs <= byMs || troubles.excuses('heater', byMs, atMs)) return;
        // What is measured wrongly heats wrongly, as far as the other barriers let it.
        if (!LIES.some((kind) => troubles.lasts(kind, wrongMs ?? 0, atMs)))
          object(atMs, `the heater is on ${why}`);
      },
    };
  },
};

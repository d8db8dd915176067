import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { openSupply, travelOf } from './outputs.ts';
import { warmLimitC } from './signs.ts';

/** A clear takes a condition that has been false for so long. */
const FALSE_MS = 5_000;
const SCALDS_C = 43;
const GUARD_OVER_C = 1;

export const i12: Invariant = {
  id: 'I12',
  says: 'with a latched fault every water output, heater and pump is off (not the drain, not the cues) until it is cleared, also across a restart',
  judge(facts, object, { troubles, readings }) {
    const travelMs = travelOf(facts);
    const probes = facts.station.devices.filter(({ role }) => role === 'thermometer').map(({ id }) => id);
    const guardC = facts.station.scaldGuard?.maxC ?? null;
    /** Water that the fault was latched for is warmer than that, degrees Celsius. */
    const limitOf = (detector: string): number => {
      if (detector === 'T1') return SCALDS_C;
      if (detector === 'T2') return warmLimitC(facts);
      return guardC === null ? SCALDS_C : guardC + GUARD_OVER_C;
    };
    let limitC = SCALDS_C;
    let judged = 0;
    let offByMs = facts.scenario.person.latched === true ? 0 : Infinity;
    return {
      get judged() {
        return judged;
      },
      ...hears(['trip', 'cleared', 'command'], (event) => {
        if (event.type === 'trip' && event.latched) {
          offByMs = Math.min(offByMs, event.atMs + RESPONSE_MS + travelMs);
          limitC = Math.min(limitC, limitOf(event.detector));
        } else if (event.type === 'cleared') {
          if (offByMs !== Infinity)
            for (const device of probes)
              for (const { atMs, valueC } of readings.of(device))
                if (atMs > event.atMs - FALSE_MS && valueC > limitC)
                  object(
                    event.atMs,
                    `the fault was cleared, and ${device} read ${valueC.toFixed(1)} C within 5 s`,
                  );
          offByMs = Infinity;
          limitC = SCALDS_C;
        } else if (event.type === 'command' && event.action !== 'close' && offByMs !== Infinity)
          object(event.atMs, `${event.device} was told to ${event.action} while a fault was latched`);
      }),
      tick(tick) {
        const { atMs, on } = tick;
        if (offByMs === Infinity) return;
        judged += 1;
        const byMs = offByMs + LOOK_MS;
        if (atMs <= byMs) return;
        const open = openSupply(tick, (output, nowMs) => troubles.excuses(output, byMs, nowMs));
        if (open !== null) object(atMs, `${open} is open while a fault is latched`);
        for (const output in on)
          if (on[output] === true && !troubles.excuses(output, byMs, atMs))
            object(atMs, `the ${output} is on while a fault is latched`);
      },
    };
  },
};

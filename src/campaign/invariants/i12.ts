import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import type { Invariant } from './invariant.ts';
import { openSupply, travelOf } from './outputs.ts';
import { Troubles } from './troubles.ts';

export const i12: Invariant = {
  id: 'I12',
  says: 'with a latched fault every water output, heater and pump is off (not the drain, not the cues) until it is cleared, also across a restart',
  judge(facts, object) {
    const travelMs = travelOf(facts);
    const troubles = new Troubles();
    let judged = 0;
    let offByMs = facts.scenario.person.latched === true ? 0 : Infinity;
    return {
      get judged() {
        return judged;
      },
      event(event) {
        troubles.event(event);
        if (event.type === 'trip' && event.latched)
          offByMs = Math.min(offByMs, event.atMs + RESPONSE_MS + travelMs);
        else if (event.type === 'cleared') offByMs = Infinity;
        else if (event.type === 'command' && event.action !== 'close' && offByMs !== Infinity)
          object(event.atMs, `${event.device} was told to ${event.action} while a fault was latched`);
      },
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

import { LOOK_MS, RESPONSE_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { travelOf } from './outputs.ts';

const HOT_C = 43;
const SAMPLES = 2;
const VALVES = ['hot', 'mixer', 'warm-hot', 'warm-mixer'] as const;

/** A valve that a fault holds is not judged, but no open may be sent to it either. Where no command arrives, the lease closes. */
export const i2: Invariant = {
  id: 'I2',
  says: 'in water and two valid samples running at 43.0 or more: hot is closed within 0.5 s + travel and stays closed until cleared',
  judge(facts, object, { troubles }) {
    const travelMs = travelOf(facts);
    const counts = new Map<string, number>();
    const warm = new Set(
      facts.station.devices.filter(({ role }) => role === 'hot' || role === 'mixer').map(({ id }) => id),
    );
    let judged = 0;
    let feet = false;
    let permitted = false;
    let shutByMs = Infinity;
    return {
      get judged() {
        return judged;
      },
      ...hears(['feet', 'permitted', 'cleared', 'command'], (event) => {
        if (event.type === 'feet') feet = event.vessel !== null;
        else if (event.type === 'permitted') permitted = event.on;
        else if (event.type === 'cleared') shutByMs = Infinity;
        else if (event.action !== 'close' && event.atMs > shutByMs - travelMs && warm.has(event.device))
          object(event.atMs, `${event.device} was told to ${event.action} before the fault was cleared`);
      }),
      reading({ device, kind, value, atMs }) {
        if (kind !== 'temperature' || typeof value !== 'number') return;
        const count = value >= HOT_C ? (counts.get(device) ?? 0) + 1 : 0;
        counts.set(device, count);
        if (count < SAMPLES || !(feet || permitted) || shutByMs !== Infinity) return;
        judged += 1;
        shutByMs = atMs + RESPONSE_MS + travelMs;
      },
      tick({ atMs, open }) {
        if (shutByMs === Infinity) return;
        const byMs = shutByMs + LOOK_MS;
        if (atMs <= byMs) return;
        for (const valve of VALVES) {
          if (open[valve] === true && !troubles.excuses(valve, byMs, atMs))
            object(atMs, `${valve} is open though two samples were at ${HOT_C} C or more`);
        }
      },
    };
  },
};

import { LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { travelOf } from './outputs.ts';

const WITHIN_MS = 6_000;
const VALVES = ['hot', 'cold', 'mixer'] as const;

/** Where a station has a flow sensor. A master that a fault holds cannot shut; the trip is due all the same. */
export const i23: Invariant = {
  id: 'I23',
  says: 'flow with everything told to close: the master is shut and there is a fault within 6 s',
  judge(facts, object, { troubles }) {
    const roleOf = new Map<string, string>(facts.station.devices.map(({ id, role }) => [id, role]));
    const roles = new Set(roleOf.values());
    if (!roles.has('flow')) return { judged: 0 };
    const master = roles.has('master');
    const travelMs = travelOf(facts);
    const told = new Set<string>();
    let sinceMs: number | null = null;
    let tripped = false;
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['trip', 'cleared', 'booted', 'command'], (event) => {
        if (event.type === 'trip') tripped = true;
        else if (event.type === 'cleared' || event.type === 'booted') tripped = false;
        else {
          const role = roleOf.get(event.device) ?? '';
          if (event.action === 'close') told.delete(role);
          else {
            told.add(role);
            if (role !== 'master') tripped = false;
          }
        }
      }),
      tick({ atMs, alive, open }) {
        const idle = told.size === 0 || VALVES.every((valve) => !told.has(valve));
        const upstream = !master || open['master'] === true;
        const flows = upstream && VALVES.some((valve) => open[valve] === true);
        // Nobody saw it while nothing came through, nor while the meter said something else.
        const unseen = !alive || troubles.hindered(atMs, atMs) || troubles.lasts('sense', atMs, atMs);
        sinceMs = idle && flows && !unseen ? (sinceMs ?? atMs) : null;
        if (sinceMs === null) return;
        judged += 1;
        if (atMs - sinceMs <= WITHIN_MS + travelMs + LOOK_MS) return;
        if (!tripped) object(atMs, 'water flows with everything told to close, and there is no fault');
        else if (master && !troubles.holds('master', atMs))
          object(atMs, 'water flows, and the master is open');
      },
    };
  },
};

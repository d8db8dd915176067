import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

const APART_MS = 500;

interface Pair {
  readonly hot: string;
  readonly cold: string;
}
const PAIRS: readonly Pair[] = [{ hot: 'hot', cold: 'cold' }];
const ONE_OUTLET: ReadonlySet<string> = new Set(['stream', 'basin']);

/**
 * Both are judged by their true moves, but not a valve that a fault holds: of it, and of the other beside it, only the
 * commands are judged. A mixer has one valve.
 */
export const i4: Invariant = {
  id: 'I4',
  says: 'hot and cold of one outlet or vessel are never both open, except tempering with nobody permitted; at least 0.5 s closed between them',
  judge(facts, object, { troubles }) {
    const open = new Map<string, boolean>();
    const closedAtMs = new Map<string, number>();
    const told = new Map<string, boolean>();
    const other = new Map<string, string>();
    for (const { hot, cold } of PAIRS) {
      other.set(hot, cold);
      other.set(cold, hot);
    }
    const roleOf = new Map(facts.station.devices.map(({ id, role }) => [id, role as string]));
    const stream = facts.station.vessel === 'stream';
    let judged = 0;
    let tempers = false;
    let permitted = false;
    const bothMay = (): boolean => !stream && tempers && !permitted;
    // Two basins side by side are two vessels, each with one supply.
    const apart = facts.station.vessel !== null && !ONE_OUTLET.has(facts.station.vessel);
    const moved = (output: string, opens: boolean, atMs: number): void => {
      const beside = other.get(output);
      if (beside === undefined || apart) return;
      open.set(output, opens);
      if (!opens) {
        closedAtMs.set(output, atMs);
        return;
      }
      if (troubles.holds(output, atMs) || troubles.holds(beside, atMs) || bothMay()) return;
      judged += 1;
      const apartMs = atMs - (closedAtMs.get(beside) ?? -Infinity);
      if (open.get(beside) === true) object(atMs, `${output} opened while ${beside} was open`);
      else if (apartMs < APART_MS) object(atMs, `${output} opened ${apartMs} ms after ${beside} had closed`);
    };
    const commanded = (device: string, opens: boolean, atMs: number): void => {
      const output = roleOf.get(device);
      const beside = output === undefined ? undefined : other.get(output);
      if (output === undefined || beside === undefined || !stream) return;
      told.set(output, opens);
      if (opens && told.get(beside) === true) object(atMs, `${output} was told to open while ${beside} was`);
    };
    return {
      get judged() {
        return judged;
      },
      ...hears(['moved', 'command', 'permitted', 'state', 'booted'], (event) => {
        if (event.type === 'moved') moved(event.output, event.open, event.atMs);
        else if (event.type === 'command') commanded(event.device, event.action !== 'close', event.atMs);
        else if (event.type === 'permitted') permitted = event.on;
        else if (event.type === 'state') tempers = event.phase === 'preparing';
        // What was told before a restart is over by its lease at the latest, and the restart closes first.
        else told.clear();
      }),
    };
  },
};

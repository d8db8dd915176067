import { LOOK_MS, STOP_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { asksForWater, openSupply, travelOf } from './outputs.ts';

/** From a finger on a button to the word of its device having arrived: a Zigbee or polled button takes its time. */
const PRESS_MS = 1_000;
/**
 * A stop is one that reached the controller: said beside it, or heard by it. Where a command may not arrive, the lease
 * closes and its time is the bound. There is something to judge where water ran at the stop.
 */
export const i9: Invariant = {
  id: 'I9',
  says: 'after STOP there is no open command from the next tick on, every valve is shut within 250 ms + travel (or the lease, if the link is down), and none is opened again without a new local begin',
  judge(facts, object, seen) {
    const { troubles } = seen;
    const travelMs = travelOf(facts);
    let judged = 0;
    const local = new Set<string>([...facts.station.beginFrom, ...facts.station.prepareFrom]);
    let alive = true;
    let stoppedMs = Infinity;
    /** A press that is on its way. */
    let pressedMs = Infinity;
    let runs = false;
    let ranAtPress = false;
    const stop = (atMs: number, ran = runs): void => {
      if (ran && stoppedMs === Infinity) judged += 1;
      stoppedMs = Math.min(stoppedMs, atMs);
    };
    const again = (): void => {
      stoppedMs = Infinity;
      pressedMs = Infinity;
    };
    return {
      get judged() {
        return judged;
      },
      ...hears(['died', 'booted', 'asked', 'pressed', 'journal', 'command'], (event) => {
        if (event.type === 'died' || event.type === 'booted') alive = event.type === 'booted';
        if (event.type === 'asked') {
          if (event.word === 'stop' && (event.source === 'page' || event.source === 'cli')) stop(event.atMs);
          // Only what is said at the station can have water again: a word from afar leaves the stop standing.
          else if (asksForWater(event) && local.has(event.source)) again();
        } else if (event.type === 'pressed') {
          // Where something is broken on its way the press itself may not arrive: then the record of it counts.
          const { atMs } = event;
          if (event.role !== 'stop') again();
          else if (alive && !troubles.hindered(atMs - PRESS_MS, atMs)) {
            if (pressedMs === Infinity) ranAtPress = runs;
            pressedMs = Math.min(pressedMs, atMs);
          }
        } else if (event.type === 'journal' && event.record === 'stop') stop(event.atMs);
        else if (event.type === 'command' && event.action !== 'close' && event.atMs > stoppedMs)
          object(event.atMs, `${event.device} was told to ${event.action} after a stop`);
      }),
      tick(tick) {
        const { atMs } = tick;
        runs = seen.open;
        if (atMs > pressedMs + PRESS_MS) {
          if (!troubles.hindered(pressedMs, atMs) && !troubles.lasts('valve', pressedMs, atMs))
            stop(pressedMs + PRESS_MS, ranAtPress);
          pressedMs = Infinity;
        }
        const byMs = stoppedMs + STOP_MS + travelMs + LOOK_MS;
        if (atMs <= byMs) return;
        const open = openSupply(tick, (output, nowMs) => troubles.excuses(output, byMs, nowMs));
        if (open !== null) object(atMs, `${open} is open ${atMs - stoppedMs} ms after a stop`);
      },
    };
  },
};

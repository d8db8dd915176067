import { DAY_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/** Both valves' travel + report + 1 s: 3 s at most for travel and report of one valve on a stream. */
const SWITCH_MS = 2 * 4_000;
const REST_MS = 60_000;
/** A pause of a person, and what it may take to be in band again. */
const PAUSE_MS = 120_000;
/** Two minutes of flow at a line that was not used for a week, and the valves' own time. */
const FLUSH_MS = 140_000;
const IDLE_MS = 7 * DAY_MS;
/** A basin runs empty, is filled, and runs empty at the end: so much for a litre, and for the valves each time. */
const DRAIN_MS_PER_L = 20_000;
const FILL_MS_PER_L = 30_000;
const TAPS_MS = 30_000;

/** What a restart may take to verify the valves and to end the session before it; a computer that sleeps takes longer. */
const RESTART_MS = 21_000;

export const i28: Invariant = {
  id: 'I28',
  says: 'without faults and with an answering person every session ends within plan + purge allowances (of a basin: to run empty and to fill as well) + switches x (travel + report of both valves + 1 s) + 60 s; and with faults too it ends',
  judge(facts, object) {
    const { faults, person } = facts.scenario;
    const whole = faults.length === 0 && person.presses && person.answers;
    let judged = 0;
    let startedMs: number | null = null;
    let pauses = 0;
    let continued = false;
    let gone = false;
    let restartedByMs = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['died', 'fault', 'booted', 'journal', 'state', 'result'], (event) => {
        if (event.type === 'died') gone = true;
        else if (event.type === 'fault') {
          const forMs = event.args['forMs'];
          if (event.id === 'time-suspend' && typeof forMs === 'number')
            restartedByMs = Math.max(restartedByMs, event.atMs + forMs + RESTART_MS);
        } else if (event.type === 'booted') {
          gone = false;
          restartedByMs = Math.max(restartedByMs, event.atMs + RESTART_MS);
        } else if (event.type === 'journal' && event.record === 'start') {
          startedMs = event.atMs;
          pauses = 0;
          continued = false;
        } else if (event.type === 'journal' && event.record === 'continue') {
          continued = true;
          startedMs ??= event.atMs;
        } else if (event.type === 'state' && event.state === 'held') pauses += 1;
        else if (event.type === 'result' && startedMs !== null) {
          judged += 1;
          const tookMs = event.atMs - startedMs;
          startedMs = null;
          const { plan, station } = facts;
          if (!whole || continued || plan === null) return;
          const { volumeL } = facts;
          const drainMs = volumeL === null ? 0 : TAPS_MS + volumeL * DRAIN_MS_PER_L;
          const fillMs = volumeL === null ? 0 : TAPS_MS + volumeL * FILL_MS_PER_L;
          const allowedMs =
            plan.totals.contactMs +
            (1 + pauses) * station.purgeMs +
            (facts.idleMs !== null && facts.idleMs > IDLE_MS ? (1 + pauses) * FLUSH_MS : 0) +
            pauses * PAUSE_MS +
            plan.steps.length * SWITCH_MS +
            (1 + pauses) * (drainMs + fillMs) +
            drainMs +
            REST_MS;
          if (tookMs > allowedMs)
            object(event.atMs, `it took ${tookMs / 1_000} s, and ${allowedMs / 1_000} s is the most`);
        }
      }),
      end(atMs) {
        if (startedMs !== null && !gone && atMs >= restartedByMs) object(atMs, 'the session never ended');
      },
    };
  },
};

import { LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { travelOf } from './outputs.ts';

/** Timers in devices are looked at in turns of 50 or 100 ms, and a countdown counts whole seconds. */
const TIMER_MS = 1_100;
/** Where an open and its countdown are two messages over the air: until the second one must have come. */
const ARMED_MS = 2_000;
/**
 * A bridge that loses its power between the two leaves the relay on without a countdown (docs/devices.md): until it is
 * back, has been told to close, and has closed.
 */
const BRIDGE_BACK_MS = 10_000 + 3_000;

/** The lease is the one that the device itself has accepted, and the output the true valve behind it. */
export const i13: Invariant = {
  id: 'I13',
  says: 'no device output stays on longer than its lease after the last renewal that it accepted',
  judge(facts, object, { troubles }) {
    const slackMs = travelOf(facts) + TIMER_MS + LOOK_MS;
    const shutByMs = new Map<string, number>();
    /** Before that no output is late. */
    let soonestMs = Infinity;
    const shuts = (output: string, byMs: number): void => {
      shutByMs.set(output, byMs);
      soonestMs = Infinity;
      for (const oneMs of shutByMs.values()) if (oneMs < soonestMs) soonestMs = oneMs;
    };
    let rebootedMs = -Infinity;
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['fault', 'leased', 'moved'], (event) => {
        if (event.type === 'fault' && event.id === 'valve-reboot') rebootedMs = event.atMs;
        else if (event.type === 'leased') {
          judged += 1;
          shuts(event.output, event.atMs + event.forMs + slackMs);
        } else if (event.type === 'moved') {
          // A valve that was held shut and is freed opens under the lease that its device has held all the time.
          const leased = (shutByMs.get(event.output) ?? 0) > event.atMs;
          const armedMs = event.atMs <= rebootedMs + ARMED_MS ? BRIDGE_BACK_MS : ARMED_MS;
          if (event.open && !leased) shuts(event.output, event.atMs + armedMs);
        }
      }),
      tick({ atMs, open, on }) {
        if (atMs <= soonestMs) return;
        for (const [output, byMs] of shutByMs) {
          if (atMs <= byMs) continue;
          const isOn = open[output] === true || on[output] === true;
          if (!isOn || troubles.holds(output, atMs)) continue;
          object(
            atMs,
            `${output} is on ${((atMs - byMs) / 1_000).toFixed(1)} s longer than its device accepted`,
          );
        }
      },
    };
  },
};

import { SystemClock } from '../../../clock/system.ts';
import type { Check } from '../patient.ts';
import { fail, ok, warn } from '../finding.ts';

const TIMES = 5;
const ANSWER_MS = 2_000;
/** A stop is on the wire within 250 ms (T10); a way there and back that takes this long eats it. */
const SLOW_MS = 250;

/** The way to the broker and back. */
export const broker: Check = {
  name: 'broker',
  run: async ({ bus, pace, config, bench }, tell) => {
    // The way through a socket takes real time, however fast simulated hardware goes.
    const clock = new SystemClock();
    const topic = `ebb/rpc/doctor/${config.site}/echo`;
    const back = new Set<string>();
    bus.onMessage((message) => {
      if (message.topic !== topic) return;
      back.add(message.payload);
      pace.nudge();
    });
    bus.subscribe([topic]);
    let worstMs = 0;
    for (let turn = 1; turn <= TIMES; turn += 1) {
      const sentMs = clock.nowMs();
      const payload = `${sentMs} ${turn}`;
      bus.publish({ topic, payload, qos: 0 });
      if (!(await pace.until(() => back.has(payload) || !bench.linkUp, ANSWER_MS)) || !bench.linkUp) {
        const message = `it does not give back what is published at ${topic} within ${ANSWER_MS / 1_000} s`;
        const remedy = `let Ebb publish and subscribe below "ebb/" at the broker, and look at its load`;
        tell(fail(null, 'reach', message, remedy));
        return;
      }
      worstMs = Math.max(worstMs, clock.nowMs() - sentMs);
    }
    const message = `there and back in ${worstMs.toFixed(worstMs < 10 ? 1 : 0)} ms at the worst of ${TIMES}`;
    if (worstMs < SLOW_MS) tell(ok(null, message));
    else tell(warn(null, message, 'bring broker and controller closer together: a stop has 250 ms'));
  },
};

/**
 * If this fails over a real broker, the one that is restarted in a warm step leaves water running longer than its lease,
 * or lets a valve open again before anybody knows how the valves stand.
 */
import { afterEach, expect, test } from 'vitest';
import { openController, openRig, runWarm } from '../support/external.ts';
import { until } from '../support/until.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/programs.ts';
import { cleanUp } from '../support/process.ts';

const SPEED = 6;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await cleanUp();
});

/** What the broker logged of a message that came in. */
const received = (from: string, topic: string): RegExp =>
  new RegExp(`Received PUBLISH from ${from} \\(.* '${topic}',`);
const OPEN = received('ebb-home', 'cmnd/bath-valves/TimedPower\\d');
const SPOKEN = [
  received('DVES_bath-valves', 'stat/bath-valves/POWER1'),
  received('DVES_bath-valves', 'stat/bath-valves/POWER2'),
  received('bath-probe', 'bath-probe/sensor/water/state'),
];

describeWith(['mosquitto'], 'a broker that is killed in a warm step and comes back', () => {
  test(
    'closes by the lease, and opens nothing before every device has spoken',
    { timeout: 90_000 },
    async () => {
      const broker = await startMosquitto();
      closing.push(() => broker.stop());
      const at = await openRig(broker.url, SPEED);
      closing.push(() => at.close());
      const running = await openController(broker.url, at.clock);
      closing.push(() => running.close());
      const { controller } = running;
      await runWarm(running, at.station);
      const killedMs = at.clock.nowMs();
      broker.signal('SIGKILL');
      await until('it is aborted', () => controller.state(at.station)?.state === 'aborted');
      const shut = () => at.rig.plant.openings().every(({ closedAtMs }) => closedAtMs !== null);
      await until('the lease is over', shut);
      // The lease of 10 s, the travel of the valve, and a busy host.
      expect(at.clock.nowMs() - killedMs).toBeLessThan(10_000 + 2_000);

      const again = await startMosquitto({ port: broker.port });
      closing.push(() => again.stop());
      const start = { command: 'start', protocol: 'contrast-foot-bath' } as const;
      await until(
        'it opens again',
        () => {
          void controller.command(at.station, { command: 'clear' }, 'cli');
          void controller.command(at.station, start, 'cli');
          return OPEN.test(again.log());
        },
        60_000,
      );
      const before = again.log().slice(0, again.log().search(OPEN));
      expect(SPOKEN.map((said) => said.test(before))).toEqual([true, true, true]);
      // Nobody hammers a broker that comes back.
      expect(again.log().match(/as ebb-home /g)?.length).toBeLessThanOrEqual(2);
    },
  );
});

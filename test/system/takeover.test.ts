/**
 * If these fail, two controllers fight over one bath: each throws the other out, and people's water is opened by
 * whichever happens to be in. One must end up with it, and the other closed, recorded and quiet.
 */
import { afterEach, expect, test } from 'vitest';
import type { Running } from '../../src/main.ts';
import { openController, openRig, runWarm } from '../support/external.ts';
import { until } from '../support/until.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/programs.ts';
import { cleanUp } from '../support/process.ts';

/** Two controllers and their rig share this process and a busy host: faster, it would look like a dead sensor. */
const SPEED = 6;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await cleanUp();
});

async function bath() {
  const broker = await startMosquitto();
  closing.push(() => broker.stop());
  const rig = await openRig(broker.url, SPEED);
  closing.push(() => rig.close());
  const controller = async (): Promise<Running> => {
    const running = await openController(broker.url, rig.clock);
    closing.push(() => running.close());
    return running;
  };
  const ready = (running: Running): boolean => {
    const core = running.controller.station(rig.station)?.core;
    return core?.ready === true && core.allClosed;
  };
  /** How often somebody came in under the id of a controller. */
  const joined = (): number => broker.log().match(/New client connected from \S+ as ebb-home /g)?.length ?? 0;
  const status = (): string | undefined => rig.seen.findLast(({ topic }) => topic === 'ebb/status')?.payload;
  return { ...rig, broker, controller, ready, joined, status };
}

describeWith(['mosquitto'], 'a second controller under the same client id', () => {
  test(
    'in a warm step: the first closes, records one abort and stays away',
    { timeout: 90_000 },
    async () => {
      const at = await bath();
      const first = await at.controller();
      await runWarm(first, at.station);
      at.clock.speed = 1;
      const second = await at.controller();
      await until('the first has aborted', () => first.controller.state(at.station)?.state === 'aborted');
      await until('the second has closed the water', () => at.ready(second));
      expect(at.rig.plant.openings().every(({ closedAtMs }) => closedAtMs !== null)).toBe(true);
      const taken = () => first.history.records({ types: ['taken_over'], limit: 10 });
      await until('the first knows why', () => taken().length > 0);
      const ends = () => first.history.records({ types: ['end'], limit: 10 });
      await until('its session is recorded', () => ends().length > 0);
      expect(ends()).toHaveLength(1);
      expect(ends()[0]?.body).toMatchObject({ result: { outcome: 'aborted' } });
      // Each came in once, and neither throws the other out.
      expect(at.joined()).toBe(2);
      expect(at.broker.log().match(/already connected/g)).toHaveLength(1);
      await until('the second says that it is there', () => at.status() === 'online');

      const start = { command: 'start', protocol: 'contrast-foot-bath' } as const;
      expect(await first.controller.command(at.station, { command: 'clear' }, 'cli')).toBeNull();
      expect(await first.controller.command(at.station, start, 'cli')).toMatchObject({ code: 'not_ready' });
      at.clock.speed = SPEED;
      await runWarm(second, at.station);
      expect(at.joined()).toBe(2);
      expect(taken()).toHaveLength(1);
    },
  );

  test('both at once: one of them has it in the end', { timeout: 60_000 }, async () => {
    const at = await bath();
    const both = await Promise.all([at.controller(), at.controller()]);
    at.clock.speed = 1;
    const known = () =>
      both.filter(({ history }) => history.records({ types: ['taken_over'], limit: 10 }).length > 0);
    await until('one of them knows', () => known().length === 1);
    const [owner] = both.filter((one) => !known().includes(one));
    await until('the other is ready', () => owner !== undefined && at.ready(owner));
    expect(at.joined()).toBeLessThanOrEqual(4);
    await until('it says that it is there', () => at.status() === 'online');
  });
});

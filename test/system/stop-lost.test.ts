/**
 * If these fail, somebody sits in water beside a stop button that is not there: it would be pressed, and nothing would
 * close. A button that nobody can ask before it is pressed must not keep anybody from the water either.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { CommandError } from '../../src/model/command.ts';
import { packageRoot } from '../../src/protocols/index.ts';
import { cleanUp, newFolder } from '../support/process.ts';
import { Simulation } from '../support/simulate.ts';

const STOP = 'foot-bath-stop';

afterEach(cleanUp);

/** The full foot bath, its stop button elsewhere than its senses. */
function withStop(stop: string, example = 'foot-bath-full'): Config {
  const text = readFileSync(join(packageRoot(), 'examples', `${example}.yaml`), 'utf8');
  const file = join(newFolder(), 'ebb.yaml');
  writeFileSync(file, text.replace(/^ +stop:.*$/m, `    stop: ${stop}`));
  const { config, problems } = loadConfig(file, { env: {} });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

const OWN_NODE = '{ driver: esphome, node: bath-stop, binary_sensor: stop }';

const said = (sim: Simulation, command: 'start' | 'resume' | 'begin'): Promise<CommandError | null> =>
  sim.world.controller.command(sim.station, { command }, 'cli');

describe('a stop button whose device is off', () => {
  test('keeps a session from starting, by name, until it is there', async () => {
    const sim = new Simulation(withStop(OWN_NODE), 3);
    sim.world.rig.faults.disconnect(STOP);
    sim.run(60_000);
    const refusal = await said(sim, 'start');
    expect(refusal?.code).toBe('not_ready');
    expect(refusal?.message).toMatch(/foot-bath-stop .*no water runs without the stop button/);
    expect(sim.world.controller.station(sim.station)?.core.missing).toEqual([STOP]);
    expect(sim.world.rig.plant.openings()).toEqual([]);
    sim.world.rig.faults.reconnect(STOP);
    sim.run(60_000);
    expect(await said(sim, 'start')).toBeNull();
    expect(sim.finish().outcome).toBe('complete');
  });

  test('while the feet are in: the water closes at once, as for a lost valve', () => {
    const sim = new Simulation(withStop(OWN_NODE), 3);
    sim.start();
    sim.untilPhase('warm', 2);
    sim.run(10_000);
    sim.world.rig.faults.disconnect(STOP);
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'aborted', reason: 'device_offline' });
    const trip = sim.told.find(({ news }) => news.type === 'event' && news.event === 'trip');
    const lost = sim.told.findLast(({ news }) => news.type === 'event' && news.event === 'device_lost');
    const closed = sim.told.find(
      ({ news, atMs }) =>
        news.type === 'command' && news.action === 'close' && atMs >= (trip?.atMs ?? Infinity),
    );
    expect(JSON.stringify(trip?.news)).toMatch(
      /"detector":"T6".*foot-bath-stop: .*this button could stop nothing/,
    );
    expect((closed?.atMs ?? Infinity) - (lost?.atMs ?? 0)).toBeLessThanOrEqual(500);
    sim.run(2_000);
    expect(sim.dry).toBe(true);
  });

  test('in a pause: nothing goes on before it is back', async () => {
    const sim = new Simulation(withStop(OWN_NODE), 3);
    sim.start();
    sim.untilPhase('warm', 1);
    sim.run(30_000);
    sim.say('pause');
    sim.until(() => sim.state.state === 'held');
    sim.world.rig.faults.disconnect(STOP);
    sim.until(() => sim.world.controller.station(sim.station)?.core.ready === false);
    expect(await said(sim, 'resume')).toMatchObject({ code: 'not_ready' });
    sim.world.rig.faults.reconnect(STOP);
    sim.until(() => sim.world.controller.station(sim.station)?.core.ready === true);
    expect(await said(sim, 'resume')).toBeNull();
  });
});

test.each([
  ['a topic that says nothing before it is pressed', '{ driver: mqtt, state: bath/stop }'],
  ['a battery button that sleeps behind its bridge', '{ driver: zigbee2mqtt, name: bath_stop }'],
])('%s keeps nobody from the water', (_what, stop) => {
  const sim = new Simulation(withStop(stop), 3);
  sim.start();
  expect(sim.finish().outcome).toBe('complete');
  sim.run(400_000);
  sim.start();
  sim.untilPhase('warm', 1);
  sim.world.rig.pressStop();
  expect(sim.finish()).toMatchObject({ outcome: 'stopped' });
});

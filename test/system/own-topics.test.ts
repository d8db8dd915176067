/**
 * If these fail, a bath with a thermometer, a button and a lamp on topics of one's own is tripped for nothing, or
 * keeps people in water that nobody measures any more: whole sessions on simulated hardware, judged by the true water.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/protocols/index.ts';
import { Folder, FOOT_BATH, configOf } from '../config/support.ts';
import { Simulation } from '../support/simulate.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const CONFIG = configOf(
  folder.load(
    FOOT_BATH.replace(
      /thermometer: .*/,
      `thermometer: { driver: mqtt, state: home/bath, value: /water/t_f, unit: fahrenheit, scale: 0.1, every: 1 s }
    button: { driver: mqtt, state: home/button, value: /value, map: { 1315156: press, 1315153: hold } }
    stop: { driver: mqtt, state: home/stop }
    light: { driver: mqtt, set: home/lamp/set, payload: { on: ON, off: OFF, warm: "#ff7828" } }
    buzzer: { driver: mqtt, set: home/buzzer/set, state: home/buzzer, payload: { on: "1", off: "0" } }`,
    ),
  ),
);

describe('a contrast foot bath with topics of one’s own', () => {
  test('seeds 1 to 20 complete, and hot and cold are never open together', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const sim = new Simulation(CONFIG, seed);
      sim.start();
      const result = sim.finish();
      expect(result, `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
      expect(sim.dry).toBe(true);
      const openings = sim.world.rig.plant.openings();
      expect(new Set(openings.map(({ valve }) => valve))).toEqual(new Set(['hot', 'cold']));
      for (const one of openings.filter(({ valve }) => valve === 'hot'))
        for (const other of openings.filter(({ valve }) => valve === 'cold'))
          expect(
            (one.closedAtMs ?? Infinity) <= other.openedAtMs ||
              (other.closedAtMs ?? Infinity) <= one.openedAtMs,
          ).toBe(true);
      const shown = sim.world.rig.indicators.get('foot-bath-light')?.shown.map(({ what }) => what) ?? [];
      expect(shown).toContain('255,120,40 at 255');
      expect(sim.world.rig.indicators.get('foot-bath-buzzer')?.shown.map(({ what }) => what)).toContain('on');
    }
  });

  test('a thermometer that falls silent in a warm step closes the water', () => {
    const sim = new Simulation(CONFIG, 3);
    sim.start();
    sim.untilPhase('warm');
    sim.run(10_000);
    const atMs = sim.world.clock.nowMs();
    sim.world.rig.faults.disconnect('foot-bath-thermometer');
    sim.until(() => sim.dry, 20_000);
    // L20 allows a reading 3 s here; then comes the close, and its way.
    expect(sim.world.clock.nowMs() - atMs).toBeLessThanOrEqual(5_000);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted' });
  });

  test.each(['the stop device', 'the button', 'the button, held'])(
    '%s ends a session in a warm step',
    (who) => {
      const sim = new Simulation(CONFIG, 4);
      sim.start();
      sim.untilPhase('warm');
      sim.run(5_000);
      if (who === 'the stop device') sim.world.rig.pressStop();
      else sim.world.rig.press(who === 'the button' ? { times: 1 } : { holdMs: 4_000 });
      sim.until(() => sim.dry, 5_000);
      expect(sim.finish()).toMatchObject({ outcome: 'stopped' });
    },
  );
});

test('the lines on topics of one’s own in the example of the buckets work as they stand', () => {
  const text = readFileSync(join(packageRoot(), 'examples', 'buckets.yaml'), 'utf8')
    .replace(/^ {4}(light|button): .*\n/gm, '')
    .replace(/^ {4}# ((light|button): \{ driver: mqtt.*)$/gm, '    $1');
  const config = configOf(folder.load(text));
  expect(
    config.stations[0]?.devices.filter(({ driver }) => driver === 'mqtt').map(({ role }) => role),
  ).toEqual(['light', 'button']);
  const sim = new Simulation(config, 5);
  sim.start('contrast-buckets');
  expect(sim.finish()).toMatchObject({ outcome: 'complete' });
});

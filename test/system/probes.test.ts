/**
 * If it fails, a healthy bath with a Tasmota probe is refused now and then: its answers repeat the one before, and a
 * dead time within the limit must not be taken for a longer one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { cleanUp, newFolder } from '../support/process.ts';
import { Simulation } from '../support/simulate.ts';

afterAll(cleanUp);

/** Their pipes are long, within what a healthy house may have; and some others. */
const SEEDS = [14, 23, 69, 95, 103, 1, 2, 3, 4, 5];

it.each(SEEDS)('seed %i: the water is proved', (seed) => {
  const file = join(newFolder(), 'ebb.yaml');
  writeFileSync(
    file,
    `mqtt: { url: mqtt://127.0.0.1:1 }
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: tv, relay: 1 }
    cold: { driver: tasmota, topic: tv, relay: 2 }
    thermometer: { driver: tasmota, topic: tv, sensor: DS18B20 }
    button: { driver: esphome, node: bath-probe, binary_sensor: button }
    scald_guard: { by: valve, max: 41 C }
`,
  );
  const { config } = loadConfig(file, { env: {} });
  if (config === null) throw new Error('the config of the test is wrong');
  const simulation = new Simulation(config, seed);
  simulation.start();
  simulation.until(() => simulation.result !== null || simulation.state.phase === 'warm');
  expect(simulation.result?.reason).toBeUndefined();
});

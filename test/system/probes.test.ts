/**
 * If they fail, a healthy bath is refused now and then: with a Tasmota probe, whose answers repeat the one before, a dead
 * time within the limit is taken for a longer one; with a probe that speaks as seldom as a stream allows, the water never
 * counts as settled.
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

const TASMOTA = '{ driver: tasmota, topic: tv, sensor: DS18B20 }';
/** The next one, every 2.1 s, is refused by its config (L20). */
const SELDOM = '{ driver: mqtt, state: bath/water, every: 2 s }';

const cases = [
  ...SEEDS.map((seed) => [seed, TASMOTA] as const),
  ...[14, 69, 1].map((seed) => [seed, SELDOM] as const),
];

it.each(cases)('seed %i, %s: the water is proved', (seed, probe) => {
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
    thermometer: ${probe}
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

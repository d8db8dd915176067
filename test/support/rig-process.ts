import { loadConfig } from '../../src/config/index.ts';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { simulatedHardware } from '../../src/main.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';

/**
 * Simulated hardware in a process of its own: `rig-process.ts CONFIG URL SPEED SEED`. Joins the broker as soon as there
 * is one, announces itself retained, and goes on until SIGTERM.
 */
const [file = '', url = '', speed = '1', seed = '1'] = process.argv.slice(2);
const { config, problems } = loadConfig(file, { env: process.env });
const [station] = config?.stations ?? [];
if (config === null || station === undefined)
  throw new Error(problems.map(({ message }) => message).join('; '));

const announcer = connectMqtt({ clientId: 'rig-announcer', url, clock: new SystemClock() });
announcer.onLink((up) => {
  if (!up) return;
  const payload = JSON.stringify({ speed: Number(speed), seed: Number(seed) });
  announcer.publish({ topic: 'ebb/simulated', payload, qos: 1, retain: true });
  process.stdout.write('up\n');
});
const rig = simulatedHardware({ config }, station, Number(seed), new ScaledClock(Number(speed)), (options) =>
  connectMqtt({ ...options, url, clock: new SystemClock() }),
);
process.on('SIGTERM', () => {
  void Promise.all([rig.close(), announcer.close()]).then(() => process.exit(0));
});
process.stdout.write('started\n');

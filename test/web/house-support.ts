import { readFileSync, writeFileSync } from 'node:fs';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { loadConfig } from '../../src/config/index.ts';
import { simulatedHardware } from '../../src/main.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { openTap } from '../support/house.ts';
import { freePort, runEbb, writeHome } from '../support/process.ts';
import type { Child } from '../support/process.ts';

const real = new SystemClock();

/**
 * `ebb serve` in a process of its own, on a port of its own, over a broker and simulated hardware of this one. Nobody
 * presses and nobody answers but the page.
 */
export async function openServed(speed: number) {
  const [broker, port] = await Promise.all([startBroker({ host: '127.0.0.1', port: 0 }), freePort()]);
  const home = writeHome(`url: "${broker.url}"`, 'sim: { person: { presses: false, answers: false } }\n');
  // The same port again after a restart, as people have it.
  const text = readFileSync(home.file, 'utf8').replace(/^http: .*$/m, `http: { port: ${port} }`);
  writeFileSync(home.file, text);
  const { config, problems } = loadConfig(home.file, { env: {} });
  const [station] = config?.stations ?? [];
  if (config === null || station === undefined) throw new Error(JSON.stringify(problems));
  const rig = simulatedHardware({ config }, station, 3, new ScaledClock(speed), (options) =>
    connectMqtt({ ...options, url: broker.url, clock: real }),
  );
  const { seen, sees, tap } = openTap(broker.url);
  await new Promise<void>((resolve) => {
    tap.onLink((up) => {
      if (up) resolve();
    });
  });
  tap.publish({ topic: 'ebb/simulated', payload: JSON.stringify({ speed, seed: 3 }), qos: 1, retain: true });
  /** Starts the controller; again, after it was killed. */
  const serve = async (): Promise<Child> => {
    const child = runEbb(['serve', '--speed', String(speed)], home.folder);
    await child.waitFor(/ebb serves/);
    return child;
  };
  const close = async (): Promise<void> => {
    await Promise.all([rig.close(), tap.close()]);
    await broker.close();
  };
  return { url: `http://127.0.0.1:${port}/`, rig, seen, sees, serve, close };
}

/** What `ebb serve --demo` says of where its page and its broker are. */
export async function addressesOf(demo: Child): Promise<{ page: string; broker: string }> {
  await demo.waitFor(/mqtt:\/\//);
  const [page] = /http:\/\/[^\s,]+/.exec(demo.out()) ?? [];
  const [broker] = /mqtt:\/\/[\w.]+:\d+/.exec(demo.out()) ?? [];
  if (page === undefined || broker === undefined) throw new Error(`no addresses in: ${demo.out()}`);
  return { page, broker };
}

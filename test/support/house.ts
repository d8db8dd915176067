import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { loadConfig } from '../../src/config/index.ts';
import { composeReal, simulatedHardware } from '../../src/main.ts';
import type { Running } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { freePort, writeHome } from './process.ts';

const real = new SystemClock();

/** One message on the wire, and when somebody beside the broker saw it. Real milliseconds. */
export interface Seen extends BusMessage {
  readonly realMs: number;
}

/** Somebody beside the broker who writes down what passes, and when. */
export function openTap(url: string) {
  const tap = connectMqtt({ clientId: 'tap', url, clock: real });
  const seen: Seen[] = [];
  const listeners = new Set<() => void>();
  tap.onMessage((message) => {
    seen.push({ ...message, realMs: real.nowMs() });
    for (const listener of [...listeners]) listener();
  });
  tap.subscribe(['#']);

  /** Resolves with the first message from `from` on that fits; what has been seen already counts. */
  const sees = (fits: (message: Seen) => boolean, from = 0, limitMs = 10_000): Promise<Seen> =>
    new Promise((resolve, reject) => {
      const late = real.at(real.nowMs() + limitMs, 'late', () => {
        listeners.delete(look);
        reject(
          new Error(
            `not seen within ${limitMs} ms; last: ${JSON.stringify([...seen.slice(-3), seen.findLast(({ topic }) => topic.endsWith('/state') && topic.startsWith('ebb/'))])}`,
          ),
        );
      });
      const look = (): void => {
        const found = seen.slice(from).find(fits);
        if (found === undefined) return;
        late.cancel();
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  return { seen, sees, tap };
}

/** A broker and simulated hardware, announced as such, and a config for a controller that another process runs. */
export async function openBathroom(speed: number, example: 'valves' | 'mixer' = 'valves') {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const home = writeHome(`url: "${broker.url}"`, '', example);
  const { config } = loadConfig(home.file, { env: {} });
  const [station] = config?.stations ?? [];
  if (config === null || station === undefined) throw new Error('the config of the test is wrong');
  const clock = new ScaledClock(speed);
  const rig = simulatedHardware({ config }, station, 3, clock, (options) =>
    connectMqtt({ ...options, url: broker.url, clock: real }),
  );
  const { seen, sees, tap } = openTap(broker.url);
  await new Promise<void>((resolve) => {
    tap.onLink((up) => {
      if (up) resolve();
    });
  });
  tap.publish({ topic: 'ebb/simulated', payload: JSON.stringify({ speed, seed: 3 }), qos: 1, retain: true });
  const close = async (): Promise<void> => {
    await Promise.all([rig.close(), tap.close()]);
    await broker.close();
  };
  return { ...home, config, clock, rig, seen, sees, tap, url: broker.url, close };
}

/** A controller over its embedded broker with a journal on disk, its simulated hardware, and a tap on the wire. */
export async function openHouse(speed: number) {
  const port = await freePort();
  const home = writeHome(`listen: "127.0.0.1:${port}"`);
  const { config } = loadConfig(home.file, { env: {} });
  const [station] = config?.stations ?? [];
  if (config === null || station === undefined) throw new Error('the config of the test is wrong');
  const clock = new ScaledClock(speed);
  const { protocols } = loadLibrary([]);
  const running: Running = await composeReal({ config, protocols, log: silentLog }, { clock });
  const url = running.mqttUrl ?? '';
  const rig = simulatedHardware({ config }, station, 3, clock, (options) =>
    connectMqtt({ ...options, url, clock: real }),
  );
  const { seen, sees, tap } = openTap(url);
  await sees(({ topic }) => topic === 'ebb/status');
  const close = async (): Promise<void> => {
    clock.speed = 1;
    await running.close();
    await Promise.all([rig.close(), tap.close()]);
  };
  return { ...home, config, station: station.id, clock, running, rig, seen, sees, close, url };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

export const isOff = ({ topic, payload }: BusMessage): boolean =>
  /^cmnd\/bath-valves\/POWER1$/i.test(topic) && payload === 'OFF';
export const isOn = ({ topic, payload }: BusMessage): boolean =>
  topic === 'stat/bath-valves/POWER1' && payload === 'ON';

/** Starts a session and waits until hot water truly runs. */
export async function runHot(house: House): Promise<void> {
  await untilReady(house);
  const from = house.seen.length;
  const error = await house.running.controller.command(
    house.station,
    { command: 'start', protocol: 'contrast-foot-bath' },
    'cli',
  );
  if (error !== null) throw new Error(`${error.code}: ${error.message}`);
  await house.sees(isOn, from);
}

async function untilReady(house: House): Promise<void> {
  const core = house.running.controller.station(house.station)?.core;
  const resting = (): boolean =>
    core?.ready === true && core.allClosed && ['idle', 'stopped', 'complete'].includes(core.sessionState);
  const endMs = real.nowMs() + 10_000;
  while (!resting()) {
    if (real.nowMs() > endMs) throw new Error(`not ready: ${core?.sessionState ?? ''}`);
    await new Promise<void>((resolve) => real.at(real.nowMs() + 10, 'look', resolve));
  }
}

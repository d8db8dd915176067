import { loadConfig } from '../../src/config/index.ts';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { composeReal, simulatedHardware } from '../../src/main.ts';
import type { Running } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import type { Seen } from './house.ts';
import { writeHome } from './process.ts';
import { until } from './until.ts';

const real = new SystemClock();

/** Simulated hardware on a broker that is there already, in time shared with the controllers of the test. */
export async function openRig(url: string, speed: number) {
  const home = writeHome(`url: "${url}"`);
  const { config } = loadConfig(home.file, { env: {} });
  const [station] = config?.stations ?? [];
  if (config === null || station === undefined) throw new Error('the config of the test is wrong');
  const clock = new ScaledClock(speed);
  const rig = simulatedHardware({ config }, station, 3, clock, (options) =>
    connectMqtt({ ...options, url, clock: real }),
  );
  const tap = connectMqtt({ clientId: 'tap', url, clock: real });
  const seen: Seen[] = [];
  tap.onMessage((message) => seen.push({ ...message, realMs: real.nowMs() }));
  // Not what is sent to `set` nor what the thermometer says: a flood of it would drown whoever watches.
  tap.subscribe(['cmnd/#', 'stat/#', 'ebb/+/state', 'ebb/+/event', 'ebb/+/error', 'ebb/status']);
  let up = false;
  tap.onLink((now) => {
    up = now;
  });
  await until('the tap is up', () => up);
  const close = async (): Promise<void> => {
    clock.speed = 1;
    await Promise.all([rig.close(), tap.close()]);
  };
  return { clock, rig, seen, tap, station: station.id, close };
}

/** A controller with a journal of its own on a broker that is there already. */
export async function openController(url: string, clock: Clock): Promise<Running> {
  const home = writeHome(`url: "${url}"`, '    prepare_from: [button, page, cli, mqtt]\n');
  const { config } = loadConfig(home.file, { env: {} });
  if (config === null) throw new Error('the config of the test is wrong');
  const { protocols } = loadLibrary([]);
  return composeReal({ config, protocols, log: silentLog }, { clock });
}

/** Starts a session and waits for the first warm step with its person in the water. */
export async function runWarm(running: Running, station: string): Promise<void> {
  const state = () => running.controller.state(station);
  const core = () => running.controller.station(station)?.core;
  await until('the devices are up', () => core()?.ready === true && core()?.allClosed === true);
  const error = await running.controller.command(
    station,
    { command: 'start', protocol: 'contrast-foot-bath' },
    'cli',
  );
  if (error !== null) throw new Error(`${error.code}: ${error.message}`);
  await until('a warm step', () => ['warm', 'fault'].includes(state()?.phase ?? ''), 60_000);
  // A host that stalled is told as what it did to the session, and not tried again.
  if (state()?.phase === 'fault') throw new Error(`no warm step: ${state()?.message ?? ''}`);
}

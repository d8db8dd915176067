import { z } from 'zod';
import { SystemClock } from '../src/clock/system.ts';
import { loadConfig } from '../src/config/index.ts';
import { MemoryJournal } from '../src/journal/index.ts';
import { controllerOf, controllerOnBus, simulatedHardware } from '../src/main.ts';
import { silentLog } from '../src/model/log.ts';
import { loadLibrary } from '../src/protocols/index.ts';
import { Random } from '../src/random/random.ts';
import { MemoryBroker } from '../src/transports/memory.ts';
import { meter } from './live-meter.ts';

/**
 * One figure of `live-rss`, in a process of its own: a controller and the simulated hardware of many stations over the
 * broker in memory, in real time. Arguments: config files, their stations together, as a JSON array; `idle` or `running`;
 * how long to settle and to measure, milliseconds. Says one line of JSON.
 */

const argumentsSchema = z.tuple([
  z.preprocess((text): unknown => JSON.parse(String(text)), z.array(z.string())),
  z.enum(['idle', 'running']),
  z.coerce.number(),
  z.coerce.number(),
]);

const [files, what, settleMs, measureMs] = argumentsSchema.parse(process.argv.slice(2));
const clock = new SystemClock();
const configs = files.map((file) => {
  const { config, problems } = loadConfig(file, { env: {} });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return config;
});
const [first] = configs;
if (first === undefined) throw new Error('no config was given');
const config = { ...first, stations: configs.flatMap(({ stations }) => stations) };
const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
let sessions = 0;
const controller = controllerOf(home, config.stations, {
  clock,
  bus: broker.connect(controllerOnBus(home, 'bench')),
  journal,
  history: null,
  simulated: true,
  newId: () => `s-${(sessions += 1)}`,
  boot: 'bench',
});
for (const [index, station] of config.stations.entries())
  simulatedHardware(home, station, index + 1, clock, (options) => broker.connect(options));
const meters = meter(settleMs, measureMs);
broker.tap(() => {
  meters.messages += 1;
});
count();
if (what === 'running') await startAll();

function count(): void {
  const stations = controller.stations.map((id) => controller.station(id));
  meters.ready = stations.filter((station) => station?.core.ready === true).length;
  meters.running = stations.filter((station) => station?.resting === false).length;
  clock.at(clock.nowMs() + 500, 'count', count);
}

async function startAll(): Promise<void> {
  for (const station of controller.stations) {
    const start = { command: 'start', protocol: 'contrast-foot-bath' } as const;
    // Refused until the devices have answered.
    while ((await controller.command(station, start, 'cli')) !== null) await wait(20);
  }
}

function wait(forMs: number): Promise<void> {
  return new Promise((resolve) => clock.at(clock.nowMs() + forMs, 'wait', resolve));
}

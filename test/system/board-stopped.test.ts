/**
 * If this fails, somebody presses the valve board's own button just as the water changes, the board stops, and the next
 * side opens all the same: the controller and the board in virtual time, without a `stop:` by which Ebb would hear of it.
 */
import { expect, test } from 'vitest';
import { createRig } from '../../firmware-sim/rig.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { loadConfig } from '../../src/config/index.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import { controllerOf, controllerOnBus } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary, packageRoot } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';

const SEED = 3;
const loaded = loadConfig(`${packageRoot()}/examples/foot-bath-board.yaml`, { env: {} }).config;
const [example] = loaded?.stations ?? [];
if (loaded === null || example === undefined) throw new Error('the example is broken');
const config = loaded;
/** Without the master, which is open through a change: the board is stopped then while neither side is. */
const station = { ...example, devices: example.devices.filter(({ role }) => role !== 'master') };
const { protocols } = loadLibrary([]);

/** A session up to some seconds after its first change back to warm; pressed then or never. */
function run(pressAtMs: number | null) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(SEED, 'bus') });
  const ports = new MemoryPorts(clock);
  const connect = broker.connect.bind(broker);
  const plug = ports.plug.bind(ports);
  const person = { presses: true, answers: true, begins: 'page' } as const;
  const rig = createRig({ clock, seed: SEED, connect, plug, station, plant: config.plant, person });
  const home = { config, protocols, log: silentLog };
  const deaf = station.devices.filter(({ role }) => role !== 'stop');
  const controller = controllerOf(home, [{ ...station, devices: deaf, beginFrom: ['cli', 'mqtt'] }], {
    clock,
    bus: withPorts(connect(controllerOnBus(home, 'test')), {
      ports,
      clock,
      random: new Random(SEED, 'ports'),
      log: silentLog,
    }),
    journal: new MemoryJournal({ clock, random: new Random(SEED, 'journal') }),
    history: null,
    simulated: true,
    newId: () => 'session',
    boot: 'test',
  });
  const closes: number[] = [];
  let why = '';
  controller.listen(station.id, (news, atMs) => {
    if (news.type === 'command' && news.action === 'close' && news.device === 'foot-bath-cold')
      closes.push(atMs);
    if (news.type === 'event' && news.event === 'trip') why ||= String(news.detail['message']);
  });
  clock.runUntil(5_000);
  void controller.command(station.id, { command: 'start', with: { cold: '30 s' } }, 'cli');
  const isIn = (phase: string, cycle: number) => (): boolean => {
    const { phase: now, step } = controller.state(station.id) ?? {};
    return now === phase && step?.cycle === cycle;
  };
  clock.runWhile(() => !isIn('cold', 1)(), 1_200_000);
  if (pressAtMs !== null)
    clock.at(pressAtMs, 'a finger', () => {
      rig.pressStop();
    });
  closes.splice(0);
  clock.runWhile(() => closes.length === 0, 60_000);
  const [closedAtMs = NaN] = closes;
  clock.runUntil(closedAtMs + 8_000);
  const later = rig.plant.openings().filter(({ openedAtMs }) => openedAtMs > closedAtMs + 100);
  return { closedAtMs, opened: later.map(({ valve }) => valve), why };
}

test('a press around the close of a side ends the session where the board has stopped by it', () => {
  const whole = run(null);
  expect(whole).toMatchObject({ opened: ['hot'], why: '' });
  // The board has heard of the press while cold was open still, and says so when Ebb wants neither side any more.
  for (const offsetMs of [-40, 0]) {
    const { opened, why } = run(whole.closedAtMs + offsetMs);
    expect(opened, `${offsetMs} ms`).toEqual([]);
    expect(why, `${offsetMs} ms`).toBe('foot-bath-hot: somebody stopped the water at the board itself');
  }
  // Pressed while everything is shut it stops nothing in the board: for that a station has its `stop:`.
  expect(run(whole.closedAtMs + 100)).toMatchObject({ opened: ['hot'], why: '' });
});

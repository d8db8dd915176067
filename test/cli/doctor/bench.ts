import { Bench, type Halt } from '../../../src/cli/doctor/bench.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { virtualPace } from '../../../src/cli/session/pace.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { simulatedHardware } from '../../../src/main.ts';
import type { Config } from '../../../src/config/index.ts';
import { createRig } from '../../../firmware-sim/rig.ts';
import type { Rig } from '../../../firmware-sim/rig.ts';
import type { Bus, BusOptions } from '../../../src/model/bus.ts';
import { Random } from '../../../src/random/random.ts';
import { silentLog } from '../../../src/model/log.ts';
import type { Plug, PlugIn } from '../../../src/model/port.ts';
import { MemoryBroker } from '../../../src/transports/memory.ts';
import { MemoryPorts } from '../../../src/transports/memory-ports.ts';
import { withPorts } from '../../../src/transports/port-dialects.ts';

/** What a test breaks before the doctor looks. */
export interface Ward {
  readonly rigs: readonly Rig[];
  readonly clock: VirtualClock;
  readonly connect: (options: BusOptions) => Bus;
  /** Pulls the cable of a board out. */
  readonly unplug: (path: string) => void;
}

const NO_SERVER = { close: () => undefined };

/** Simulated hardware of every station in virtual time, and the doctor of the command line on it. */
export async function examined(
  config: Config,
  prepare: (ward: Ward) => void = () => undefined,
  water = true,
  setsCeilings = false,
): Promise<{
  readonly findings: readonly Finding[];
  readonly rigs: readonly Rig[];
  readonly stopped: Halt | null;
}> {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const connect = (options: BusOptions): Bus => broker.connect(options);
  const isThere = ({ id }: { readonly id: string }): boolean => !id.startsWith('other');
  const simulable = config.stations.filter(isThere);
  const ports = new MemoryPorts(clock);
  const plugs = new Map<string, Plug>();
  const plug: PlugIn = (path) => {
    const made = ports.plug(path);
    plugs.set(path, made);
    return made;
  };
  const rigs = simulable.map((station) =>
    simulatedHardware({ config }, station, 1, clock, connect, { plug }),
  );
  for (const { id, devices } of config.desks.filter(isThere))
    createRig({
      ...{ clock, seed: 1, connect, plant: config.plant, person: null, plug, listen: () => NO_SERVER },
      station: { id, devices, plumbing: 'cues' },
    });
  clock.runUntil(10_000);
  const unplug = (path: string): void => plugs.get(path)?.unplug();
  prepare({ rigs, clock, connect, unplug });
  const pace = virtualPace(clock);
  const random = new Random(1, 'ports');
  const bus = withPorts(connect({ clientId: 'ebb-test-doctor' }), { ports, clock, random, log: silentLog });
  let up = false;
  bus.onLink((isUp) => {
    up = isUp;
  });
  clock.runWhile(() => !up, 10_000);
  const bench = new Bench(config, bus, clock, water, () => undefined);
  const offsetMs = clock.wallMs() - clock.nowMs();
  const patient = { config, clock, pace, bus, bench, water, setsCeilings, offsetMs, ownBroker: false };
  const findings = await examine(patient, () => undefined);
  const { stopped } = bench;
  bench.end();
  clock.runUntil(clock.nowMs() + 2_000);
  return { findings, rigs, stopped };
}

/** Looks ten times a second, and acts once hot water runs. */
export function onceOpen({ rigs, clock }: Pick<Ward, 'rigs' | 'clock'>, act: (rig: Rig) => void): void {
  const [rig] = rigs;
  if (rig?.plant.isOpen('hot') === true) act(rig);
  else
    clock.at(clock.nowMs() + 100, 'look', () => {
      onceOpen({ rigs, clock }, act);
    });
}

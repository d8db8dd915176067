import type { BasinName } from '../../src/model/basin.ts';
import type { Misbehaviour } from '../gadgets/answers.ts';
import type { ValveName } from '../plant/valve.ts';
import { number, numberOf, oneOf, SHARE, TIME_MS, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { DRAINS, HEATERS, TWO_VALVES, valvesThat } from './parts.ts';
import type { FaultWorld } from './ports.ts';
import type { Random } from '../../src/random/random.ts';

type Mend = () => void;

const valveOf = (args: FaultArgs): ValveName => {
  const name = wordOf(args, 'valve', 'hot');
  return name === 'cold' || name === 'mixer' || name === 'master' ? name : 'hot';
};

function fault(
  id: string,
  doc: string,
  begin: (world: FaultWorld, args: FaultArgs) => Mend | null,
  takes: Readonly<Record<string, Takes>> = {},
  more: (random: Random) => FaultArgs = () => ({}),
): Fault {
  const parts = valvesThat(() => true);
  return {
    id: `valve-${id}`,
    class: 'valve',
    doc,
    parts,
    takes,
    draw: (random, facts) => {
      const valve = oneOf(random, parts.of(facts));
      return valve === null ? null : { ...valve, ...more(random) };
    },
    begin,
  };
}

/** A valve of some stands in one position. */
function jammed(id: string, open: boolean, doc: string, which: (valve: ValveName) => boolean): Fault {
  const parts = valvesThat(which);
  return {
    id: `valve-${id}`,
    class: 'valve',
    doc,
    parts,
    takes: {},
    draw: (random, facts) => oneOf(random, parts.of(facts)),
    begin: ({ hardware }, args) => {
      const valve = valveOf(args);
      hardware.jam(valve, open);
      return () => {
        hardware.jam(valve, null);
      };
    },
  };
}

const isMaster = (valve: ValveName): boolean => valve === 'master';
const isOutlet = (valve: ValveName): boolean => valve !== 'master';

function jammedDrain(id: string, open: boolean, doc: string): Fault {
  return {
    id: `valve-${id}`,
    class: 'valve',
    doc,
    parts: DRAINS,
    takes: {},
    draw: (random, facts) => oneOf(random, DRAINS.of(facts)),
    begin: ({ hardware }, args) => {
      const basin = basinOf(args);
      hardware.jamDrain(basin, open);
      return () => {
        hardware.jamDrain(basin, null);
      };
    },
  };
}

/** The contact of its relay is welded, or burnt. */
function jammedHeater(id: string, on: boolean, doc: string): Fault {
  return {
    id: `valve-${id}`,
    class: 'valve',
    doc,
    parts: HEATERS,
    takes: {},
    draw: (random, facts) => oneOf(random, HEATERS.of(facts)),
    begin: ({ hardware }, args) => {
      const basin = basinOf(args);
      hardware.jamHeater(basin, on);
      return () => {
        hardware.jamHeater(basin, null);
      };
    },
  };
}

function basinOf(args: FaultArgs): BasinName {
  const name = wordOf(args, 'basin', 'basin');
  return name === 'warm' || name === 'cold' ? name : 'basin';
}

function answering(
  id: string,
  doc: string,
  how: (args: FaultArgs) => Misbehaviour,
  takes?: Readonly<Record<string, Takes>>,
  more?: (random: Random) => FaultArgs,
): Fault {
  const begin = ({ hardware }: FaultWorld, args: FaultArgs): Mend => {
    const device = wordOf(args, 'device', '');
    hardware.answers(device, how(args));
    return () => {
      hardware.answers(device, null);
    };
  };
  return fault(id, doc, begin, takes, more);
}

const share = (random: Random, least: number, most: number): number =>
  Math.round(random.between(least, most) * 1_000) / 1_000;

export const VALVE_FAULTS: readonly Fault[] = [
  jammed('stuck-open', true, 'a valve stands open whatever its relay says', isOutlet),
  jammed('stuck-closed', false, 'a valve stays shut whatever its relay says', isOutlet),
  jammed('master-stuck-open', true, 'the master valve stands open whatever its relay says', isMaster),
  jammed('master-stuck-closed', false, 'the master valve stays shut whatever its relay says', isMaster),
  jammedDrain('drain-stuck-open', true, 'the drain of a basin stands open whatever its relay says'),
  jammedDrain('drain-stuck-shut', false, 'the drain of a basin stays shut whatever its relay says'),
  jammedHeater('heater-stuck-on', true, 'the heater of a basin stays on whatever its relay says'),
  jammedHeater('heater-stuck-off', false, 'the heater of a basin stays cold whatever its relay says'),
  fault(
    'no-motion',
    'the relay of a valve says that it switched, and the valve stays where it is',
    (world, args) => {
      const valve = valveOf(args);
      world.hardware.seize(valve);
      return () => {
        world.hardware.jam(valve, null);
      };
    },
  ),
  fault(
    'leaking',
    'a valve that is shut lets some of its water through',
    ({ hardware }, args) => {
      const valve = valveOf(args);
      hardware.leak(valve, numberOf(args, 'share', 0.1));
      return () => {
        hardware.leak(valve, 0);
      };
    },
    { share: SHARE },
    (random) => ({ share: share(random, 0.02, 0.5) }),
  ),
  fault(
    'slow',
    'a valve takes several times as long to move',
    ({ hardware }, args) => {
      const valve = valveOf(args);
      hardware.slow(valve, numberOf(args, 'times', 5));
      return () => {
        hardware.slow(valve, 1);
      };
    },
    { times: number(1, 1_000) },
    (random) => ({ times: share(random, 2, 20) }),
  ),
  {
    id: 'valve-wrong-one',
    class: 'valve',
    doc: 'the wires of hot and cold are crossed: each relay moves the other valve',
    parts: TWO_VALVES,
    takes: {},
    draw: (_random, facts) => TWO_VALVES.of(facts)[0] ?? null,
    begin: ({ hardware }) => {
      hardware.cross(true);
      return () => {
        hardware.cross(false);
      };
    },
  },
  answering('no-ack', 'the device of a valve does what it is told, and never says so', () => ({
    type: 'silent',
  })),
  answering(
    'late-ack',
    'the device of a valve does what it is told, and says so late',
    (args) => ({ type: 'late', byMs: numberOf(args, 'byMs', 2_000) }),
    { byMs: TIME_MS },
    (random) => ({ byMs: random.int(200, 15_000) }),
  ),
  answering('nack', 'the device of a valve refuses to open it, in the words of its dialect', () => ({
    type: 'refuses',
  })),
  fault('reboot', 'the device of a valve loses its power for a moment', ({ hardware }, args) => {
    hardware.reboot(wordOf(args, 'device', ''));
    return null;
  }),
  fault('offline', 'the device of a valve loses its network without a goodbye', ({ hardware }, args) => {
    const device = wordOf(args, 'device', '');
    hardware.network(device, false);
    return () => {
      hardware.network(device, true);
    };
  }),
  fault(
    'stale-open',
    'a command to open from another day lies retained on the topic of a valve',
    (world, args) => {
      const stale = world.hardware.opensBy(wordOf(args, 'device', ''));
      if (stale === null) return null;
      world.bus.publish(stale.topic, stale.payload, true);
      return () => {
        world.bus.publish(stale.topic, '', true);
      };
    },
  ),
];

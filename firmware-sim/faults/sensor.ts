import type { Random } from '../../src/random/random.ts';
import { number, numberOf, oneOf, SHARE, TIME_MS, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { PAIR, thermometers } from './parts.ts';
import type { FaultWorld } from './ports.ts';

/** What a probe says in place of what it feels, degrees Celsius. */
type Lie = (feltC: number) => number;

const KELVIN = number(-100, 100);

const tenths = (random: Random, least: number, most: number): number =>
  Math.round(random.between(least, most) * 10) / 10;
const eitherWay = (random: Random, least: number, most: number): number =>
  (random.chance(0.5) ? 1 : -1) * tenths(random, least, most);

function lying(
  id: string,
  doc: string,
  lie: (world: FaultWorld, args: FaultArgs) => Lie,
  takes: Readonly<Record<string, Takes>> = {},
  more: (random: Random) => FaultArgs = () => ({}),
  parts = thermometers(),
): Fault {
  return {
    id: `sensor-${id}`,
    class: 'sensor',
    doc,
    parts,
    takes,
    draw: (random, facts) => {
      const probe = oneOf(random, thermometers().of(facts));
      return probe === null || parts.of(facts).length === 0 ? null : { ...probe, ...more(random) };
    },
    begin: (world, args) => {
      const device = wordOf(args, 'device', world.facts.thermometers[0] ?? '');
      world.hardware.probe(device, lie(world, args));
      return () => {
        world.hardware.probe(device, null);
      };
    },
  };
}

function stuck(): Lie {
  let saidC: number | null = null;
  return (feltC) => (saidC ??= feltC);
}

/** It hears of the water late: what it says now, it felt so long ago. */
function late(world: FaultWorld, byMs: number): Lie {
  const felt: { readonly atMs: number; readonly feltC: number }[] = [];
  return (feltC) => {
    const nowMs = world.nowMs();
    felt.push({ atMs: nowMs, feltC });
    while (felt[1] !== undefined && felt[1].atMs <= nowMs - byMs) felt.shift();
    return felt[0]?.feltC ?? feltC;
  };
}

export const SENSOR_FAULTS: readonly Fault[] = [
  lying('stuck', 'a thermometer repeats its last reading, fresh each time', () => stuck()),
  lying(
    'drift',
    'a thermometer drifts away, slowly',
    (world, args) => {
      const fromMs = world.nowMs();
      return (feltC) => feltC + (numberOf(args, 'kPerMin', 1) * (world.nowMs() - fromMs)) / 60_000;
    },
    { kPerMin: number(-600, 600) },
    (random) => ({ kPerMin: eitherWay(random, 0.2, 6) }),
  ),
  lying(
    'offset',
    'a thermometer is off by some kelvin',
    (_world, args) => (feltC) => feltC + numberOf(args, 'byK', 2),
    { byK: KELVIN },
    (random) => ({ byK: eitherWay(random, 0.5, 12) }),
  ),
  lying(
    'noise',
    'a thermometer is noisy',
    ({ random }, args) =>
      (feltC) =>
        feltC + numberOf(args, 'sigmaK', 1) * random.normal(),
    { sigmaK: number(0, 100) },
    (random) => ({ sigmaK: tenths(random, 0.2, 4) }),
  ),
  lying(
    'spike',
    'a thermometer says something absurd now and then',
    ({ random }, args) =>
      (feltC) =>
        random.chance(numberOf(args, 'share', 0.1)) ? feltC + numberOf(args, 'byK', 20) : feltC,
    { byK: KELVIN, share: SHARE },
    (random) => ({ byK: eitherWay(random, 5, 40), share: tenths(random, 0.1, 0.6) }),
  ),
  lying('nan', 'the wire of a thermometer is cut: its reading is no number', () => () => NaN),
  lying('85', 'a thermometer says 85.00, what it says when it has just got its power', () => () => 85),
  lying(
    'wrong-unit',
    'a thermometer says Fahrenheit where it should say Celsius',
    () => (feltC) => (feltC * 9) / 5 + 32,
  ),
  lying(
    'stale',
    'a thermometer says what it felt some time ago',
    (world, args) => late(world, numberOf(args, 'byMs', 10_000)),
    { byMs: TIME_MS },
    (random) => ({ byMs: random.int(2_000, 60_000) }),
  ),
  {
    id: 'sensor-absent',
    class: 'sensor',
    doc: 'nothing is heard of a thermometer any more, and the rest of its box speaks',
    parts: thermometers(),
    takes: {},
    draw: (random, facts) => oneOf(random, thermometers().of(facts)),
    begin: ({ hardware, facts }, args) => {
      const device = wordOf(args, 'device', facts.thermometers[0] ?? '');
      hardware.hang(device, true);
      return () => {
        hardware.hang(device, false);
      };
    },
  },
  lying(
    'pair-disagrees',
    'of two thermometers one is off by more than they may differ',
    (_world, args) => (feltC) => feltC + numberOf(args, 'byK', 3),
    { byK: KELVIN },
    (random) => ({ byK: eitherWay(random, 2.2, 8) }),
    thermometers(2),
  ),
  {
    id: 'sensor-swapped',
    class: 'sensor',
    doc: 'two thermometers are swapped: each says what the other feels',
    parts: PAIR,
    takes: {},
    draw: (_random, facts) => PAIR.of(facts)[0] ?? null,
    begin: ({ hardware, facts }, args) => {
      const first = wordOf(args, 'device', facts.thermometers[0] ?? '');
      const second = wordOf(args, 'other', facts.thermometers[1] ?? '');
      // Each hears of the other when that is read: a sampling interval late.
      const felt = new Map<string, number>();
      const swap =
        (own: string, other: string): Lie =>
        (feltC) => {
          felt.set(own, feltC);
          return felt.get(other) ?? feltC;
        };
      hardware.probe(first, swap(first, second));
      hardware.probe(second, swap(second, first));
      return () => {
        hardware.probe(first, null);
        hardware.probe(second, null);
      };
    },
  },
];

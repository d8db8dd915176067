import type { Random } from '../../src/random/random.ts';
import { number, numberOf, oneOf, wordOf } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { senses } from './parts.ts';
import type { FaultFacts, FaultWorld } from './ports.ts';

/** The senses of a station besides its thermometers, by role. */
type Sense = keyof FaultFacts['senses'];

/** A fault of one device of that role; no station without one has it. */
function fault(
  id: string,
  role: Sense,
  doc: string,
  begin: (world: FaultWorld, device: string, args: FaultArgs) => () => void,
  takes: Readonly<Record<string, Takes>> = {},
  more: (random: Random) => FaultArgs = () => ({}),
): Fault {
  const parts = senses(role);
  return {
    id: `sense-${id}`,
    class: 'sense',
    doc,
    parts,
    takes,
    draw: (random, facts) => {
      const sense = oneOf(random, parts.of(facts));
      return sense === null ? null : { ...sense, ...more(random) };
    },
    begin: (world, args) => begin(world, wordOf(args, 'device', world.facts.senses[role][0] ?? ''), args),
  };
}

/** A sensor that measures says this in place of what it feels. */
function lying(
  id: string,
  role: Sense,
  doc: string,
  lie: (args: FaultArgs) => (felt: number) => number,
  takes?: Readonly<Record<string, Takes>>,
  more?: (random: Random) => FaultArgs,
): Fault {
  const begin = ({ hardware }: FaultWorld, device: string, args: FaultArgs): (() => void) => {
    hardware.probe(device, lie(args));
    return () => {
      hardware.probe(device, null);
    };
  };
  return fault(id, role, doc, begin, takes, more);
}

/** A contact says this whatever it feels; `last`: what it said last. */
function holding(id: string, role: Sense, doc: string, said: boolean | 'last'): Fault {
  return fault(id, role, doc, ({ hardware }, device) => {
    hardware.hold(device, said);
    return () => {
      hardware.hold(device, null);
    };
  });
}

/** Water where none should be, or that does not run away: the sensor is whole, and tells the truth. */
function wet(id: string, role: Sense, doc: string): Fault {
  return fault(id, role, doc, ({ hardware }, device) => {
    hardware.wet(device, true);
    return () => {
      hardware.wet(device, false);
    };
  });
}

function silent(id: string, role: Sense, doc: string): Fault {
  return fault(id, role, doc, ({ hardware }, device) => {
    hardware.hang(device, true);
    return () => {
      hardware.hang(device, false);
    };
  });
}

function stuck(): (felt: number) => number {
  let said: number | null = null;
  return (felt) => (said ??= felt);
}

const tenths = (random: Random, least: number, most: number): number =>
  Math.round(random.between(least, most) * 10) / 10;

export const SENSE_FAULTS: readonly Fault[] = [
  lying(
    'flow-dead',
    'flow',
    'the wheel of a flow meter does not turn: it says that no water runs',
    () => () => 0,
  ),
  lying('flow-stuck', 'flow', 'a flow meter repeats its last figure, fresh each time', () => stuck()),
  lying(
    'flow-running',
    'flow',
    'a flow meter says that water runs, whether it does or not',
    (args) => () => numberOf(args, 'lpm', 4),
    { lpm: number(0, 100) },
    (random) => ({ lpm: tenths(random, 0.4, 12) }),
  ),
  silent('flow-silent', 'flow', 'nothing is heard of a flow meter any more, and the rest of its box speaks'),
  wet('leak-wet', 'leak', 'there is water on the floor, and the leak sensor stands in it'),
  holding('leak-silent', 'leak', 'a leak sensor says nothing new, wet or dry', 'last'),
  holding('presence-lost', 'presence', 'a mat sees nobody, though somebody stands on it', false),
  holding('presence-stuck', 'presence', 'a mat repeats what it said last, whoever comes or goes', 'last'),
  holding('presence-ghost', 'presence', 'a mat sees somebody, though nobody is there', true),
  lying('level-stuck', 'level', 'a level sensor repeats its last figure, fresh each time', () => stuck()),
  lying(
    'level-offset',
    'level',
    'a level sensor is off by some litres',
    (args) => (felt) => Math.max(0, felt + numberOf(args, 'byL', -2)),
    { byL: number(-100, 100) },
    (random) => ({ byL: (random.chance(0.5) ? 1 : -1) * tenths(random, 0.5, 4) }),
  ),
  silent(
    'level-silent',
    'level',
    'nothing is heard of a level sensor any more, and the rest of its box speaks',
  ),
  wet('float-up', 'float', 'the drain of a tray is blocked: its float is up'),
  holding('float-low', 'float', 'a float hangs at the bottom, however high the water stands', false),
];

import type { Random } from '../../src/random/random.ts';
import type { Supplies } from '../plant/supply.ts';
import { numberOf, SHARE, TIME_MS } from './catalogue.ts';
import type { Fault, FaultArgs, Takes } from './catalogue.ts';
import { PIPES } from './parts.ts';
import type { FaultWorld } from './ports.ts';

/** How often a supply that changes slowly is moved on, milliseconds. */
const STEP_MS = 1_000;

/** As the seed drew it. */
function healthy({ hardware: { drawn } }: FaultWorld): Required<Supplies> {
  return { hotC: drawn.hot_c, coldC: drawn.cold_c, guardC: drawn.guard_c, hotShare: 1, coldShare: 1 };
}

function supply(
  id: string,
  doc: string,
  change: (world: FaultWorld, args: FaultArgs) => Supplies,
  takes: Readonly<Record<string, Takes>> = {},
  draw: (random: Random) => FaultArgs = () => ({}),
): Fault {
  return {
    id: `supply-${id}`,
    class: 'supply',
    doc,
    parts: PIPES,
    takes,
    draw: (random, facts) => (PIPES.of(facts).length === 0 ? null : draw(random)),
    begin: (world, args) => {
      const changed = change(world, args);
      world.hardware.supply(changed);
      const before = healthy(world);
      return () => {
        // Only what this one changed: another one may go on.
        world.hardware.supply(Object.fromEntries(Object.entries(before).filter(([key]) => key in changed)));
      };
    },
  };
}

const share = (random: Random, least: number, most: number): number =>
  Math.round(random.between(least, most) * 100) / 100;

export const SUPPLY_FAULTS: readonly Fault[] = [
  supply('hot-lost', 'the heating is off: hot is as cold as cold', (world) => ({
    hotC: world.hardware.drawn.cold_c,
  })),
  supply('cold-lost', 'no cold water comes', () => ({ coldShare: 0 })),
  supply(
    'pressure-drop',
    'somebody runs water elsewhere in the house: the pressure drops',
    (_world, args) => ({ hotShare: numberOf(args, 'share', 0.3), coldShare: numberOf(args, 'share', 0.3) }),
    { share: SHARE },
    (random) => ({ share: share(random, 0.05, 0.7) }),
  ),
  supply('guard-42', 'the scald guard creeps: it lets 42.5 C through', (world) => ({
    guardC: 42.5,
    hotC: Math.max(42.5, world.hardware.drawn.hot_c),
  })),
  supply('guard-46', 'the scald guard has failed: it lets 46 C through', (world) => ({
    guardC: 46,
    hotC: Math.max(46, world.hardware.drawn.hot_c),
  })),
  supply('guard-60', 'the scald guard has failed: it lets 60 C through', () => ({ guardC: 60, hotC: 60 })),
  supply('winter-mains', 'it is winter: the cold water has 4 C', () => ({ coldC: 4 })),
  {
    id: 'supply-tank-empty',
    class: 'supply',
    doc: 'the hot tank runs empty: hot gets colder by the second',
    parts: PIPES,
    takes: { overMs: TIME_MS },
    draw: (random, facts) => (PIPES.of(facts).length === 0 ? null : { overMs: random.int(10_000, 90_000) }),
    begin: (world, args) => {
      const { hot_c: hotC, cold_c: coldC } = world.hardware.drawn;
      const overMs = numberOf(args, 'overMs', 30_000);
      const fromMs = world.nowMs();
      let mended = false;
      const cool = (): void => {
        if (mended) return;
        const left = Math.exp(-(world.nowMs() - fromMs) / overMs);
        world.hardware.supply({ hotC: coldC + (hotC - coldC) * left });
        if (left > 0.01) world.at(world.nowMs() + STEP_MS, cool);
      };
      cool();
      return () => {
        mended = true;
        world.hardware.supply({ hotC });
      };
    },
  },
];

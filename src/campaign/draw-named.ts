import { FAULTS } from '../../firmware-sim/faults/index.ts';
import type { Fault, FaultArgs, FaultFacts } from '../../firmware-sim/faults/index.ts';
import type { SessionPlan } from '../model/plan.ts';
import { Random } from '../random/random.ts';
import { canHave, drawLength, pick } from './draw-faults.ts';
import { formatMoment } from './moment.ts';
import type { Moment } from './moment.ts';
import type { Mode, ScheduledFault } from './scenario.ts';

/** Of several that are named, how often a session has another one beside its own. */
const ANOTHER = 0.5;

/** The fault that the seed has of those that are named; null: none is named. */
export function namedFault(seed: number, faults: 'all' | 'none' | readonly string[]): Fault | null {
  if (typeof faults === 'string') return null;
  return pick(
    new Random(seed, 'named'),
    FAULTS.filter(({ id }) => faults.includes(id)),
  );
}

/** That fault, in one of its forms and at a moment at which it has something to act on; and sometimes another one. */
export function drawNamedFaults(
  seed: number,
  faults: readonly string[],
  facts: FaultFacts,
  plan: SessionPlan | null,
  mode: Mode,
): readonly ScheduledFault[] {
  const own = namedFault(seed, faults);
  const random = new Random(seed, 'named faults');
  const others = FAULTS.filter((fault) => fault !== own && faults.includes(fault.id));
  const beside = others.filter((fault) => random.chance(ANOTHER) && canHave(fault, facts));
  return (own === null ? [] : [own, ...beside]).flatMap((fault): readonly ScheduledFault[] => {
    const args = fault.draw(random, facts);
    if (args === null) return [];
    const soon = 'nth' in fault.takes;
    const at = formatMoment(soon ? soonMoment(random) : momentIn(random, plan));
    return [{ at, id: fault.id, args: soon ? sooner(args, facts) : args, forMs: drawLength(random, mode) }];
  });
}

/** What counts up to its moment has to be there early. */
function soonMoment(random: Random): Moment {
  return { from: 'at', nth: 1, plusMs: random.int(0, 20_000) };
}

/** With buckets little is written and nothing is switched. */
function sooner(args: FaultArgs, { plumbing }: FaultFacts): FaultArgs {
  const nth = args['nth'];
  return plumbing === 'cues' && typeof nth === 'number' ? { ...args, nth: 1 + (nth % 8) } : args;
}

/** Before the last change of the water: what is broken after it may never be used again. */
function momentIn(random: Random, plan: SessionPlan | null): Moment {
  const steps = plan === null ? [] : plan.steps.slice(0, Math.max(1, plan.steps.length - 1));
  const at = { from: 'at', nth: 1, mostMs: 40_000 } as const;
  const places: readonly (Pick<Moment, 'from' | 'nth'> & { readonly mostMs: number })[] = [
    at,
    at,
    { from: 'ready', nth: 1, mostMs: 3_000 },
    ...steps.map(({ kind, cycle, durationMs }) => ({ from: kind, nth: cycle, mostMs: durationMs - 2_000 })),
    ...steps.slice(1).map((_, place) => ({ from: 'change' as const, nth: place + 1, mostMs: 2_000 })),
  ];
  const { from, nth, mostMs } = pick(random, places);
  return { from, nth, plusMs: random.int(0, Math.max(0, mostMs)) };
}

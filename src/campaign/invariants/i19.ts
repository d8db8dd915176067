import type { Choices } from '../../model/command.ts';
import type { SessionPlan } from '../../model/plan.ts';
import { Random } from '../../random/random.ts';
import type { Beside, Invariant } from './invariant.ts';
import { sumsOf } from './plans.ts';

interface Whose {
  readonly profile: 'standard' | 'limited';
  readonly coldCapMs: number | null;
}

const LONGEST_MS = 60_000;

/** A tighter limit and a looser one. A ladder is compared with a longer one: it is the person's own target as well. */
function pairsOf(capMs: number): readonly (readonly [string, Whose, Whose])[] {
  const standard: Whose = { profile: 'standard', coldCapMs: null };
  const limited: Whose = { profile: 'limited', coldCapMs: null };
  return [
    ['the limited profile', limited, standard],
    [
      `a ladder of ${capMs / 1_000} s`,
      { ...standard, coldCapMs: capMs },
      { ...standard, coldCapMs: LONGEST_MS },
    ],
    ['both', { ...limited, coldCapMs: capMs }, { ...standard, coldCapMs: LONGEST_MS }],
  ];
}

/**
 * Judged by plans: what is run never passes its plan (I5, I6). Between two plans for the same choices, the one with a
 * tighter profile or ladder is never longer, hotter or colder.
 */
export const i19: Invariant = {
  id: 'I19',
  says: 'tightening a limit never makes a run longer, hotter, colder or more frequent',
  judge: () => ({ judged: 0 }),
  beside(beside, object) {
    const random = new Random(beside.scenario.seed, 'I19');
    const { choices } = beside.scenario;
    const capMs = random.int(3, 12) * 5_000;
    let judged = 0;
    for (const [name, tight, loose] of pairsOf(capMs)) {
      const plan = planFor(beside, choices, tight);
      const other = planFor(beside, choices, loose);
      // What is refused for its length may well be allowed once it is shorter.
      if (plan === null || other === null) continue;
      judged += 1;
      const worse = worseThan(plan, other);
      if (worse !== null) object(`with ${name} a plan is ${worse}`);
    }
    return judged;
  },
};

function planFor({ house, scenario }: Beside, choices: Choices, whose: Whose): SessionPlan | null {
  const planned = house.plan({
    protocol: scenario.protocol,
    person: { id: null, screening: 'clear', counts: false, ...whose },
    choices,
    station: house.station,
  });
  return 'plan' in planned ? planned.plan : null;
}

function worseThan(plan: SessionPlan, other: SessionPlan): string | null {
  const [sums, others] = [sumsOf(plan), sumsOf(other)];
  if (sums.warmMs > others.warmMs || sums.coldMs > others.coldMs) return 'longer';
  if (plan.cycles > other.cycles || plan.steps.length > other.steps.length) return 'of more cycles';
  const hottest = (one: SessionPlan): number => Math.max(...one.steps.map(({ rangeC }) => rangeC.maxC));
  const coldest = (one: SessionPlan): number => Math.min(...one.steps.map(({ rangeC }) => rangeC.minC));
  if (hottest(plan) > hottest(other)) return 'hotter';
  return coldest(plan) < coldest(other) ? 'colder' : null;
}

import type { Choices } from '../../model/command.ts';
import { Random } from '../../random/random.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { LIMITS } from './limits.ts';
import { outsideLimits } from './plans.ts';

/** Far past both ends of everything: most are to be refused, and what is not has to be within the limits. */
function drawChoices(seed: number): Choices {
  const random = new Random(seed, 'I1');
  const some = <T>(value: T): T | undefined => (random.chance(0.5) ? value : undefined);
  const seconds = (most: number): string => `${random.int(1, most)} s`;
  return {
    cycles: some(random.int(1, 5)),
    warm: some(seconds(2_000)),
    cold: some(seconds(120)),
    warm_water: some(`${random.between(25, 60).toFixed(1)} C`),
    cold_water: some(`${random.between(1, 30).toFixed(1)} C`),
  };
}

/** In a session by what was accepted and what is let out; beside it by plans for choices that nobody would make. */
export const i1: Invariant = {
  id: 'I1',
  says: 'every accepted config, protocol and setpoint satisfies L1-L8 and L11; anything else is rejected with no change of output',
  judge(facts, object) {
    let judged = 0;
    let accepted = false;
    let plan = facts.plan;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'booted', 'state', 'command'], (event) => {
        if (event.type === 'journal') {
          if (event.record === 'start' || event.record === 'continue') accepted = true;
        } else if (event.type === 'booted') accepted = false;
        else if (event.type === 'state' && facts.plan !== plan) {
          plan = facts.plan;
          const outside = plan === null ? null : outsideLimits(plan);
          judged += 1;
          if (outside !== null) object(event.atMs, `a plan was accepted with ${outside}`);
        } else if (event.type === 'command' && event.action !== 'close') {
          const { device, targetC, leaseMs, atMs } = event;
          if (!accepted) object(atMs, `${device} was told to ${event.action}, and no session was accepted`);
          if (targetC !== null && (targetC > LIMITS.warmMaxC || targetC < LIMITS.coldMinC))
            object(atMs, `${device} was set to ${targetC} C`);
          if (leaseMs !== null && leaseMs > LIMITS.leaseMs)
            object(atMs, `${device} has a lease of ${leaseMs} ms`);
        }
      }),
    };
  },
  beside({ scenario, house }, object) {
    const { seed, protocol, person } = scenario;
    const choices = drawChoices(seed);
    const planned = house.plan({
      protocol,
      person: { id: null, screening: 'clear', profile: person.profile, counts: false, coldCapMs: null },
      choices,
      station: house.station,
    });
    const outside = 'plan' in planned ? outsideLimits(planned.plan) : null;
    if (outside !== null) object(`the choices ${JSON.stringify(choices)} make a plan with ${outside}`);
    return 1;
  },
};

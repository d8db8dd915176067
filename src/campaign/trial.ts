import type { House } from './house.ts';
import type { Beside, Trial } from './invariants/index.ts';
import type { Scenario } from './scenario.ts';
import type { TraceEvent } from './trace.ts';
import { World } from './world.ts';

/** What the invariants are handed to judge what is not about one trace. */
export function besideOf(scenario: Scenario, house: House): Beside {
  return {
    scenario,
    house,
    trial: (prepare, enough) => {
      const events: TraceEvent[] = [];
      let over = false;
      const acts: { readonly plusMs: number; readonly act: () => void }[] = [];
      const begun = (atMs: number): void => {
        for (const { plusMs, act } of acts.splice(0)) world.clock.at(atMs + plusMs, 'trial', act);
      };
      // Nothing is judged: this session is only compared.
      const world = new World(
        { ...scenario, faults: [] },
        house,
        {
          event: (event) => {
            events.push(event);
            over ||= enough(event);
            if (event.type === 'permitted' && event.on) begun(event.atMs);
          },
          tick: () => undefined,
        },
        [],
      );
      prepare(trialIn(world, house, (plusMs, act) => acts.push({ plusMs, act })));
      world.run(() => over);
      return events;
    },
  };
}

function trialIn(
  { rig }: World,
  { station }: House,
  inContact: (plusMs: number, act: () => void) => void,
): Trial {
  return {
    inContact,
    warm: (supplyC) => {
      rig.plant.set({ hotC: supplyC, guardC: supplyC });
    },
    offset: (byC) => {
      for (const { id, role } of station.devices)
        if (role === 'thermometer') rig.faults.probe(id, (readingC) => readingC + byC);
    },
  };
}

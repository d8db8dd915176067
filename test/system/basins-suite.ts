/** What the runs in basins share: the two examples, and what must be true in each of them. */
import { expect } from 'vitest';
import { Simulation, exampleConfig } from '../support/simulate.ts';
import type { PlantSettings } from '../../src/model/station.ts';

export const ONE = { example: 'foot-bath-basin', protocol: 'warm-soak', drains: ['basin'] } as const;
export const TWO = {
  example: 'foot-bath-two-basins',
  protocol: 'contrast-foot-bath',
  drains: ['warm', 'cold'],
} as const;
/** L17 of the examples: 1.1 times 8 l. */
export const BRIM_L = 8.8;

export type Kind = typeof ONE | typeof TWO;

export function started({ example, protocol }: Kind, plant: Partial<PlantSettings> = {}, seed = 1) {
  const sim = new Simulation(exampleConfig(example, plant), seed);
  sim.start(protocol);
  return sim;
}
export const plantOf = (sim: Simulation) => sim.world.rig.plant;

/** Looks four times a second until the session is over, and says what was wrong with what was true. */
function watched(sim: Simulation): string[] {
  const wrong = new Set<string>();
  const look = (): void => {
    const plant = plantOf(sim);
    const { exposed, operation, phase } = sim.state;
    for (const vessel of plant.vessels) {
      if (plant.litres(vessel) > BRIM_L) wrong.add(`${vessel} is over its brim`);
      if (exposed && plant.litres(vessel) < 3) wrong.add(`${vessel} is nearly empty in ${phase}`);
    }
    if (exposed && operation !== 'contact' && operation !== 'switch')
      wrong.add(`permitted in ${operation ?? ''}`);
    if (sim.world.rig.plant.vessels.length === 1 && plant.isOpen('hot') && plant.isOpen('cold'))
      wrong.add('hot and cold are open together');
    if (sim.result === null) sim.world.clock.at(sim.world.clock.nowMs() + 250, 'look', look);
  };
  look();
  sim.finish();
  return [...wrong];
}

/** Every seed completes, drained and closed, and nothing runs over. */
export function allComplete(kind: Kind, first: number, last: number): void {
  for (let seed = first; seed <= last; seed += 1) {
    const sim = started(kind, {}, seed);
    expect(watched(sim), `seed ${seed}`).toEqual([]);
    expect(sim.result, `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({ outcome: 'complete' });
    expect(sim.dry).toBe(true);
    for (const vessel of kind.drains) {
      expect(plantOf(sim).isDrainOpen(vessel)).toBe(true);
      expect(plantOf(sim).litres(vessel)).toBeLessThan(0.5);
    }
    expect(plantOf(sim).spilled()).toBe(0);
  }
}

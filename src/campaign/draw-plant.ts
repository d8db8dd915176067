import type { PlantSettings } from '../model/station.ts';
import type { Random } from '../random/random.ts';
import type { House } from './house.ts';
import type { ScenarioPerson } from './scenario.ts';

/**
 * A healthy house, over the whole range in which sessions have to complete: hot 37-40 C behind the guard, cold 10.5-22 C,
 * dead time 0.5-3 s and lag 1-4 s, each a second inside L22. Everything is drawn whether it is used or not, so that one
 * figure does not move the others.
 */
export function drawPlant(
  random: Random,
  { station, plant }: House,
  { profile }: ScenarioPerson,
): PlantSettings {
  const limited = profile === 'limited';
  // A mixer is held to its setpoint of 38 +- 1 C: a supply on the very edge of that is out half of the time.
  const leastC = station.plumbing === 'mixer' ? 37.3 : 37;
  const guardC = random.between(leastC, 40);
  const coldC = random.between(10.5, 22);
  const drawn = {
    hotC: random.between(50, 60),
    // The limited profile has warm water of 38 C at most and cold of 15 at least (L14): its house has them, and what its
    // thermometers read too low.
    guardC: limited ? leastC + ((guardC - leastC) * (38.2 - leastC)) / (40 - leastC) : guardC,
    coldC: limited ? 15.5 + ((coldC - 10.5) * 6.5) / 11.5 : coldC,
    flowLpm: random.between(4, 9),
    deadTimeMs: random.between(500, 3_000),
    lagMs: random.between(1_000, 4_000),
  };
  return {
    ...plant,
    hotC: plant.hotC ?? drawn.hotC,
    guardC: plant.guardC ?? drawn.guardC,
    coldC: plant.coldC ?? drawn.coldC,
    flowLpm: plant.flowLpm ?? drawn.flowLpm,
    deadTimeMs: plant.deadTimeMs ?? drawn.deadTimeMs,
    lagMs: plant.lagMs ?? drawn.lagMs,
  };
}

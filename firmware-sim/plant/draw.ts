import type { PlantSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';

/** What the seed made of one house, as it is printed: units in the names, rounded, and usable as settings again. */
export interface DrawnPlant {
  readonly hot_c: number;
  readonly guard_c: number;
  readonly cold_c: number;
  readonly flow_lpm: number;
  readonly dead_time_s: number;
  readonly lag_s: number;
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/**
 * A healthy house. Everything is drawn whether it is overridden or not, so that fixing one figure does not move the
 * others. Hot behind the guard and cold lie inside the protocols' bands; dead time and lag a second inside limit L22.
 */
export function drawPlant(seed: number, settings: PlantSettings): DrawnPlant {
  const random = new Random(seed, 'plant');
  const drawn = {
    hotC: random.between(50, 60),
    guardC: random.between(37.2, 39.6),
    coldC: random.between(10.8, 15),
    flowLpm: random.between(4, 9),
    deadTimeMs: random.between(500, 3_000),
    lagMs: random.between(1_000, 4_000),
  };
  return {
    hot_c: round(settings.hotC ?? drawn.hotC, 2),
    guard_c: round(settings.guardC ?? drawn.guardC, 2),
    cold_c: round(settings.coldC ?? drawn.coldC, 2),
    flow_lpm: round(settings.flowLpm ?? drawn.flowLpm, 2),
    dead_time_s: round((settings.deadTimeMs ?? drawn.deadTimeMs) / 1_000, 3),
    lag_s: round((settings.lagMs ?? drawn.lagMs) / 1_000, 3),
  };
}

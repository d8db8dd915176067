import type { House } from './house.ts';
import { drawScenario } from './draw.ts';
import type { Scenario } from './scenario.ts';
import type { DrawOptions } from './draw.ts';
import type { Landmarks } from './landmarks.ts';
import type { Measured } from './measures.ts';
import { nuisanceOf } from './nuisance.ts';
import type { Listener } from './recorder.ts';
import type { TraceEvent, Violation } from './trace.ts';
import { besideOf } from './trial.ts';
import { World } from './world.ts';

/** How one session went, as data that a worker can send. */
export interface Verdict {
  readonly seed: number;
  readonly scenario: Scenario;
  /** `complete`, `stopped`, `aborted`; `refused` where nothing began, `unended` where it did not come to an end. */
  readonly outcome: string;
  readonly reason: string | null;
  readonly violations: readonly Violation[];
  /** The last events before the first violation; empty where there is none. */
  readonly last: readonly TraceEvent[];
  readonly hash: string;
  readonly ticks: number;
  readonly messages: number;
  readonly simulatedMs: number;
  /** The true heat dose of the feet (safety: L12). */
  readonly dose: number;
  readonly measured: Measured;
  /** Moments, as they were written, at which something of the scenario happened. */
  readonly came: readonly string[];
  /** By invariant: how often it had something to judge. */
  readonly judged: Readonly<Record<string, number>>;
}

/** Runs the session of a seed. */
export function runSeed(seed: number, options: DrawOptions): Verdict {
  const { scenario, house } = drawScenario(seed, options);
  return runScenario(scenario, house);
}

export function runScenario(
  scenario: Scenario,
  house: House,
  listener: Listener | null = null,
  ended: ((landmarks: Landmarks) => void) | null = null,
): Verdict {
  const world = new World(scenario, house, listener);
  world.run();
  ended?.(world.landmarks);
  const { recorder, result } = world;
  recorder.beside(besideOf(scenario, house), world.clock.nowMs());
  const { measured } = world.measures;
  const { acts, presses, answers, screening = 'clear', past = [] } = scenario.person;
  const healthy =
    scenario.faults.length === 0 &&
    acts.length === 0 &&
    presses &&
    answers &&
    screening === 'clear' &&
    past.length === 0;
  const nuisance = nuisanceOf(measured, healthy, result, world.clock.nowMs());
  const violations = nuisance === null ? recorder.violations : [...recorder.violations, nuisance];
  return {
    seed: scenario.seed,
    scenario,
    outcome: result?.outcome ?? (world.accepted ? 'unended' : 'refused'),
    reason: result?.reason ?? null,
    violations,
    last: violations.length > 0 ? recorder.last.slice(-40) : [],
    hash: recorder.hash.hex,
    ticks: recorder.ticks,
    messages: world.messages,
    simulatedMs: world.clock.nowMs(),
    dose: world.rig.person?.contact().dose ?? 0,
    measured,
    came: [...world.landmarks.came],
    judged: recorder.judged(),
  };
}

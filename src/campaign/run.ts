import type { House } from './house.ts';
import { drawScenario } from './scenario.ts';
import type { DrawOptions, Scenario } from './scenario.ts';
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
  listener: ((event: TraceEvent) => void) | null = null,
): Verdict {
  const world = new World(scenario, house, listener);
  world.run();
  const { recorder, result } = world;
  recorder.beside(besideOf(scenario, house), world.clock.nowMs());
  const violated = recorder.violations.length > 0;
  return {
    seed: scenario.seed,
    scenario,
    outcome: result?.outcome ?? 'refused',
    reason: result?.reason ?? null,
    violations: recorder.violations,
    last: violated ? recorder.last.slice(-40) : [],
    hash: recorder.hash.hex,
    ticks: recorder.ticks,
    messages: world.messages,
    simulatedMs: world.clock.nowMs(),
    judged: recorder.judged(),
  };
}

import type { ControllerParts, House } from '../../../src/campaign/house.ts';
import type { Scenario } from '../../../src/campaign/scenario.ts';
import { INVARIANTS } from '../../../src/campaign/invariants/index.ts';
import type { Beside, Invariant } from '../../../src/campaign/invariants/index.ts';
import type { Listener } from '../../../src/campaign/recorder.ts';
import type { TraceEvent, Violation } from '../../../src/campaign/trace.ts';
import { besideOf } from '../../../src/campaign/trial.ts';
import { World } from '../../../src/campaign/world.ts';
import { exampleHouses } from '../../../src/cli/sim/houses.ts';
import type { Controller } from '../../../src/controller/index.ts';
import type { InterlockInput } from '../../../machines/interlock.ts';
import type { StationCore } from '../../../src/controller/core.ts';

const houses = exampleHouses();

export function houseNamed(name: string): House {
  const house = houses.find((one) => one.name === name);
  if (house === undefined) throw new RangeError(`there is no house ${name}`);
  return house;
}

/** Somebody who comes, answers, and lets the session run. */
export const STEADY: Scenario['person'] = {
  begins: 'page',
  profile: 'standard',
  presses: true,
  answers: true,
  acts: [],
};

/** One planted defect: a world, and what is broken in its controller on purpose. */
export interface Defect {
  /** What the code does wrong, as its author would say it. */
  readonly what: string;
  readonly house?: string;
  readonly scenario?: Partial<Scenario>;
  /** Breaks the house: what compiles its plans, for one. */
  readonly wrap?: (house: House) => House;
  /** Breaks what a controller is handed, or one that has been made of it. */
  readonly parts?: (parts: ControllerParts) => ControllerParts;
  readonly controller?: (controller: Controller) => void;
  /** Breaks the controller that has just been made, before time moves; or lets things happen in its world. */
  readonly breaks: (broken: Broken) => void;
}

/** A world whose controller is broken, and ways to break it. */
export class Broken {
  readonly world: World;
  readonly house: House;
  readonly #scenario: Scenario;
  readonly #hearing: ((event: TraceEvent) => void)[] = [];

  /** `judges`: who judges it while it runs; `sees`: who else sees what happens in it. */
  constructor(defect: Defect, judges: readonly Invariant[] = INVARIANTS, sees: Listener | null = null) {
    const whole = houseNamed(defect.house ?? 'foot-bath');
    const house = defect.wrap?.(whole) ?? whole;
    this.house = { ...house, ...withParts(house, defect) };
    const scenario: Scenario = {
      seed: 3,
      house: house.name,
      protocol: 'contrast-foot-bath',
      choices: {},
      plant: house.plant,
      person: STEADY,
      faults: [],
      mode: 'safety',
      ...defect.scenario,
    };
    this.#scenario = scenario;
    this.world = new World(
      scenario,
      this.house,
      {
        event: (event) => {
          sees?.event(event);
          for (const hear of this.#hearing) hear(event);
        },
        tick: (tick) => {
          sees?.tick(tick);
        },
      },
      judges,
    );
    defect.breaks(this);
  }

  get core(): StationCore {
    const station = this.world.controller.station(this.house.station.id);
    if (station === null) throw new RangeError('no such station');
    return station.core;
  }

  hears(listener: (event: TraceEvent) => void): void {
    this.#hearing.push(listener);
  }

  /** Acts so long after the nth time that a phase begins. */
  when(phase: string, plusMs: number, act: () => void, nth = 1): void {
    let seen = 0;
    let before = '';
    this.hears((event) => {
      if (event.type !== 'state') return;
      if (event.phase === phase && before !== phase) {
        seen += 1;
        if (seen === nth) this.world.clock.at(event.atMs + plusMs, 'planted', act);
      }
      before = event.phase;
    });
  }

  /** No detector says anything any more. */
  mute(): void {
    this.core.water.trip = () => undefined;
  }

  /** Changes what each event of the session machine does. */
  machine(step: (original: StationCore['machine']['step']) => StationCore['machine']['step']): void {
    const { core } = this;
    const original = core.machine;
    core.machine = {
      step: step((snapshot, event) => original.step(snapshot, event)),
    };
  }

  /** The running step never ends: neither in the machine, nor in the interlock, nor by a detector. */
  endless(): void {
    this.mute();
    this.machine(
      (original) => (snapshot, event) =>
        event.type === 'clock' ? { snapshot, wants: [] } : original(snapshot, event),
    );
    this.wraps((input, judge, lock) => {
      if (lock.want !== null) lock.want = { ...lock.want, untilMs: 1e12 };
      lock.usedMs = { warm: 0, cold: 0 };
      judge(input);
    });
  }

  /** Between what is said to the interlock and what it does. */
  wraps(
    through: (
      input: InterlockInput,
      judge: (input: InterlockInput) => void,
      lock: { -readonly [K in keyof StationCore['water']['lock']]: StationCore['water']['lock'][K] },
    ) => void,
  ): void {
    for (const vessel of this.core.water.vessels) {
      const original = vessel.judge.bind(vessel);
      vessel.judge = (input, atMs) => {
        const lock = { ...vessel.lock };
        const out: ReturnType<typeof original>[number][] = [];
        through(
          input,
          (one) => {
            vessel.lock = { ...lock };
            out.push(...original(one, atMs));
          },
          lock,
        );
        return out;
      };
    }
  }

  /** What its invariants are asked beside the trace. */
  get beside(): Beside {
    return besideOf(this.#scenario, this.house);
  }

  run(): readonly Violation[] {
    this.world.run();
    this.world.recorder.beside(this.beside, this.world.clock.nowMs());
    return this.world.recorder.violations;
  }
}

function withParts(house: House, { parts, controller }: Defect): Pick<House, 'controller'> {
  return {
    controller: (given) => {
      const made = house.controller(parts?.(given) ?? given);
      controller?.(made);
      return made;
    },
  };
}

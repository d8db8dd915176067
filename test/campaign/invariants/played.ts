import { Recorder } from '../../../src/campaign/recorder.ts';
import type { Invariant } from '../../../src/campaign/invariants/index.ts';
import type { SessionPlan } from '../../../src/model/plan.ts';
import type { Tick, TraceEvent } from '../../../src/campaign/trace.ts';
import { Broken } from './broken.ts';
import type { Defect } from './broken.ts';

type Moment = { readonly event: TraceEvent; readonly plan: SessionPlan | null } | { readonly tick: Tick };

/** A world that was run once, judged by nobody: what happened in it is judged as often as somebody wants to. */
export class Played {
  readonly broken: Broken;
  readonly #moments: Moment[] = [];

  constructor(defect: Defect) {
    let plan = (): SessionPlan | null => null;
    this.broken = new Broken(defect, [], {
      event: (event) => this.#moments.push({ event, plan: plan() }),
      tick: (tick) => this.#moments.push({ tick: copyOf(tick) }),
    });
    const { facts } = this.broken.world;
    plan = () => facts.plan;
    this.broken.world.run();
  }

  judge(invariants: readonly Invariant[]): Recorder {
    const { world } = this.broken;
    const facts = { ...world.facts, plan: null as SessionPlan | null };
    const recorder = new Recorder(facts, invariants);
    for (const moment of this.#moments) {
      if ('event' in moment) {
        facts.plan = moment.plan;
        recorder.event(moment.event);
      } else recorder.tick(moment.tick);
    }
    recorder.end(world.clock.nowMs());
    return recorder;
  }

  /** What no trace shows is asked as well: other sessions are run for it. */
  judgeBeside(invariants: readonly Invariant[]): Recorder {
    const recorder = this.judge(invariants);
    recorder.beside(this.broken.beside, this.broken.world.clock.nowMs());
    return recorder;
  }
}

/** A world writes its one tick anew each time. */
function copyOf(tick: Tick): Tick {
  const { open, on, vessels } = tick;
  return { ...tick, open: { ...open }, on: { ...on }, vessels: vessels.map((vessel) => ({ ...vessel })) };
}

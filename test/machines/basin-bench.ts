import { basin } from '../../machines/basin.ts';
import type { BasinContext, BasinEvent, BasinGoal, BasinSettings } from '../../machines/basin-run.ts';
import { basinDeadline } from '../../machines/basin-run.ts';
import { stateName } from '../../machines/engine.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
export const WARM: BasinGoal = {
  side: 'warm',
  targetC: 38,
  rangeC: { minC: 36.7, maxC: 40 },
  neededMs: 600_000,
};
export const COLD: BasinGoal = {
  side: 'cold',
  targetC: 15,
  rangeC: { minC: 10, maxC: 15.6 },
  neededMs: 600_000,
};
export const NO_WATER = { type: 'water', water: null };
export const OPEN = { type: 'shut', untilMs: null };

/** One basin, step by step. */
export class Bench {
  snapshot;
  atMs = 0;
  wants: readonly { readonly type: string }[] = [];
  readonly goal: BasinGoal;

  constructor(fills: BasinSettings['fills'] = 'both', goal = WARM, heats = false) {
    this.goal = goal;
    this.snapshot = basin.initial({ volumeL: 8, fills, heats, purgeMs: 180_000 });
  }
  get state(): string {
    return stateName(this.snapshot);
  }
  get context(): BasinContext {
    return this.snapshot.context;
  }
  get due(): number | null {
    return basinDeadline(this.context);
  }
  get said(): readonly string[] {
    return this.wants.map(({ type }) => type);
  }
  send(event: Without<BasinEvent>, afterMs = 0): this {
    this.atMs += afterMs;
    const step = basin.step(this.snapshot, { ...event, atMs: this.atMs });
    this.snapshot = step.snapshot;
    this.wants = step.wants;
    return this;
  }
  prepare(goal = this.goal, afterMs = 0): this {
    return this.send({ type: 'prepare', goal }, afterMs);
  }
  filling(): this {
    return this.prepare().send({ type: 'emptied' }, 60_000).send({ type: 'shut' }, 1_000);
  }
  settling(): this {
    return this.filling().send({ type: 'filled' }, 100_000);
  }
  standing(valueC = this.goal.side === 'warm' ? 39 : 12): this {
    return this.settling().send({ type: 'settled', valueC }, 8_000);
  }
  ready(valueC?: number): this {
    return this.standing(valueC).send({ type: 'banded' }, 10_000);
  }
  late(): this {
    return this.send({ type: 'clock' }, (this.due ?? Infinity) - this.atMs);
  }
}

export function topping(bench: Bench, valueC = 37): Bench {
  return bench
    .send({ type: 'drift', toward: 'warm', valueC }, 20_000)
    .send({ type: 'let-out' }, 5_000)
    .send({ type: 'shut' }, 1_000);
}

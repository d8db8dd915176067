import type { PlannedStep, Plumbing, SessionPlan } from '../../src/model/plan.ts';
import type { StationKind } from '../../src/model/station.ts';
import type { Expectation, Trip, Want } from '../../src/model/want.ts';
import { NOTHING_EXPECTED } from '../../src/model/want.ts';
import { stateName } from '../../machines/engine.ts';
import { session } from '../../machines/session.ts';
import type { Flush, SessionContext, SessionEvent } from '../../machines/session-run.ts';
import type { WatchEdge, WatchInput, WatchSettings } from '../../machines/watch/index.ts';
import { NO_SENSES } from '../../machines/watch/facts.ts';
import { watchInit, watchStep } from '../../machines/watch/index.ts';

/** What the tables of the machines share: a plan, a session to feed events to, and a watch to feed readings to. */
export function planOf(cycles = 2, kind: 'contrast' | 'soak' = 'contrast'): SessionPlan {
  const steps: PlannedStep[] = [];
  const warm = {
    kind: 'warm',
    durationMs: 180_000,
    targetC: 38,
    rangeC: { minC: 36.7, maxC: 40 },
    say: null,
  } as const;
  const cold = {
    kind: 'cold',
    durationMs: 30_000,
    targetC: 15,
    rangeC: { minC: 10, maxC: 15.6 },
    say: null,
  } as const;
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    steps.push({ ...warm, cycle });
    if (kind === 'contrast') steps.push({ ...cold, cycle });
  }
  const totals = { warmMs: 0, coldMs: 0, contactMs: 0, dose: 0, litres: null };
  return {
    protocol: 'contrast-foot-bath',
    title: 'Contrast',
    kind,
    cycles,
    steps,
    totals,
    position: null,
    say: null,
    notes: [],
  };
}

export type Snapshot = ReturnType<typeof session.initial>;
type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
/** An event without its time, which the table gives. */
export type Timeless = Without<SessionEvent>;

export function trip(
  response: Trip['response'],
  reason: Trip['reason'] = 'out_of_band',
  latch = false,
): Trip {
  return { detector: 'T9', reason, response, latch, message: 'as a test says' };
}

/** A session machine and its clock; every event says what was wanted. */
export class SessionBench {
  snapshot: Snapshot;
  atMs = 0;
  wants: readonly Want[] = [];

  constructor(plumbing: Plumbing = 'two-valves', kind: StationKind = 'bath', presence = false) {
    this.snapshot = session.initial({
      kind,
      plumbing,
      vessel: kind === 'buckets' ? null : 'stream',
      drainMs: 0,
      prepareMs: 0,
      purgeMs: 180_000,
      pauseMs: 60_000,
      presence,
    });
  }

  get state(): string {
    return stateName(this.snapshot);
  }

  get context(): SessionContext {
    return this.snapshot.context;
  }

  /** The last expectation of this step, or null. */
  get expected(): Expectation | null {
    const last = this.wants.findLast((want) => want.type === 'expect');
    return last?.expectation ?? null;
  }

  get water() {
    return this.wants.findLast((want) => want.type === 'water')?.water;
  }

  get cues(): readonly string[] {
    return this.wants.flatMap((want) => (want.type === 'cue' ? [want.cue] : []));
  }

  send(event: Timeless, afterMs = 0): this {
    this.atMs += afterMs;
    const step = session.step(this.snapshot, { ...event, atMs: this.atMs });
    this.snapshot = step.snapshot;
    this.wants = step.wants;
    return this;
  }

  start(plan: SessionPlan = planOf(), dry = false, flush?: Flush): this {
    const person = dry ? null : 'guest';
    const request = { id: 's1', plan, person, dry, ...(flush === undefined ? {} : { flush }) };
    return this.send({ type: 'start', request, source: 'page' });
  }

  /** Through closing and the three legs, to `tempering`. */
  prove(): this {
    this.send({ type: 'closed' }, 1_000);
    for (const plateauC of [38.2, 15.1, 38.1]) this.send({ type: 'steady', plateauC }, 15_000);
    return this;
  }

  toReady(plan: SessionPlan = planOf()): this {
    return this.start(plan).prove().send({ type: 'banded' }, 10_000);
  }

  toContact(source: 'page' | 'button' = 'page', plan: SessionPlan = planOf()): this {
    return this.toReady(plan).send({ type: 'begin', source }, 5_000);
  }

  toHeld(): this {
    return this.toContact().send({ type: 'pause', source: 'mqtt' }, 60_000).send({ type: 'closed' }, 1_000);
  }

  /** The nearest deadline, served. */
  clockDue(): this {
    const due = Math.min(...Object.values(this.context.deadlines));
    return this.send({ type: 'clock' }, Math.max(0, due - this.atMs));
  }
}

/** A watch on two valves (or a mixer) with one thermometer or two, and what it has said so far. */
export class WatchBench {
  readonly settings: WatchSettings;
  state = watchInit();
  atMs = 0;
  trips: { readonly atMs: number; readonly trip: Trip }[] = [];
  edges: { readonly atMs: number; readonly edge: WatchEdge }[] = [];

  constructor(settings: Partial<WatchSettings> = {}) {
    this.settings = {
      plumbing: 'two-valves',
      thermometers: ['t'],
      readingAgeMs: 3_000,
      guardMaxC: 41,
      repeatMs: 0,
      basin: null,
      beside: [],
      senses: NO_SENSES,
      ...settings,
    };
  }

  /** Serves every deadline on the way: nothing may rest on a sample arriving. */
  to(atMs: number): this {
    for (let guard = 0; guard < 1_000; guard += 1) {
      const dueMs = this.state.deadlineMs;
      if (dueMs === null || dueMs > atMs || dueMs < this.atMs) break;
      this.atMs = dueMs;
      this.#step({ type: 'clock' });
    }
    this.atMs = atMs;
    return this;
  }

  input(input: WatchInput, afterMs = 0): this {
    this.to(this.atMs + afterMs);
    this.#step(input);
    return this;
  }

  expect(expectation: Partial<Expectation>, afterMs = 0): this {
    return this.input({ type: 'expect', expectation: { ...NOTHING_EXPECTED, ...expectation } }, afterMs);
  }

  reading(valueC: number | null, afterMs = 0, device = 't'): this {
    this.to(this.atMs + afterMs);
    return this.input({ type: 'temperature', device, valueC, takenAtMs: this.atMs });
  }

  /** One reading a period, beginning one period from now. */
  readings(values: readonly number[], periodMs = 1_000): this {
    for (const valueC of values) this.reading(valueC, periodMs);
    return this;
  }

  open(side: 'warm' | 'cold', verifiedAfterMs = 500, device = side === 'warm' ? 'hot' : 'cold'): this {
    this.input({ type: 'sent', device, action: 'open', side, leaseMs: 30_000, targetC: null });
    this.input({ type: 'ack', device, leaseMs: 1e9 });
    return this.input({ type: 'verified', device, status: 'open' }, verifiedAfterMs);
  }

  close(device: string, verifiedAfterMs = 500): this {
    this.input({ type: 'sent', device, action: 'close', side: null, leaseMs: 0, targetC: null });
    return this.input({ type: 'verified', device, status: 'closed' }, verifiedAfterMs);
  }

  /** `detector reason` of every trip so far. */
  get said(): readonly string[] {
    return this.trips.map(({ trip: { detector, reason } }) => `${detector} ${reason}`);
  }

  get told(): readonly string[] {
    return this.edges.map(({ edge }) => edge.type);
  }

  /** When `reason` was first tripped for, or null. */
  firstMs(reason: Trip['reason']): number | null {
    return this.trips.find((one) => one.trip.reason === reason)?.atMs ?? null;
  }

  #step(input: WatchInput): void {
    const step = watchStep(this.settings, this.state, input, this.atMs);
    this.state = step.state;
    for (const one of step.trips) this.trips.push({ atMs: this.atMs, trip: one });
    for (const edge of step.edges) this.edges.push({ atMs: this.atMs, edge });
  }
}

export const WARM_BAND = { minC: 35.7, maxC: 40.5 };
export const COLD_BAND = { minC: 8.5, maxC: 17.1 };
/** What the session says while somebody is in warm water, and in cold. */
export const IN_WARM: Partial<Expectation> = {
  active: true,
  exposed: true,
  side: 'warm',
  targetC: 38,
  band: WARM_BAND,
  warmTopC: 40.5,
};
export const IN_COLD: Partial<Expectation> = {
  active: true,
  exposed: true,
  side: 'cold',
  targetC: 15,
  band: COLD_BAND,
  warmTopC: 40.5,
};
export const TEMPERING: Partial<Expectation> = { ...IN_WARM, exposed: false };
export const times = (count: number, valueC: number): number[] => Array.from({ length: count }, () => valueC);

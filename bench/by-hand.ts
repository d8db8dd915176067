import { doseOf } from '../machines/envelope.ts';
import { ENVELOPE, TRIPS } from '../machines/envelope.ts';
import type { PlannedStep, SessionPlan } from '../src/model/plan.ts';
import type { PlantSettings } from '../src/model/station.ts';
import { LEASE_MS, newPlant, PRESS_MS, SAMPLE_MS, TRAVEL_MS } from './core.ts';
import type { Ran } from './core.ts';

/**
 * The floor of the core: the same session on the same plant, written by hand for this one protocol, this one plumbing
 * and no fault. Everything is a local variable that changes in place; whatever would trip throws. It keeps to the
 * same numbers: proof test, band, steps, leases, the hot, cold, stuck, stale and band checks at each reading, sums.
 */

type Phase = 'proving' | 'tempering' | 'ready' | 'contact';
/** From a close being told to the next open: it is verified, and the break before the make is over. */
const SWITCH_MS = 2_000;
const HISTORY = 16;

class Session {
  readonly #plan: SessionPlan;
  #phase: Phase = 'proving';
  #leg = 0;
  #index = 0;
  #side: 'warm' | 'cold' = 'warm';
  #openedMs = 0;
  #fromC = 0;
  #inBandMs = NaN;
  #hot = 0;
  #tooWarmMs = NaN;
  #tooColdMs = NaN;
  #integralKs = 0;
  #atMs = 0;
  #lastC = NaN;
  readonly #times = new Float64Array(HISTORY);
  readonly #values = new Float64Array(HISTORY);
  #count = 0;
  contactMs = 0;
  dose = 0;
  /** By step: time in the band, how many readings, their least, their sum and their most. */
  readonly steps: Float64Array[] = [];
  stepOverMs = Infinity;
  pressMs = Infinity;
  renewMs = Infinity;
  over = false;

  constructor(plan: SessionPlan) {
    this.#plan = plan;
  }

  /** Everything is closed and verified: the next side opens. */
  opened(atMs: number, side: 'warm' | 'cold'): void {
    this.#side = side;
    this.#openedMs = atMs + TRAVEL_MS;
    this.#fromC = this.#lastC;
    this.#count = 0;
    this.#inBandMs = NaN;
    this.#integralKs = 0;
    this.renewMs = atMs + LEASE_MS / 3;
    if (this.#phase !== 'contact') return;
    this.stepOverMs = this.#openedMs + (this.#step?.durationMs ?? 0);
  }

  get #step(): PlannedStep | undefined {
    return this.#plan.steps[this.#index];
  }

  /** What is to open next; null: nothing has to change. */
  reading(valueC: number, atMs: number): 'warm' | 'cold' | null {
    if (valueC < TRIPS.plausible.minC || valueC > TRIPS.plausible.maxC) throw new Error('no reading');
    if (atMs - this.#atMs > ENVELOPE.readingAgeMs) throw new Error('T5 stale');
    this.#hot = valueC >= TRIPS.t1.limitC ? this.#hot + 1 : 0;
    if (this.#hot >= TRIPS.t1.samples) throw new Error('T1');
    const slot = this.#count % HISTORY;
    this.#times[slot] = atMs;
    this.#values[slot] = valueC;
    this.#count += 1;
    const step = this.#step;
    const warm = this.#side === 'warm';
    const minC = (step?.rangeC.minC ?? 0) - (warm ? 1 : 1.5);
    const maxC = (step?.rangeC.maxC ?? 0) + (warm ? 0.5 : 1.5);
    const inBand = valueC >= minC && valueC <= maxC;
    if (!inBand) this.#inBandMs = NaN;
    else if (Number.isNaN(this.#inBandMs)) this.#inBandMs = atMs;
    const dtMs = atMs - this.#atMs;
    this.#atMs = atMs;
    this.#lastC = valueC;
    switch (this.#phase) {
      case 'proving':
        return this.#prove(atMs);
      case 'tempering':
        if (inBand && atMs - this.#inBandMs >= ENVELOPE.bandHoldMs && this.#spread(10) <= 2) {
          this.#phase = 'ready';
          this.pressMs = atMs + PRESS_MS;
        }
        return null;
      case 'ready':
        return null;
      case 'contact':
        this.#check(valueC, dtMs, inBand ? 0 : Math.max(minC - valueC, valueC - maxC), inBand);
        return null;
    }
  }

  #prove(atMs: number): 'warm' | 'cold' | null {
    const moved = Math.abs(this.#lastC - this.#fromC) >= 1 || atMs - this.#openedMs >= 10_000;
    if (this.#count < 4 || !moved || this.#spread(4) > TRIPS.proof.steadyC) return null;
    if (this.#leg === 0 && Number.isNaN(this.#inBandMs)) return null;
    this.#leg += 1;
    if (this.#leg === 1) return 'cold';
    if (this.#leg === 2) return 'warm';
    this.#phase = 'tempering';
    this.#inBandMs = NaN;
    return null;
  }

  #spread(samples: number): number {
    let [least, most] = [Infinity, -Infinity];
    for (let back = 1; back <= Math.min(samples, this.#count); back += 1) {
      const value = this.#values[(this.#count - back) % HISTORY] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return most - least;
  }

  #check(valueC: number, dtMs: number, outsideK: number, inBand: boolean): void {
    const atMs = this.#atMs;
    const tooWarm = valueC > TRIPS.t2.ceilingC;
    this.#tooWarmMs = !tooWarm ? NaN : Number.isNaN(this.#tooWarmMs) ? atMs : this.#tooWarmMs;
    if (atMs - this.#tooWarmMs >= TRIPS.t2.forMs) throw new Error('T2');
    const tooCold = this.#side === 'cold' && valueC < TRIPS.t4.coldC;
    this.#tooColdMs = !tooCold ? NaN : Number.isNaN(this.#tooColdMs) ? atMs : this.#tooColdMs;
    if (atMs - this.#tooColdMs >= TRIPS.t4.forMs) throw new Error('T4');
    const before = (this.#count - 3 + HISTORY) % HISTORY;
    if (this.#count >= 3 && valueC > TRIPS.t3.aboveC) {
      const perS = ((valueC - (this.#values[before] ?? 0)) * 1_000) / (atMs - (this.#times[before] ?? 0));
      if (perS > TRIPS.t3.risePerS && atMs - this.#openedMs > TRIPS.warmUp.atMostMs) throw new Error('T3');
    }
    const settled = atMs - this.#openedMs;
    if (
      settled >= TRIPS.t5.stuckAfterMs &&
      Math.abs(valueC - this.#fromC) < TRIPS.t5.stuckMovedC &&
      settled < 30_000
    )
      throw new Error('T5 stuck');
    if (settled > TRIPS.t9.changeMs) this.#integralKs += (outsideK * dtMs) / 1_000;
    if (this.#integralKs > TRIPS.t9.integralKs) throw new Error('T9');
    this.contactMs += dtMs;
    if (this.contactMs > ENVELOPE.warmContactMs + ENVELOPE.coldContactMs) throw new Error('T11');
    this.dose += doseOf(valueC, dtMs / 1_000);
    const tally = (this.steps[this.#index] ??= Float64Array.of(0, 0, Infinity, 0, -Infinity));
    if (inBand) tally[0] = (tally[0] ?? 0) + dtMs;
    if (settled < 12_000) return;
    tally[1] = (tally[1] ?? 0) + 1;
    tally[2] = Math.min(tally[2] ?? 0, valueC);
    tally[3] = (tally[3] ?? 0) + valueC;
    tally[4] = Math.max(tally[4] ?? 0, valueC);
  }

  press(atMs: number): void {
    this.#phase = 'contact';
    this.pressMs = Infinity;
    this.#openedMs = atMs;
    this.#fromC = Infinity;
    this.stepOverMs = atMs + (this.#step?.durationMs ?? 0);
  }

  stepOver(): 'warm' | 'cold' | null {
    this.stepOverMs = Infinity;
    this.#index += 1;
    const kind = this.#step?.kind;
    if (kind === 'warm' || kind === 'cold') return kind;
    this.over = true;
    return null;
  }
}

export function byHand(settings: PlantSettings, plan: SessionPlan, seed: number): Ran {
  const { clock, plant } = newPlant(seed, settings);
  const probe = plant.probe('thermometer');
  const valves = { warm: plant.valve('hot'), cold: plant.valve('cold') };
  const session = new Session(plan);
  let [sampleMs, openMs, atMs] = [SAMPLE_MS, SWITCH_MS, 0];
  let next: 'warm' | 'cold' | null = 'warm';
  while (!session.over && atMs < 3_600_000) {
    atMs = Math.min(sampleMs, openMs, session.pressMs, session.stepOverMs, session.renewMs);
    clock.runUntil(atMs);
    let change: 'warm' | 'cold' | null = null;
    if (atMs === sampleMs) {
      sampleMs += SAMPLE_MS;
      change = session.reading(probe.read(), atMs);
    } else if (atMs === session.stepOverMs) change = session.stepOver();
    else if (atMs === session.pressMs) session.press(atMs);
    else if (atMs === session.renewMs) session.renewMs = atMs + LEASE_MS / 3;
    else if (next !== null) {
      valves[next].set(true);
      session.opened(atMs, next);
      next = null;
      openMs = Infinity;
    }
    if (change === null) continue;
    valves.warm.set(false);
    valves.cold.set(false);
    session.renewMs = Infinity;
    next = change;
    openMs = atMs + SWITCH_MS;
  }
  return { tookMs: atMs, contactMs: session.contactMs, dose: session.dose };
}

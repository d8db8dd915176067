import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { Detector, Facts, Look, Sample } from './facts.ts';
import { celsius, changeOf, coldest, hottest } from './facts.ts';

interface Leg {
  readonly leg: number;
  /** Since its valve is verified open; null: not yet. */
  readonly opened: Opened | null;
  readonly done: boolean;
}
interface Opened {
  readonly atMs: number;
  /** What it read before; null: nothing had been read. */
  readonly fromC: number | null;
  readonly samples: readonly Sample[];
}
interface Measured {
  readonly deadTimeMs: number | null;
  readonly lagMs: number | null;
}
const UNMEASURED: Measured = { deadTimeMs: null, lagMs: null };

interface Proof {
  readonly current: Leg | null;
  /** The plateau of the leg before, degrees Celsius; null: this is the first. */
  readonly beforeC: number | null;
}
const NONE: Proof = { current: null, beforeC: null };

/** Water that never had to move counts as settled only after this long: dead time and lag could still be under way. */
const UNMOVED_MS = 10_000;
/** The two supplies must differ by this, or the valves have no effect. */
const EFFECT_C = 3;
/** Dead time and lag are measured on a change of at least this. */
const MEASURABLE_C = 10;

/**
 * The proof test: hot, cold, hot, each until readings stay within 0.5 K for 3 s. It says `steady` with the plateau, or
 * trips where the supply, the pipe or a valve is not what a foot may be put under.
 */
export const proof: Detector<Proof> = {
  id: 'proof',
  trips: [
    'proof no_effect',
    'proof cold_supply_too_cold',
    'proof warm_supply_too_warm',
    'proof dead_time_too_long',
    'proof lag_too_long',
  ],
  initial: NONE,
  goesBy: ['expect', 'temperature', 'sent', 'verified'],
  step(look, before) {
    const { facts } = look;
    const { leg } = facts.expectation;
    if (leg === null) return { state: NONE };
    const current = currentLeg(facts, before.current, leg);
    const { sample } = look;
    const { opened } = current;
    // A sample counts once it was taken after the valve had been verified open.
    if (sample === null || opened === null || current.done || sample.takenAtMs < opened.atMs)
      return { state: { ...before, current } };
    // Two thermometers may differ by more than the water moves: the higher one is followed, as `fromC` was.
    const followed: Sample = { ...sample, valueC: hottest(facts) ?? sample.valueC };
    const seen: Opened = { ...opened, samples: [...opened.samples, followed] };
    const plateauC = plateauOf(facts, leg, seen, followed);
    if (plateauC === null) return { state: { ...before, current: { ...current, opened: seen } } };
    const measured = measure(leg, seen, plateauC, look.settings.repeatMs);
    const trip = verdict(look, plateauC, before.beforeC, measured);
    const state: Proof = { current: { leg, opened: seen, done: true }, beforeC: plateauC };
    return trip === null ? { state, edge: { type: 'steady', leg, plateauC, ...measured } } : { state, trip };
  },
};

function currentLeg(facts: Facts, before: Leg | null, leg: number): Leg {
  const current: Leg = before?.leg === leg ? before : { leg, opened: null, done: false };
  const change = changeOf(facts);
  if (current.opened !== null || change?.verifiedAtMs == null) return current;
  const opened: Opened = {
    atMs: change.verifiedAtMs,
    fromC: change.fromC ?? hottest(facts),
    samples: [],
  };
  return { ...current, opened };
}

/** The mean of the last 3 s if they stay within 0.5 K and the change has arrived; null otherwise. */
function plateauOf(facts: Facts, leg: number, { atMs, fromC, samples }: Opened, last: Sample): number | null {
  // The window begins with a sample, whatever the sensor's period: one that is a little over 1 s spans 3 s as well.
  const fromMs = last.takenAtMs - TRIPS.proof.steadyMs + 500;
  const first = samples.findLastIndex(({ takenAtMs }) => takenAtMs <= fromMs);
  const values = samples.slice(Math.max(0, first)).map(({ valueC }) => valueC);
  if (first < 0 || values.length < 3 || Math.max(...values) - Math.min(...values) > TRIPS.proof.steadyC)
    return null;
  const moved = fromC !== null && Math.abs(last.valueC - fromC) >= 1;
  if (!moved && last.takenAtMs - atMs < UNMOVED_MS) return null;
  const mean = values.reduce((sum, valueC) => sum + valueC, 0) / values.length;
  // The purge goes on while the water is colder than it should be: standing water comes first.
  const { band } = facts.expectation;
  const tooColdYet = leg === 0 && band !== null && mean < band.minC;
  return tooColdYet ? null : mean;
}

/**
 * Dead time to the first 1 K and lag to 63 %, by when the samples were taken, which deducts the sampling interval; and
 * `repeatMs`, by which a thermometer that repeats itself shows a change later than that.
 */
function measure(leg: number, opened: Opened, plateauC: number, repeatMs: number): Measured {
  const { atMs, fromC, samples } = opened;
  // The purge's own delay is that of standing water, not of the pipe between valve and feet.
  if (leg === 0 || fromC === null) return UNMEASURED;
  const byC = Math.abs(plateauC - fromC);
  if (byC < MEASURABLE_C) return UNMEASURED;
  // The plateau is made of samples that have moved as far.
  const movedAtMs = (leastC: number): number =>
    Math.min(
      ...samples.flatMap(({ takenAtMs, valueC }) => (Math.abs(valueC - fromC) >= leastC ? [takenAtMs] : [])),
    );
  const firstMs = movedAtMs(1);
  return { deadTimeMs: Math.max(0, firstMs - atMs - repeatMs), lagMs: movedAtMs(0.63 * byC) - firstMs };
}

function verdict(
  { settings, facts }: Look,
  plateauC: number,
  beforeC: number | null,
  { deadTimeMs, lagMs }: Measured,
): Trip | null {
  const { band, side } = facts.expectation;
  if (side === 'cold') {
    if (beforeC !== null && Math.abs(beforeC - plateauC) < EFFECT_C) {
      return fails(
        'no_effect',
        `switching from warm to cold changed ${celsius(beforeC)} to ${celsius(plateauC)}: a valve has no effect or leaks`,
      );
    }
    if (plateauC > TRIPS.proof.coldMaxC) {
      return fails(
        'no_effect',
        `the cold water settles at ${celsius(plateauC)}, above ${celsius(TRIPS.proof.coldMaxC)}: the hot valve does not shut or leaks, or the supplies are swapped`,
      );
    }
    const leastC = Math.max(
      ENVELOPE.coldMinC,
      settings.plumbing === 'mixer' ? 0 : (band?.minC ?? 0) + TRIPS.band.coldC,
    );
    // The plateau is a mean of the higher thermometer, taken while it may still sink: the coldest reading counts.
    const lowestC = Math.min(plateauC, coldest(facts) ?? plateauC);
    if (lowestC < leastC) {
      return fails(
        'cold_supply_too_cold',
        `the cold supply is ${celsius(lowestC)}; below ${celsius(leastC)} nobody's feet go in; temper the cold line with a mixing valve, or wait for warmer days`,
      );
    }
  }
  if (side === 'warm' && band !== null && plateauC > band.maxC) {
    return fails(
      'warm_supply_too_warm',
      `the warm water settles at ${celsius(plateauC)}, wanted at most ${celsius(band.maxC)}; set the mixing valve lower`,
    );
  }
  const [deadMs, slowMs] = [deadTimeMs ?? 0, lagMs ?? 0];
  if (deadMs > ENVELOPE.deadTimeMs) {
    return fails(
      'dead_time_too_long',
      `the water needs ${seconds(deadMs)} from the valve to the feet, at most ${seconds(ENVELOPE.deadTimeMs)} (L22)`,
    );
  }
  if (slowMs > ENVELOPE.lagMs) {
    return fails(
      'lag_too_long',
      `the reading needs ${seconds(slowMs)} to follow the water, at most ${seconds(ENVELOPE.lagMs)} (L22)`,
    );
  }
  return null;
}

function fails(reason: Reason, message: string): Trip {
  return { detector: 'proof', reason, response: 'abort', latch: false, message };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

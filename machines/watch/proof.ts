import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { Detector, Look, Sample } from './facts.ts';
import { celsius, changeOf, coldest, hottest, sampleOf } from './facts.ts';

interface Leg {
  readonly leg: number;
  readonly openedAtMs: number | null;
  readonly fromC: number | null;
  readonly samples: readonly Sample[];
  readonly done: boolean;
}
interface Proof {
  readonly current: Leg | null;
  readonly warmC: number | null;
}

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
  initial: { current: null, warmC: null },
  step(look, before) {
    const { facts, input } = look;
    const { leg } = facts.expectation;
    if (leg === null) return { state: before.current === null ? before : { ...before, current: null } };
    const current = currentLeg(look, before.current, leg);
    const sample = sampleOf(look);
    if (sample === null || current.openedAtMs === null || current.done)
      return { state: { ...before, current } };
    // A sample counts once it was taken after the valve had been verified open.
    // Two thermometers may differ by more than the water moves: the higher one is followed, as `fromC` was.
    const followed: Sample = { ...sample, valueC: hottest(facts) ?? sample.valueC };
    const samples = sample.takenAtMs >= current.openedAtMs ? [...current.samples, followed] : current.samples;
    const seen: Leg = { ...current, samples };
    const plateauC = input.type === 'temperature' ? plateauOf(look, seen) : null;
    if (plateauC === null) return { state: { ...before, current: seen } };
    const measured = measure(seen, plateauC, look.settings.repeatMs);
    const trip = verdict(look, plateauC, before.warmC, measured);
    const state: Proof = {
      current: { ...seen, done: true },
      warmC: facts.expectation.side === 'warm' ? plateauC : before.warmC,
    };
    return trip === null ? { state, edge: { type: 'steady', leg, plateauC, ...measured } } : { state, trip };
  },
};

function currentLeg({ facts, atMs }: Look, before: Leg | null, leg: number): Leg {
  const change = changeOf(facts);
  const verified = change?.verifiedAtMs ?? null;
  const current: Leg =
    before?.leg === leg ? before : { leg, openedAtMs: null, fromC: null, samples: [], done: false };
  if (current.openedAtMs === null && verified !== null) {
    return { ...current, openedAtMs: Math.min(verified, atMs), fromC: change?.fromC ?? hottest(facts) };
  }
  return current;
}

/** The mean of the last 3 s if they stay within 0.5 K and the change has arrived; null otherwise. */
function plateauOf({ facts }: Look, leg: Leg): number | null {
  const last = leg.samples.at(-1);
  const { expectation } = facts;
  if (last === undefined || leg.openedAtMs === null) return null;
  // The window begins with a sample, whatever the sensor's period: one that is a little over 1 s spans 3 s as well.
  const fromMs = last.takenAtMs - TRIPS.proof.steadyMs + 500;
  const first = leg.samples.findLastIndex(({ takenAtMs }) => takenAtMs <= fromMs);
  const window = leg.samples.slice(Math.max(0, first));
  const values = window.map(({ valueC }) => valueC);
  if (first < 0 || window.length < 3 || Math.max(...values) - Math.min(...values) > TRIPS.proof.steadyC)
    return null;
  const moved = leg.fromC !== null && Math.abs(last.valueC - leg.fromC) >= 1;
  if (!moved && last.takenAtMs - leg.openedAtMs < UNMOVED_MS) return null;
  const mean = values.reduce((sum, valueC) => sum + valueC, 0) / values.length;
  // The purge goes on while the water is colder than it should be: standing water comes first.
  const tooColdYet = leg.leg === 0 && expectation.band !== null && mean < expectation.band.minC;
  return tooColdYet ? null : mean;
}

/**
 * Dead time to the first 1 K and lag to 63 %, by when the samples were taken, which deducts the sampling interval; and
 * `repeatMs`, by which a thermometer that repeats itself shows a change later than that.
 */
function measure(
  leg: Leg,
  plateauC: number,
  repeatMs: number,
): { deadTimeMs: number | null; lagMs: number | null } {
  const { fromC, openedAtMs } = leg;
  // The purge's own delay is that of standing water, not of the pipe between valve and feet.
  if (leg.leg === 0 || fromC === null || openedAtMs === null || Math.abs(plateauC - fromC) < MEASURABLE_C) {
    return { deadTimeMs: null, lagMs: null };
  }
  const moved = (by: number): number | null =>
    leg.samples.find(({ valueC }) => Math.abs(valueC - fromC) >= by)?.takenAtMs ?? null;
  const [firstMs, mostMs] = [moved(1), moved(0.63 * Math.abs(plateauC - fromC))];
  if (firstMs === null || mostMs === null) return { deadTimeMs: null, lagMs: null };
  return { deadTimeMs: Math.max(0, firstMs - openedAtMs - repeatMs), lagMs: mostMs - firstMs };
}

function verdict(
  { settings, facts }: Look,
  plateauC: number,
  warmC: number | null,
  { deadTimeMs, lagMs }: { deadTimeMs: number | null; lagMs: number | null },
): Trip | null {
  const { band, side } = facts.expectation;
  if (side === 'cold') {
    if (warmC !== null && Math.abs(warmC - plateauC) < EFFECT_C) {
      return fails(
        'no_effect',
        `switching from warm to cold changed ${celsius(warmC)} to ${celsius(plateauC)}: a valve has no effect or leaks`,
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
  if (deadTimeMs !== null && deadTimeMs > ENVELOPE.deadTimeMs) {
    return fails(
      'dead_time_too_long',
      `the water needs ${seconds(deadTimeMs)} from the valve to the feet, at most ${seconds(ENVELOPE.deadTimeMs)} (L22)`,
    );
  }
  if (lagMs !== null && lagMs > ENVELOPE.lagMs) {
    return fails(
      'lag_too_long',
      `the reading needs ${seconds(lagMs)} to follow the water, at most ${seconds(ENVELOPE.lagMs)} (L22)`,
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

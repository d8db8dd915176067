import type { StepKind } from '../src/model/plan.ts';
import type { RangeC } from '../src/model/plan.ts';
import { within } from './band.ts';
import { doseOf } from './envelope.ts';

/**
 * What a session adds up to: contact, heat dose, and for each step its time in band and its water. A pure fold over
 * readings; a reading stands for the time since the one before it.
 */
export interface StepTally {
  readonly index: number;
  readonly kind: StepKind;
  readonly actualMs: number;
  readonly inBandMs: number;
  readonly count: number;
  readonly sumC: number;
  readonly minC: number;
  readonly maxC: number;
}

export interface Tally {
  readonly contactMs: number;
  readonly dose: number;
  readonly steps: readonly StepTally[];
  /** The step that is running, and since when. */
  readonly running: { readonly index: number; readonly sinceMs: number; readonly band: RangeC | null } | null;
  readonly exposedSinceMs: number | null;
  readonly lastMs: number | null;
  readonly lastC: number | null;
  /** How long a reading may stand for the time after it, milliseconds: as long as warm water may rest on it (L20). */
  readonly readingMs: number;
}

/** The first part of a step belongs to the change: it does not count for `water_c`. */
export const CHANGE_MS = 12_000;

/** Nothing yet, of a session whose readings stand for at most `readingMs` each. */
export const noTally = (readingMs: number): Tally => ({
  contactMs: 0,
  dose: 0,
  steps: [],
  running: null,
  exposedSinceMs: null,
  lastMs: null,
  lastC: null,
  readingMs,
});

export function tallyStep(
  tally: Tally,
  index: number,
  kind: StepKind,
  band: RangeC | null,
  atMs: number,
): Tally {
  const known = tally.steps.some((step) => step.index === index);
  const empty: StepTally = {
    index,
    kind,
    actualMs: 0,
    inBandMs: 0,
    count: 0,
    sumC: 0,
    minC: Infinity,
    maxC: -Infinity,
  };
  return {
    ...tally,
    steps: known ? tally.steps : [...tally.steps, empty],
    running: { index, sinceMs: atMs, band },
  };
}

export function tallyStepEnd(tally: Tally, elapsedMs: number, atMs: number): Tally {
  const { running } = tally;
  if (running === null) return tally;
  const upTo = addTime(tally, atMs);
  const steps = upTo.steps.map((step) =>
    step.index === running.index ? { ...step, actualMs: step.actualMs + elapsedMs } : step,
  );
  return { ...upTo, steps, running: null };
}

export function tallyExposed(tally: Tally, exposed: boolean, atMs: number): Tally {
  const since = tally.exposedSinceMs;
  if (exposed) return since === null ? { ...tally, exposedSinceMs: atMs, lastMs: atMs } : tally;
  if (since === null) return tally;
  return { ...addTime(tally, atMs), contactMs: tally.contactMs + atMs - since, exposedSinceMs: null };
}

export function tallyReading(tally: Tally, valueC: number, atMs: number): Tally {
  const timed = addTime(tally, atMs);
  const { running } = timed;
  const counts = running !== null && atMs - running.sinceMs >= CHANGE_MS;
  const steps = counts
    ? timed.steps.map((step) =>
        step.index === running.index
          ? {
              ...step,
              count: step.count + 1,
              sumC: step.sumC + valueC,
              minC: Math.min(step.minC, valueC),
              maxC: Math.max(step.maxC, valueC),
            }
          : step,
      )
    : timed.steps;
  return { ...timed, steps, lastC: valueC };
}

/** From here on no thermometer is in the water that is stepped into: what was read last says nothing of it. */
export function tallyUnseen(tally: Tally, atMs: number): Tally {
  return tally.lastC === null ? tally : { ...addTime(tally, atMs), lastC: null };
}

/** The time since the last reading, at its value: heat dose while exposed, time in band while a step runs. */
function addTime(tally: Tally, atMs: number): Tally {
  const { lastMs, lastC, running } = tally;
  if (lastMs === null || lastC === null) return { ...tally, lastMs: atMs };
  const dtMs = Math.min(Math.max(0, atMs - lastMs), tally.readingMs);
  const dose = tally.exposedSinceMs === null ? tally.dose : tally.dose + doseOf(lastC, dtMs / 1_000);
  const stepMs = running === null ? 0 : Math.min(dtMs, atMs - running.sinceMs);
  const inBand = running?.band != null && within(lastC, running.band);
  const steps =
    running !== null && inBand
      ? tally.steps.map((step) =>
          step.index === running.index ? { ...step, inBandMs: step.inBandMs + stepMs } : step,
        )
      : tally.steps;
  return { ...tally, dose, steps, lastMs: atMs };
}

import type { Json, JsonObject } from '../journal/index.ts';
import type { CoreRecord } from './effects.ts';
import type { StepTally, Tally } from '../../machines/tally.ts';
import { targetOf } from '../../machines/session-run.ts';
import type { Run } from '../../machines/session-run.ts';
import type { WaterKind } from '../model/plan.ts';
import type { StationSettings } from '../model/station.ts';
import type { Outcome, SessionResult, StepResult } from '../model/state.ts';

/** The session result, made of what the run planned and the tally counted. */
export function resultOf(
  station: StationSettings,
  run: Run,
  tally: Tally,
  outcome: Outcome,
  times: { readonly startedWallMs: number; readonly endedWallMs: number },
  simulated: boolean,
): SessionResult {
  return {
    id: run.id,
    station: station.id,
    protocol: run.plan.protocol,
    person: run.person,
    outcome,
    reason: run.reason,
    started_at: isoOf(times.startedWallMs),
    ended_at: isoOf(times.endedWallMs),
    contact_s: seconds(tally.contactMs),
    dose: round(tally.dose, 4),
    steps: stepsOf(station, run, tally),
    symptoms: [...run.symptoms],
    simulated,
    ...(run.dry ? { dry: true as const } : {}),
  };
}

function stepsOf(station: StationSettings, run: Run, tally: Tally): StepResult[] {
  return tally.steps.map((step) => stepResultOf(station, run, step)).filter((step) => step !== null);
}

/** One step, planned and as it was; null for a step that the plan does not have. */
export function stepResultOf(station: StationSettings, run: Run, step: StepTally): StepResult | null {
  const planned = run.plan.steps[step.index];
  if (planned === undefined) return null;
  return {
    kind: planned.kind,
    cycle: planned.cycle,
    planned_s: seconds(planned.durationMs),
    actual_s: seconds(step.actualMs),
    in_band_s: seesStep(station, planned.kind) ? seconds(step.inBandMs) : null,
    target_c: round(targetOf(run, planned.kind, station.plumbing), 2),
    water_c:
      step.count === 0
        ? null
        : { min: round(step.minC, 2), mean: round(step.sumC / step.count, 2), max: round(step.maxC, 2) },
  };
}

/** A thermometer is in the water of this step. The one of two buckets stands in the warm one. */
export function seesStep(station: StationSettings, side: WaterKind): boolean {
  if (station.kind !== 'buckets') return station.plumbing !== 'cues';
  return side === 'warm' && station.devices.some(({ role }) => role === 'thermometer');
}

/** A record's body as it will be read back: a copy without what JSON does not have. */
export function jsonOf(body: CoreRecord['body']): JsonObject {
  return copyOf(body);
}

function copyOf(given: object): JsonObject {
  const copy: Record<string, Json> = {};
  const from = given as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(from)) {
    const kept = plainOf(from[key]);
    if (kept !== undefined) copy[key] = kept;
  }
  return copy;
}

/** Bodies are plain data: records, lists, words, numbers. `undefined`: nothing that JSON keeps. */
function plainOf(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'number':
      // JSON has no NaN, no infinity and no negative zero.
      return Number.isFinite(value) ? value + 0 : null;
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? value.map((one: unknown) => plainOf(one) ?? null) : copyOf(value);
    default:
      return undefined;
  }
}

/** As `Date` says it, which is asked only once a minute: every record and every time in a state goes through here. */
export function isoOf(wallMs: number): string {
  const ms = Math.trunc(wallMs);
  const minute = Math.floor(ms / MINUTE_MS);
  if (minute !== thisMinute.minute)
    thisMinute = { minute, text: new Date(minute * MINUTE_MS).toISOString().slice(0, 17) };
  const inMinute = ms - minute * MINUTE_MS;
  const second = Math.floor(inMinute / 1_000);
  const milli = inMinute - second * 1_000;
  return `${thisMinute.text}${second < 10 ? '0' : ''}${second}.${milli < 10 ? '00' : milli < 100 ? '0' : ''}${milli}Z`;
}

const MINUTE_MS = 60_000;
let thisMinute = { minute: NaN, text: '' };

/** Seconds to the millisecond. */
export function seconds(ms: number): number {
  return round(ms / 1_000, 3);
}

export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

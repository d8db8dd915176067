import { DEFAULTS, ENVELOPE, doseOf } from '../../machines/envelope.ts';
import type { Choices } from '../model/command.ts';
import type { StationKind, VesselKind } from '../model/station.ts';
import type { PlanTotals, PlannedStep, Plumbing, RangeC, SessionPlan } from '../model/plan.ts';
import { MINUTE_MS, SECOND_MS, formatDuration, formatTemperature } from '../model/units.ts';
import { pickChoices } from './choices.ts';
import type { Picked, Refusal } from './choices.ts';
import { isWaterStep } from './protocol.ts';
import type { Protocol, WaterStep } from './protocol.ts';

/** Whom a protocol is compiled for. */
export interface PersonLimits {
  /** `limited`: by their screening (L14). */
  readonly profile: 'standard' | 'limited';
  /** How long a cold step this person has grown into (L13), milliseconds; null: no ladder. */
  readonly coldCapMs: number | null;
}

export interface CompileInput {
  readonly person: PersonLimits;
  /** The first layer that has a choice decides: this session's, the person's defaults, the config's. */
  readonly layers: readonly Choices[];
  /** What the station is. */
  readonly kind: StationKind;
  readonly plumbing: Plumbing;
  /** How water reaches the feet; left out: it runs away, or a person fills buckets. */
  readonly vessel?: VesselKind | null;
  /** The nominal flow, litres a minute; null: not known. */
  readonly flowLpm: number | null;
  /** L8 at this station and for this start, from the first contact; by default 25 min. */
  readonly sessionLimitMs?: number;
}

export type Compiled =
  | { readonly plan: SessionPlan; readonly problems: null }
  | { readonly plan: null; readonly problems: readonly Refusal[] };

/**
 * Makes the steps of one session. A choice outside the protocol's range is refused; the hard limits, the limited
 * profile and the ladder clip, and a note says so; a plan whose sums pass L6, L7 or L8 is refused.
 */
export function compile(protocol: Protocol, input: CompileInput): Compiled {
  const { kind } = protocol;
  if (kind !== 'contrast' && kind !== 'soak') {
    const message = `${protocol.id} is a ${kind} protocol; this version runs contrast and soak only`;
    return { plan: null, problems: [{ code: 'unsupported', path: '', message }] };
  }
  const elsewhere = refuseStation(protocol, input);
  if (elsewhere !== null) return { plan: null, problems: [elsewhere] };
  const { picked, problems } = pickChoices(protocol, input.layers);
  if (problems.length > 0) return { plan: null, problems };
  const planner = new Planner(protocol, picked, input.person);
  const steps = planner.steps();
  const totals = totalsOf(steps, input);
  const refusals = [...planner.refusals, ...refuseTotals(totals)];
  if (refusals.length > 0) return { plan: null, problems: refusals };
  const notes = [...planner.notes, ...sessionNotes(totals, input)];
  const plan = {
    protocol: protocol.id,
    title: protocol.title,
    kind,
    cycles: planner.cycles,
    steps,
    totals,
    position: protocol.position,
    say: protocol.say,
    notes,
  };
  return { plan, problems: null };
}

/** A protocol runs at the kinds of station it names (at any, where it names none); L14 has foot baths only. */
function refuseStation(protocol: Protocol, { kind, person, vessel }: CompileInput): Refusal | null {
  const { id, stations } = protocol;
  if (stations.length > 0 && !stations.includes(kind)) {
    const message = `${id} runs at stations of kind ${stations.join(', ')}; this one is of kind ${kind}`;
    return { code: 'unsupported', path: 'stations', message };
  }
  if (vessel === 'basin' && protocol.kind === 'contrast') {
    const message = `${id} is a contrast, and one basin cannot change its water in time: it runs on \`vessel: stream\` or \`two-basins\`; here a soak runs`;
    return { code: 'unsupported', path: 'kind', message };
  }
  const limited: readonly string[] = ENVELOPE.limited.stations;
  if (person.profile !== 'limited' || limited.includes(kind)) return null;
  const message = `L14: the limited profile has foot baths only (${limited.join(', ')}); this is a ${kind}`;
  return { code: 'envelope', path: 'stations', message };
}

/** Works the steps out, and keeps notes of what it had to clip. */
class Planner {
  readonly cycles: number;
  readonly refusals: Refusal[] = [];
  readonly #notes = new Set<string>();
  readonly #protocol: Protocol;
  readonly #picked: Picked;
  readonly #person: PersonLimits;

  constructor(protocol: Protocol, picked: Picked, person: PersonLimits) {
    this.#protocol = protocol;
    this.#picked = picked;
    this.#person = person;
    const asked = picked.cycles ?? protocol.cycles?.default ?? 1;
    const hard = Math.min(asked, ENVELOPE.cyclesMax);
    this.cycles = this.#limited ? Math.min(hard, ENVELOPE.limited.cyclesMax) : hard;
    if (this.cycles < asked)
      this.#clip(this.cycles < hard ? 'L14' : 'L5', 'cycles', String(this.cycles), String(asked));
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }

  steps(): PlannedStep[] {
    const water = this.#protocol.steps.filter(isWaterStep);
    return Array.from({ length: this.cycles }, (_, index) =>
      water.map((step) => ({
        kind: step.kind,
        cycle: index + 1,
        durationMs: this.#durationMs(step),
        ...this.#water(step),
        say: step.say,
      })),
    ).flat();
  }

  get #limited(): boolean {
    return this.#person.profile === 'limited';
  }

  #durationMs(step: WaterStep): number {
    const chosen = this.#picked.durationMs[step.kind];
    if (step.kind === 'warm') {
      const asked = chosen ?? step.durationMs.default;
      const soak = this.#protocol.kind === 'soak';
      return this.#atMost(
        asked,
        soak ? ENVELOPE.soakMs : ENVELOPE.warmStepMs,
        soak ? 'L11' : 'L3',
        'warm step',
      );
    }
    const ladder = this.#person.coldCapMs;
    const own = ladder === null ? null : Math.min(ladder, step.durationMs.max);
    let coldMs = this.#atMost(
      chosen ?? own ?? step.durationMs.default,
      ENVELOPE.coldStepMs,
      'L4',
      'cold step',
    );
    if (ladder !== null) coldMs = this.#atMost(coldMs, ladder, 'L13', 'cold step');
    return this.#limited ? this.#atMost(coldMs, ENVELOPE.limited.coldStepMs, 'L14', 'cold step') : coldMs;
  }

  #atMost(valueMs: number, limitMs: number, id: string, what: string): number {
    if (valueMs <= limitMs) return valueMs;
    this.#clip(id, what, formatDuration(limitMs), formatDuration(valueMs));
    return limitMs;
  }

  /** The protocol's range, narrowed by L1, L2 and the profile, and the target within it. */
  #water(step: WaterStep): { targetC: number; rangeC: RangeC } {
    const { min, max } = step.waterC;
    const { limited } = ENVELOPE;
    const rangeC: RangeC =
      step.kind === 'warm'
        ? { minC: min, maxC: Math.min(max, ENVELOPE.warmMaxC, this.#limited ? limited.warmMaxC : Infinity) }
        : { minC: Math.max(min, ENVELOPE.coldMinC, this.#limited ? limited.coldMinC : -Infinity), maxC: max };
    const asked = this.#picked.waterC[step.kind] ?? step.waterC.default;
    const id = this.#limited ? 'L14' : step.kind === 'warm' ? 'L1' : 'L2';
    if (rangeC.minC > rangeC.maxC) {
      const limit = formatTemperature(step.kind === 'warm' ? rangeC.maxC : rangeC.minC);
      const range = `${formatTemperature(min)} to ${formatTemperature(max)}`;
      const message = `${id}: ${step.kind} water ${step.kind === 'warm' ? 'at most' : 'at least'} ${limit}; ${this.#protocol.id} has ${range}`;
      this.refusals.push({ code: 'envelope', path: `${step.kind}_water`, message });
      return { targetC: asked, rangeC };
    }
    const targetC = Math.min(Math.max(asked, rangeC.minC), rangeC.maxC);
    if (targetC !== asked)
      this.#clip(id, `${step.kind} water`, formatTemperature(targetC), formatTemperature(asked));
    return { targetC, rangeC };
  }

  #clip(id: string, what: string, now: string, asked: string): void {
    this.#notes.add(`${id}: ${what} ${now} instead of ${asked}`);
  }
}

function totalsOf(steps: readonly PlannedStep[], { plumbing, flowLpm, vessel }: CompileInput): PlanTotals {
  const sum = (kind: PlannedStep['kind']): number =>
    steps.reduce((total, step) => (step.kind === kind ? total + step.durationMs : total), 0);
  const [warmMs, coldMs] = [sum('warm'), sum('cold')];
  const contactMs = warmMs + coldMs;
  const stands = vessel === 'basin' || vessel === 'two-basins';
  const flows = plumbing !== 'cues' && flowLpm !== null && !stands;
  return {
    warmMs,
    coldMs,
    contactMs,
    dose: steps.reduce((total, step) => total + doseOf(step.targetC, step.durationMs / SECOND_MS), 0),
    litres: flows ? (contactMs / MINUTE_MS) * flowLpm : null,
  };
}

function refuseTotals(totals: PlanTotals): Refusal[] {
  const sums = [
    { path: 'warm', id: 'L6', what: 'warm contact', sumMs: totals.warmMs, limitMs: ENVELOPE.warmContactMs },
    { path: 'cold', id: 'L7', what: 'cold contact', sumMs: totals.coldMs, limitMs: ENVELOPE.coldContactMs },
    { path: 'contact', id: 'L8', what: 'a session', sumMs: totals.contactMs, limitMs: ENVELOPE.sessionMs },
  ];
  return sums.flatMap(({ path, id, what, sumMs, limitMs }) =>
    sumMs <= limitMs
      ? []
      : [
          {
            code: 'envelope',
            path,
            message: `${id}: ${what} is at most ${formatDuration(limitMs)}; planned ${formatDuration(sumMs)}`,
          },
        ],
  );
}

function sessionNotes(totals: PlanTotals, input: CompileInput): string[] {
  const limitMs = input.sessionLimitMs ?? DEFAULTS.sessionMs;
  const notes = input.plumbing === 'cues' ? ['cue mode only: no valve is opened'] : [];
  if (totals.contactMs > limitMs) {
    notes.push(
      `L8: the session ends ${formatDuration(limitMs)} after the first contact, before all steps are done`,
    );
  }
  return notes;
}

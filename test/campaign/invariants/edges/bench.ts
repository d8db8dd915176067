import { INVARIANTS } from '../../../../src/campaign/invariants/index.ts';
import { Recorder } from '../../../../src/campaign/recorder.ts';
import type { SessionFacts, Tick, TraceEvent } from '../../../../src/campaign/trace.ts';
import type { FaultArgs } from '../../../../firmware-sim/faults/index.ts';
import type { PlannedStep, SessionPlan } from '../../../../src/model/plan.ts';
import type { SessionResult } from '../../../../src/model/state.ts';
import type { DeviceSettings, StationSettings } from '../../../../src/model/station.ts';

/** Traces by hand, in order of time, to find the very moment from which a judge objects. Milliseconds. */

/** Four a second, as a campaign looks. */
const LOOK_MS = 250;

export type Moment =
  | { readonly event: TraceEvent }
  | { readonly tick: Tick }
  /** The start was answered. */
  | { readonly plan: SessionPlan };

export const deviceOf = (
  role: DeviceSettings['role'],
  id: string = role,
  basin?: DeviceSettings['basin'],
): DeviceSettings => ({
  ...{ id, role, driver: 'mqtt', options: {}, travelMs: null },
  ...(basin === undefined ? {} : { basin }),
});

/** A foot bath on a stream with two valves and one thermometer. */
export const STREAM: StationSettings = {
  ...{ id: 'foot-bath', name: 'Foot bath', kind: 'bath', vessel: 'stream', plumbing: 'two-valves' },
  devices: [deviceOf('hot'), deviceOf('cold'), deviceOf('thermometer')],
  ...{ scaldGuard: null, leaseMs: null, volumeL: null, purgeMs: 90_000 },
  ...{ prepareFrom: ['button', 'page', 'cli'], beginFrom: ['button', 'page', 'cli'] },
};
export const BUCKETS: StationSettings = { ...STREAM, kind: 'buckets', vessel: null, plumbing: 'cues' };
export const BASIN: StationSettings = { ...STREAM, vessel: 'basin', volumeL: 10 };

export const step = (kind: 'warm' | 'cold', cycle = 1): PlannedStep => ({
  ...{ kind, cycle, say: null, durationMs: kind === 'warm' ? 180_000 : 30_000 },
  ...(kind === 'warm'
    ? { targetC: 38, rangeC: { minC: 36.7, maxC: 40 } }
    : { targetC: 15, rangeC: { minC: 10, maxC: 15.6 } }),
});
export const CONTRAST: SessionPlan = {
  ...{ protocol: 'contrast-foot-bath', title: 'Contrast foot bath', kind: 'contrast', cycles: 3 },
  steps: [1, 2, 3].flatMap((cycle) => [step('warm', cycle), step('cold', cycle)]),
  totals: { warmMs: 540_000, coldMs: 90_000, contactMs: 630_000, dose: 0.1, litres: null },
  ...{ position: null, say: null, notes: [] },
};
export const SOAK: SessionPlan = { ...CONTRAST, kind: 'soak', cycles: 1, steps: [step('warm', 1)] };
export const GUEST: SessionFacts['person'] = {
  ...{ profile: 'standard', screening: 'clear', climbs: false, past: [] },
};
const SCENARIO: SessionFacts['scenario'] = {
  ...{ seed: 1, house: 'foot-bath', protocol: 'contrast-foot-bath', choices: {}, faults: [], mode: 'safety' },
  plant: { hotC: 55, coldC: 12, guardC: 41, flowLpm: 8, deadTimeMs: 1_000, lagMs: 2_000 },
  person: { begins: 'page', profile: 'standard', presses: true, answers: true, acts: [] },
};

export const scenarioWith = (what: Partial<SessionFacts['scenario']>): SessionFacts['scenario'] => ({
  ...SCENARIO,
  ...what,
});

export interface Judged {
  /** When it objected first, and what it said; null: it did not. */
  readonly at: readonly [number, string] | null;
  /** How often it had something to judge. */
  readonly judged: number;
}

export function judge(id: string, moments: readonly Moment[], facts: Partial<SessionFacts> = {}): Judged {
  const invariant = INVARIANTS.find((one) => one.id === id);
  if (invariant === undefined) throw new RangeError(`there is no ${id}`);
  const all: SessionFacts = {
    ...{ scenario: SCENARIO, station: STREAM, person: GUEST, plan: CONTRAST },
    ...{ volumeL: null, idleMs: null, travelMs: {} },
    ...facts,
  };
  const recorder = new Recorder(all, [invariant]);
  let atMs = 0;
  for (const moment of moments) {
    if ('plan' in moment) all.plan = moment.plan;
    else if ('event' in moment) recorder.event(moment.event);
    else recorder.tick(moment.tick);
    if ('event' in moment) atMs = moment.event.atMs;
    else if ('tick' in moment) atMs = moment.tick.atMs;
  }
  recorder.end(atMs);
  const [first] = recorder.violations;
  return { at: first === undefined ? null : [first.atMs, first.what], judged: recorder.judged()[id] ?? 0 };
}

/** Only when, and what. */
export const objects = (
  id: string,
  moments: readonly Moment[],
  facts: Partial<SessionFacts> = {},
): Judged['at'] => judge(id, moments, facts).at;

// --- what happens ----------------------------------------------------------------------------------------------------

export const tick = (atMs: number, what: Partial<Tick> = {}): Moment => ({
  tick: {
    ...{ atMs, wallMs: atMs, boot: 1, alive: true, permitted: false, state: 'running.warm' },
    ...{ latched: false, locked: false, open: {}, on: {}, vessels: [], feet: null },
    ...what,
  },
});

/** Looks from the first to the last of these moments, both included. */
export function ticks(fromMs: number, toMs: number, what: Partial<Tick> = {}): readonly Moment[] {
  const all: Moment[] = [];
  for (let atMs = fromMs; atMs <= toMs; atMs += LOOK_MS) all.push(tick(atMs, what));
  return all;
}

/** A step on a stream: its valve is open, and contact is permitted. */
export const WARM: Partial<Tick> = { permitted: true, open: { hot: true } };
export const COLD: Partial<Tick> = { permitted: true, open: { cold: true } };

/** Two sides in turn, each so long. */
export function turns(count: number, warmMs: number, coldMs: number): readonly Moment[] {
  const all: Moment[] = [];
  for (let n = 0, atMs = 0; n < count; n += 1, atMs += warmMs + coldMs)
    all.push(
      ...ticks(atMs, atMs + warmMs - 250, WARM),
      ...ticks(atMs + warmMs, atMs + warmMs + coldMs - 250, COLD),
    );
  return all;
}

export const water = (waterC: number, name = 'stream', litres: number | null = null): Tick['vessels'] => [
  { name, waterC, litres, sinceMs: null },
];

export const journal = (atMs: number, record: string, body: unknown = {}): Moment => ({
  event: { type: 'journal', atMs, record, body },
});
export const state = (atMs: number, phase: string, name = `running.${phase}`): Moment => ({
  event: { type: 'state', atMs, state: name, phase },
});
export const permit = (atMs: number, on = true): Moment => ({ event: { type: 'permitted', atMs, on } });
export const asked = (atMs: number, word: string, source = 'page'): Moment => ({
  event: { type: 'asked', atMs, word, source },
});
export const pressed = (atMs: number, role: 'button' | 'stop' = 'button'): Moment => ({
  event: { type: 'pressed', atMs, role },
});
export const feet = (atMs: number, vessel: string | null): Moment => ({
  event: { type: 'feet', atMs, vessel },
});
export const moved = (atMs: number, output: string, open: boolean): Moment => ({
  event: { type: 'moved', atMs, output, open },
});
export const leased = (atMs: number, output: string, forMs: number): Moment => ({
  event: { type: 'leased', atMs, output, forMs },
});
export const reading = (atMs: number, value: number | null, device = 'thermometer'): Moment => ({
  event: { type: 'reading', atMs, device, kind: 'temperature', value },
});
export const trip = (atMs: number, code = 'scald', latched = true, detector = 'T1'): Moment => ({
  event: { type: 'trip', atMs, detector, code, latched },
});
export const cleared = (atMs: number): Moment => ({ event: { type: 'cleared', atMs, code: 'scald' } });
export const fault = (atMs: number, id: string, args: FaultArgs = {}, on = true): Moment => ({
  event: { type: 'fault', atMs, id, args, on },
});
export const booted = (atMs: number): Moment => ({ event: { type: 'booted', atMs, boot: 2 } });
export const died = (atMs: number): Moment => ({ event: { type: 'died', atMs, boot: 1 } });
export const command = (
  atMs: number,
  device: string,
  action: 'open' | 'renew' | 'close',
  targetC: number | null = null,
  leaseMs: number | null = null,
): Moment => ({ event: { type: 'command', atMs, device, action, leaseMs, targetC } });
/** The session has ended; of its result only what judges look at. */
export const result = (atMs: number, outcome: SessionResult['outcome'], dry?: true): Moment => ({
  event: {
    type: 'result',
    atMs,
    result: {
      ...{ id: 'session', station: 'foot-bath', protocol: 'contrast-foot-bath', person: null, outcome },
      ...(dry ? { dry } : {}),
      reason: outcome === 'complete' ? 'completed' : 'stopped_by_person',
      ...{ started_at: '2026-01-01T00:00:00.000Z', ended_at: '2026-01-01T00:10:00.000Z' },
      ...{ contact_s: 0, dose: 0, steps: [], symptoms: [], simulated: true },
    },
  },
});

import type { DeviceId } from '../../src/model/ids.ts';
import type { SenseReading } from '../../src/model/device.ts';
import type { Plumbing, RangeC, WaterKind } from '../../src/model/plan.ts';
import type { Reason } from '../../src/model/state.ts';
import type { Expectation, Trip } from '../../src/model/want.ts';
import { NOTHING_EXPECTED } from '../../src/model/want.ts';
import { within } from '../band.ts';
import { TRIPS } from '../envelope.ts';
import { withEntry } from '../with-entry.ts';

/** What a station tells its watch once. */
export interface WatchSettings {
  readonly plumbing: Plumbing;
  readonly thermometers: readonly DeviceId[];
  /** L20, milliseconds. */
  readonly readingAgeMs: number;
  /** The scald guard's declared maximum; null where there is none. */
  readonly guardMaxC: number | null;
  /** The outputs that deliver no water by themselves: master, drain, heater. */
  readonly beside: readonly DeviceId[];
  /** The other senses of the vessel. */
  readonly senses: WatchSenses;
  /** By how much longer than its period a thermometer may show an old measurement, milliseconds. */
  readonly repeatMs: number;
  /** A basin: what it holds, litres, the device that holds its drain shut, and its heater. null: water runs. */
  readonly basin: {
    readonly volumeL: number;
    readonly drain: DeviceId | null;
    readonly heater: DeviceId | null;
  } | null;
}

export interface WatchSenses {
  /** How old a flow may be before the meter counts as silent, milliseconds; null: no meter. */
  readonly flowAgeMs: number | null;
  /** How long the slowest valve moves after it was told to close, milliseconds. */
  readonly travelMs: number;
  /** `overflow`: a float that is up tells a blocked drain. `full`: it tells that the basin is filled, and water stops. */
  readonly float: 'overflow' | 'full';
  /** More water than this in the basin is an overfill (L17), litres, without what feet push up; null: nothing is measured. */
  readonly mostLitres: number | null;
}
export const NO_SENSES: WatchSenses = { flowAgeMs: null, travelMs: 0, float: 'overflow', mostLitres: null };

export type WatchInput =
  | {
      readonly type: 'temperature';
      readonly device: DeviceId;
      readonly valueC: number | null;
      readonly takenAtMs: number;
    }
  | { readonly type: 'sense'; readonly device: DeviceId; readonly reading: SenseReading }
  | { readonly type: 'expect'; readonly expectation: Expectation }
  /** A new session: sums begin again. */
  | {
      readonly type: 'session';
      readonly cycles: number;
      /** The heat dose of the person's other sessions in the last 24 h (L12). */
      readonly doseBefore: number;
    }
  | {
      readonly type: 'sent';
      readonly device: DeviceId;
      readonly action: 'open' | 'renew' | 'close';
      readonly side: 'warm' | 'cold' | null;
      readonly leaseMs: number;
      readonly targetC: number | null;
    }
  | { readonly type: 'verified'; readonly device: DeviceId; readonly status: 'open' | 'closed' }
  | { readonly type: 'disagrees'; readonly device: DeviceId; readonly expected: 'open' | 'closed' }
  | { readonly type: 'ack'; readonly device: DeviceId; readonly leaseMs: number }
  | {
      readonly type: 'gone';
      readonly device: DeviceId;
      readonly why: 'offline' | 'rebooted' | 'refused';
      readonly message: string;
    }
  | { readonly type: 'clock' };

export interface Sample {
  readonly device: DeviceId;
  readonly valueC: number;
  readonly takenAtMs: number;
}

/** What every detector may look at: folded once an input, before any of them. */
export interface Facts {
  readonly expectation: Expectation;
  /** Since when water is on or wanted. */
  readonly activeSinceMs: number | null;
  /** The latest valid reading of each thermometer. */
  readonly latest: Readonly<Record<DeviceId, Sample>>;
  /** Valid readings of the last 40 s, as they came. */
  readonly history: readonly Sample[];
  /** The last commanded change of the water, what it read then and what it was to become. */
  readonly change: {
    readonly sentAtMs: number;
    readonly verifiedAtMs: number | null;
    readonly side: 'warm' | 'cold';
    readonly fromC: number | null;
    /** The same of each thermometer. */
    readonly from: Readonly<Record<DeviceId, Sample>>;
  } | null;
  /** From an open or a raised setpoint until 10 s in band, at most 30 s. */
  readonly warmUpFromMs: number | null;
  readonly warmUpEndedMs: number | null;
  /** Since when every valid reading was in the band. */
  readonly inBandSinceMs: number | null;
  /** The water devices that are not known to be closed. */
  readonly open: readonly DeviceId[];
  readonly closedSinceMs: number | null;
  /** The side that was opened last. */
  readonly lastSide: WaterKind | null;
  /** The valves that were told to open and not to close since. */
  readonly wanted: readonly DeviceId[];
  /** Since when every valve that opens water has been told to close; null while one has not. */
  readonly toldShutMs: number | null;
  /** Since when the heater of a basin has been told to be off; null while it may be on. */
  readonly unheatedSinceMs: number | null;
}

export const NO_FACTS: Facts = {
  expectation: NOTHING_EXPECTED,
  activeSinceMs: null,
  latest: {},
  history: [],
  change: null,
  warmUpFromMs: null,
  warmUpEndedMs: null,
  inBandSinceMs: null,
  open: [],
  closedSinceMs: null,
  lastSide: null,
  wanted: [],
  toldShutMs: -Infinity,
  unheatedSinceMs: -Infinity,
};

/** What a trip is told as, its detector and its reason: `T5 stale_reading`. One detector may have several conditions. */
export type TripCode = `${string} ${Reason}`;

/** A detector: a pure fold over the inputs, with the facts as they are after this one. */
export interface Detector<State> {
  readonly id: string;
  /** Everything that it can trip for. A test holds this to its source. */
  readonly trips: readonly TripCode[];
  readonly initial: State;
  /**
   * The inputs that can change what it finds, by themselves or by the facts they are folded into. At any other it is left
   * alone until its deadline is due, or while it trips. One that counts time, or compares it without a deadline, is asked
   * at every input. A test holds this to a watch that asks everybody always.
   */
  readonly goesBy: readonly WatchInput['type'][] | 'all';
  step(look: Look, state: State): Finding<State>;
}

export interface Look {
  readonly settings: WatchSettings;
  readonly facts: Facts;
  readonly input: WatchInput;
  readonly atMs: number;
  /** The sample of this input, if it is a valid one of a thermometer of the station. */
  readonly sample: Sample | null;
}

export interface Finding<State> {
  /** Left out: as it was. */
  readonly state?: State;
  readonly trip?: Trip;
  readonly edge?: WatchEdge;
  /** When it must look again though nothing has happened: silence is found by deadline. Infinity: never, like null. */
  readonly deadlineMs?: number | null;
}

/** Nothing new: as a detector finds at most inputs, so that it is told apart at a glance. */
export const NOTHING: Finding<never> = {};

export type WatchEdge =
  | { readonly type: 'banded' | 'unbanded' }
  | { readonly type: 'fresh' }
  /** Somebody is there, in contact. */
  | { readonly type: 'seen' }
  /** The flow meter has fallen silent, or speaks again. */
  | { readonly type: 'flow-silent' | 'flow-heard' }
  /** What the level of a basin has come to, and what its water does (see `basin.ts`). */
  | { readonly type: 'emptied' | 'filled' | 'let-out' }
  | { readonly type: 'settled'; readonly valueC: number }
  | { readonly type: 'drift'; readonly toward: WaterKind; readonly valueC: number }
  | {
      readonly type: 'steady';
      readonly leg: number;
      readonly plateauC: number;
      readonly deadTimeMs: number | null;
      readonly lagMs: number | null;
    };

const HISTORY_MS = 40_000;

export function foldFacts(settings: WatchSettings, before: Facts, input: WatchInput, atMs: number): Facts {
  const facts = endWarmUp(before, atMs);
  switch (input.type) {
    case 'expect':
      return expected(facts, input.expectation, atMs);
    case 'temperature': {
      const sample = validSample(settings, input);
      return sample === null ? facts : sampled(facts, sample, atMs);
    }
    case 'sent':
      if (input.device === settings.basin?.heater) {
        const unheatedSinceMs = input.action === 'close' ? (facts.unheatedSinceMs ?? atMs) : null;
        return { ...facts, unheatedSinceMs };
      }
      // What stands beside the valves changes no water.
      if (settings.beside.includes(input.device)) return facts;
      if (input.action === 'open') return opened(settings, facts, input, atMs);
      return input.action === 'close' ? toldToClose(facts, input.device, atMs) : facts;
    case 'verified': {
      if (settings.beside.includes(input.device)) return facts;
      if (input.status === 'closed') {
        const open = facts.open.filter((id) => id !== input.device);
        return { ...facts, open, closedSinceMs: open.length === 0 ? (facts.closedSinceMs ?? atMs) : null };
      }
      const change =
        facts.change === null ? null : { ...facts.change, verifiedAtMs: facts.change.verifiedAtMs ?? atMs };
      return { ...facts, change, open: withOne(facts.open, input.device), closedSinceMs: null };
    }
    case 'session':
    case 'sense':
    case 'disagrees':
    case 'ack':
    case 'gone':
    case 'clock':
      return facts;
  }
}

function expected(facts: Facts, expectation: Expectation, atMs: number): Facts {
  const sameBand =
    expectation.band?.minC === facts.expectation.band?.minC &&
    expectation.band?.maxC === facts.expectation.band?.maxC;
  return {
    ...facts,
    expectation,
    activeSinceMs: expectation.active ? (facts.activeSinceMs ?? atMs) : null,
    inBandSinceMs: sameBand ? facts.inBandSinceMs : null,
    ...(expectation.active ? {} : { change: null, warmUpFromMs: null }),
  };
}

function opened(
  settings: WatchSettings,
  facts: Facts,
  input: WatchInput & { type: 'sent' },
  atMs: number,
): Facts {
  const side = input.side ?? 'warm';
  // A portion more in a basin that is held is no change of its water, and excuses no reading.
  const tops = settings.basin !== null && facts.expectation.basin?.operation !== 'fill';
  const changed = {
    warmUpFromMs: side === 'warm' ? atMs : null,
    inBandSinceMs: null,
  };
  return {
    ...facts,
    ...(tops ? {} : changed),
    change: { sentAtMs: atMs, verifiedAtMs: null, side, fromC: hottest(facts), from: facts.latest },
    lastSide: side,
    open: withOne(facts.open, input.device),
    closedSinceMs: null,
    wanted: withOne(facts.wanted, input.device),
    toldShutMs: null,
  };
}

function withOne(devices: readonly DeviceId[], device: DeviceId): readonly DeviceId[] {
  return [...devices.filter((id) => id !== device), device];
}

function toldToClose(facts: Facts, device: DeviceId, atMs: number): Facts {
  if (!facts.wanted.includes(device)) return facts;
  const wanted = facts.wanted.filter((id) => id !== device);
  return { ...facts, wanted, toldShutMs: wanted.length === 0 ? atMs : null };
}

function sampled(facts: Facts, sample: Sample, atMs: number): Facts {
  const history = recent(facts.history, atMs - HISTORY_MS);
  history.push(sample);
  const { band } = facts.expectation;
  const latest = withEntry(facts.latest, sample.device, sample);
  // Of two thermometers each must be in the band: the good one does not speak for the other.
  const inBand = band !== null && areAllIn(band, latest);
  return endWarmUp(
    {
      ...facts,
      latest,
      history,
      inBandSinceMs: inBand ? (facts.inBandSinceMs ?? sample.takenAtMs) : null,
    },
    atMs,
  );
}

/** A copy from the first reading that is younger: they come in their order, to within the way of a message. */
function recent(history: readonly Sample[], sinceMs: number): Sample[] {
  let from = 0;
  while ((history[from]?.takenAtMs ?? Infinity) <= sinceMs) from += 1;
  return history.slice(from);
}

function areAllIn(band: RangeC, latest: Facts['latest']): boolean {
  return Object.values(latest).every(({ valueC }) => within(valueC, band));
}

function endWarmUp(facts: Facts, atMs: number): Facts {
  const from = facts.warmUpFromMs;
  if (from === null) return facts;
  const { untilInBandMs, atMostMs } = TRIPS.warmUp;
  const long = atMs >= from + atMostMs;
  const inBand = facts.inBandSinceMs !== null && atMs >= facts.inBandSinceMs + untilInBandMs;
  return long || inBand ? { ...facts, warmUpFromMs: null, warmUpEndedMs: atMs } : facts;
}

/** An answer outside 0-70 C, or one of a DS18B20's own error values, is no reading. */
export function isPlausible(valueC: number): boolean {
  const { minC, maxC, neverC } = TRIPS.plausible;
  return (
    Number.isFinite(valueC) && valueC >= minC && valueC <= maxC && !neverC.some((never) => never === valueC)
  );
}

/** A step runs: somebody may be in the water, or a dry run takes it as if somebody were. */
export function inContact({ expectation }: Facts): boolean {
  return expectation.exposed || expectation.rehearsed || expectation.beside;
}

/** The water is judged as it will be at the feet: somebody may be in it, or it is being filled for them. */
export function isJudged(facts: Facts): boolean {
  return inContact(facts) || facts.expectation.basin?.operation === 'fill';
}

/** Hot checks use the highest of the latest valid readings. */
export function hottest(facts: Facts): number | null {
  return hottestSince(facts, -Infinity);
}

/** The same of what was read lately only; null where nothing was. For people, who must not take an old figure for now. */
export function hottestSince(facts: Facts, sinceMs: number): number | null {
  let highestC: number | null = null;
  const { latest } = facts;
  for (const id in latest) {
    const sample = latest[id];
    if (sample !== undefined && sample.takenAtMs >= sinceMs)
      highestC = Math.max(highestC ?? sample.valueC, sample.valueC);
  }
  return highestC;
}

/** Cold checks use the lowest. */
export function coldest(facts: Facts): number | null {
  let lowestC: number | null = null;
  const { latest } = facts;
  for (const id in latest) {
    const sample = latest[id];
    if (sample !== undefined) lowestC = Math.min(lowestC ?? sample.valueC, sample.valueC);
  }
  return lowestC;
}

/** What every detector looks at, made once an input. */
export function lookAt(settings: WatchSettings, facts: Facts, input: WatchInput, atMs: number): Look {
  return { settings, facts, input, atMs, sample: validSample(settings, input) };
}

function validSample(settings: WatchSettings, input: WatchInput): Sample | null {
  if (input.type !== 'temperature' || input.valueC === null) return null;
  if (!settings.thermometers.includes(input.device) || !isPlausible(input.valueC)) return null;
  return { device: input.device, valueC: input.valueC, takenAtMs: input.takenAtMs };
}

/** The commanded change that made the water what is expected now; null while it is still to come. */
export function changeOf(facts: Facts): Facts['change'] {
  return facts.change?.side === facts.expectation.side ? facts.change : null;
}

/** Cold water warmer than its range is no fault, once the change has had its effect. */
export function isWarmTapWater(facts: Facts): boolean {
  const { side, band, coldPlateauC } = facts.expectation;
  const valueC = hottest(facts);
  if (side !== 'cold' || band === null || valueC === null || valueC <= band.maxC) return false;
  const fromC = changeOf(facts)?.fromC ?? valueC;
  // What the proof test measured is what the tap can do: much warmer than that is hot water coming in.
  if (coldPlateauC !== null) return valueC - coldPlateauC <= TRIPS.t9.nearPlateauC;
  return fromC - valueC >= TRIPS.t9.movedC;
}

/** `38.1 C`, for a message. */
export function celsius(valueC: number): string {
  return `${valueC.toFixed(1)} C`;
}

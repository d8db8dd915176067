import type { Trip } from '../../src/model/want.ts';
import type { Detector, Facts, Look, TripCode, WatchEdge, WatchInput, WatchSettings } from './facts.ts';
import { NO_FACTS, foldFacts, lookAt } from './facts.ts';
import { basin } from './basin.ts';
import { holdBand } from './hold-band.ts';
import { proof } from './proof.ts';
import { scaldGuard } from './scald-guard.ts';
import { t1 } from './t1.ts';
import { t2 } from './t2.ts';
import { t3 } from './t3.ts';
import { t4 } from './t4.ts';
import { t5Disagree } from './t5-disagree.ts';
import { t5Stale } from './t5-stale.ts';
import { t5Stuck } from './t5-stuck.ts';
import { t6 } from './t6.ts';
import { t7 } from './t7.ts';
import { t8 } from './t8.ts';
import { t9 } from './t9.ts';
import { t11 } from './t11.ts';
import { t12 } from './t12.ts';
import { t13 } from './t13.ts';

/** A detector with its own state inside, so that detectors of different states stand in one list. */
interface Running {
  readonly id: string;
  readonly trips: readonly TripCode[];
  readonly goesBy: Detector<unknown>['goesBy'];
  /** When it must look again, whatever comes before; Infinity: never. */
  readonly dueMs: number;
  /** Looks, adds what it finds, and gives the detector as it is then. */
  step(look: Look, found: Found): Running;
}

/** A deadline may be written a millisecond past the moment from which on a detector finds something. */
const MARGIN_MS = 1;

class In<State> implements Running {
  readonly dueMs: number;
  readonly #detector: Detector<State>;
  readonly #state: State;

  constructor(detector: Detector<State>, state: State, dueMs: number) {
    this.#detector = detector;
    this.#state = state;
    this.dueMs = dueMs;
  }

  get id(): string {
    return this.#detector.id;
  }

  get trips(): readonly TripCode[] {
    return this.#detector.trips;
  }

  get goesBy(): Detector<State>['goesBy'] {
    return this.#detector.goesBy;
  }

  step(look: Look, found: Found): Running {
    const finding = this.#detector.step(look, this.#state);
    const { state = this.#state, trip, edge, deadlineMs } = finding;
    if (trip !== undefined) found.trips.push(trip);
    if (edge !== undefined) found.edges.push(edge);
    const nextMs = deadlineMs ?? Infinity;
    if (nextMs > look.atMs && nextMs < found.deadlineMs) found.deadlineMs = nextMs;
    // What trips goes on to be looked at until it no longer does.
    const dueMs = trip === undefined ? nextMs : -Infinity;
    return state === this.#state && dueMs === this.dueMs ? this : new In(this.#detector, state, dueMs);
  }
}

/** What the detectors find in one step, gathered. */
interface Found {
  readonly trips: Trip[];
  readonly edges: WatchEdge[];
  /** The soonest; Infinity: none. */
  deadlineMs: number;
}

function running<State>(detector: Detector<State>): Running {
  return new In(detector, detector.initial, Infinity);
}

/** The list of detectors, each as it begins. The more dangerous is asked first, and its trip is the one that is told. */
const AT_FIRST: readonly Running[] = [
  running(t1),
  running(scaldGuard),
  running(t2),
  running(t3),
  running(t4),
  running(t5Stale),
  running(t5Stuck),
  running(t5Disagree),
  running(t6),
  running(t7),
  running(t8),
  running(t9),
  running(t11),
  running(t12),
  running(t13),
  running(proof),
  running(holdBand),
  running(basin),
];

/** Everything that any of them can trip for, each once. */
export const TRIP_CODES: readonly TripCode[] = [...new Set(AT_FIRST.flatMap(({ trips }) => trips))];

/** By the type of an input: which of the detectors, in their order, go by it. */
type Hears = Readonly<Record<WatchInput['type'], readonly boolean[]>>;

function hearsOf(goesBy: readonly Running['goesBy'][]): Hears {
  const hears = (type: WatchInput['type']): readonly boolean[] =>
    goesBy.map((types) => types === 'all' || types.includes(type));
  return {
    temperature: hears('temperature'),
    sense: hears('sense'),
    expect: hears('expect'),
    session: hears('session'),
    sent: hears('sent'),
    verified: hears('verified'),
    disagrees: hears('disagrees'),
    ack: hears('ack'),
    gone: hears('gone'),
    clock: hears('clock'),
  };
}

const HEARS = hearsOf(AT_FIRST.map(({ goesBy }) => goesBy));
const HEARS_ALL = hearsOf(AT_FIRST.map(() => 'all'));

export interface WatchState {
  readonly facts: Facts;
  readonly detectors: readonly Running[];
  readonly deadlineMs: number | null;
}

export function watchInit(): WatchState {
  return { facts: NO_FACTS, detectors: AT_FIRST, deadlineMs: null };
}

export interface WatchStep {
  readonly state: WatchState;
  readonly trips: readonly Trip[];
  readonly edges: readonly WatchEdge[];
}

/** The watch sees every sample and every silence; machines see the edges it makes of them. Pure. */
export function watchStep(
  settings: WatchSettings,
  before: WatchState,
  input: WatchInput,
  atMs: number,
): WatchStep {
  return stepOf(HEARS, settings, before, input, atMs);
}

/** The same with every detector asked at every input: slow, and what the other one is compared with. */
export function watchStepOfAll(
  settings: WatchSettings,
  before: WatchState,
  input: WatchInput,
  atMs: number,
): WatchStep {
  return stepOf(HEARS_ALL, settings, before, input, atMs);
}

function stepOf(
  hears: Hears,
  settings: WatchSettings,
  before: WatchState,
  input: WatchInput,
  atMs: number,
): WatchStep {
  const facts = foldFacts(settings, before.facts, input, atMs);
  const look = lookAt(settings, facts, input, atMs);
  const found: Found = { trips: [], edges: [], deadlineMs: Infinity };
  const detectors = stepped(before.detectors, hears[input.type], look, found);
  const { trips, edges, deadlineMs } = found;
  const state = {
    facts,
    detectors,
    deadlineMs: deadlineMs === Infinity ? null : deadlineMs,
  };
  return { state, trips, edges };
}

/** Each that the input concerns, or that is due, in its turn; the same list where none of them has moved. */
function stepped(
  detectors: readonly Running[],
  hears: readonly boolean[],
  look: Look,
  found: Found,
): readonly Running[] {
  const { atMs } = look;
  let after: Running[] | null = null;
  let index = 0;
  for (const detector of detectors) {
    const { dueMs } = detector;
    if (hears[index] === true || atMs >= dueMs - MARGIN_MS) {
      const next = detector.step(look, found);
      if (next !== detector) {
        after ??= detectors.slice();
        after[index] = next;
      }
    } else if (dueMs < found.deadlineMs) found.deadlineMs = dueMs;
    index += 1;
  }
  return after ?? detectors;
}

export type { Facts, WatchEdge, WatchInput, WatchSettings } from './facts.ts';

import type { Trip } from '../../src/model/want.ts';
import type { Detector, Facts, Look, WatchEdge, WatchInput, WatchSettings } from './facts.ts';
import { NOTHING, NO_FACTS, foldFacts, lookAt } from './facts.ts';
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
  /** Looks, adds what it finds, and gives the detector as it is then. */
  step(look: Look, found: Found): Running;
}

class In<State> implements Running {
  readonly #detector: Detector<State>;
  readonly #state: State;

  constructor(detector: Detector<State>, state: State) {
    this.#detector = detector;
    this.#state = state;
  }

  get id(): string {
    return this.#detector.id;
  }

  step(look: Look, found: Found): Running {
    const finding = this.#detector.step(look, this.#state);
    if (finding === NOTHING) return this;
    const { state = this.#state, trip, edge, deadlineMs = null } = finding;
    if (trip !== undefined) found.trips.push(trip);
    if (edge !== undefined) found.edges.push(edge);
    if (deadlineMs !== null && deadlineMs > look.atMs && deadlineMs < found.deadlineMs)
      found.deadlineMs = deadlineMs;
    return state === this.#state ? this : new In(this.#detector, state);
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
  return new In(detector, detector.initial);
}

/** The list of detectors. The more dangerous is asked first, and its trip is the one that is told. */
const DETECTORS = (): readonly Running[] => [
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

export interface WatchState {
  readonly facts: Facts;
  readonly detectors: readonly Running[];
  readonly deadlineMs: number | null;
}

export function watchInit(): WatchState {
  return { facts: NO_FACTS, detectors: DETECTORS(), deadlineMs: null };
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
  const facts = foldFacts(settings, before.facts, input, atMs);
  const look = lookAt(settings, facts, input, atMs);
  const found: Found = { trips: [], edges: [], deadlineMs: Infinity };
  const detectors = before.detectors.map((detector) => detector.step(look, found));
  const { trips, edges, deadlineMs } = found;
  const state = {
    facts,
    detectors,
    deadlineMs: deadlineMs === Infinity ? null : deadlineMs,
  };
  return { state, trips, edges };
}

export type { Facts, WatchEdge, WatchInput, WatchSettings } from './facts.ts';

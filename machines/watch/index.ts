import type { Trip } from '../../src/model/want.ts';
import type { Detector, Facts, Look, WatchEdge, WatchInput, WatchSettings } from './facts.ts';
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
  /** Looks, adds what it finds, and gives the detector as it is then. */
  step(look: Look, found: Found): Running;
}

/** What the detectors find in one step, gathered. */
interface Found {
  readonly trips: Trip[];
  readonly edges: WatchEdge[];
  deadlineMs: number | null;
}

function running<State>(detector: Detector<State>, state: State): Running {
  return {
    id: detector.id,
    step(look, found) {
      const { state: next, trip, edge, deadlineMs = null } = detector.step(look, state);
      if (trip !== undefined) found.trips.push(trip);
      if (edge !== undefined) found.edges.push(edge);
      if (deadlineMs !== null && deadlineMs > look.atMs)
        found.deadlineMs = Math.min(found.deadlineMs ?? Infinity, deadlineMs);
      return next === state ? this : running(detector, next);
    },
  };
}

/** The list of detectors. The more dangerous is asked first, and its trip is the one that is told. */
const DETECTORS = (): readonly Running[] => [
  running(t1, t1.initial),
  running(scaldGuard, scaldGuard.initial),
  running(t2, t2.initial),
  running(t3, t3.initial),
  running(t4, t4.initial),
  running(t5Stale, t5Stale.initial),
  running(t5Stuck, t5Stuck.initial),
  running(t5Disagree, t5Disagree.initial),
  running(t6, t6.initial),
  running(t7, t7.initial),
  running(t8, t8.initial),
  running(t9, t9.initial),
  running(t11, t11.initial),
  running(t12, t12.initial),
  running(t13, t13.initial),
  running(proof, proof.initial),
  running(holdBand, holdBand.initial),
  running(basin, basin.initial),
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
  const found: Found = { trips: [], edges: [], deadlineMs: null };
  const detectors = before.detectors.map((detector) => detector.step(look, found));
  const { trips, edges, deadlineMs } = found;
  return { state: { facts, detectors, deadlineMs }, trips, edges };
}

export type { Facts, WatchEdge, WatchInput, WatchSettings } from './facts.ts';

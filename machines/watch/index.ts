import type { Trip } from '../../src/model/want.ts';
import type { Detector, Facts, WatchEdge, WatchInput, WatchSettings } from './facts.ts';
import { NO_FACTS, foldFacts } from './facts.ts';
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
import { t13 } from './t13.ts';

/** A detector with its own state inside, so that detectors of different states stand in one list. */
interface Running {
  readonly id: string;
  step(settings: WatchSettings, facts: Facts, input: WatchInput, atMs: number): Looked;
}
interface Looked {
  readonly next: Running;
  readonly trip: Trip | null;
  readonly edge: WatchEdge | null;
  readonly deadlineMs: number | null;
}

function running<State>(detector: Detector<State>, state: State): Running {
  return {
    id: detector.id,
    step(settings, facts, input, atMs) {
      const found = detector.step({ settings, facts, input, atMs }, state);
      return {
        next: found.state === state ? this : running(detector, found.state),
        trip: found.trip ?? null,
        edge: found.edge ?? null,
        deadlineMs: found.deadlineMs ?? null,
      };
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
  running(t13, t13.initial),
  running(proof, proof.initial),
  running(holdBand, holdBand.initial),
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
  const trips: Trip[] = [];
  const edges: WatchEdge[] = [];
  let deadlineMs: number | null = null;
  const detectors = before.detectors.map((detector) => {
    const looked = detector.step(settings, facts, input, atMs);
    if (looked.trip !== null) trips.push(looked.trip);
    if (looked.edge !== null) edges.push(looked.edge);
    if (looked.deadlineMs !== null && looked.deadlineMs > atMs)
      deadlineMs = Math.min(deadlineMs ?? Infinity, looked.deadlineMs);
    return looked.next;
  });
  return { state: { facts, detectors, deadlineMs }, trips, edges };
}

export type { Facts, WatchEdge, WatchInput, WatchSettings } from './facts.ts';

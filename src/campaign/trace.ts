import type { FaultArgs } from '../../firmware-sim/faults/index.ts';
import type { StationSettings } from '../model/station.ts';
import type { SessionPlan } from '../model/plan.ts';
import type { SessionResult } from '../model/state.ts';
import type { PastSession, Screened } from './past.ts';
import type { Scenario } from './scenario.ts';

/**
 * What happened in one simulated session, as the invariants see it: the world's truth (true water, true valves, feet
 * truly in or out), and of the controller only what it does or permits, never what it believes.
 */

/** One body of water that feet can be in. */
export interface VesselTruth {
  /** `stream`; with basins `basin`, `warm`, `cold`. */
  readonly name: string;
  /** The true water at the feet, degrees Celsius. */
  waterC: number;
  /** Standing in it, litres; null on a stream. */
  litres: number | null;
  /** Since when some of the water has been standing in it, monotonic; null on a stream and when empty. */
  sinceMs: number | null;
}

/** The world four times a second. One object, written anew for each tick: copy what has to be kept. */
export interface Tick {
  /** Monotonic time of the world, milliseconds. */
  atMs: number;
  wallMs: number;
  /** How often the controller has been started, from 1; and whether its process is there now. */
  boot: number;
  alive: boolean;
  /** The controller permits contact. */
  permitted: boolean;
  /** The state of the session machine, `starting.proving`; `` while no controller is there. */
  state: string;
  /** A fault waits for a clear; a person is locked out. */
  latched: boolean;
  locked: boolean;
  /** True positions, by valve (`hot`, `cold`, `mixer`, `master`, `drain`, `warm-hot` …). */
  readonly open: Record<string, boolean>;
  /** Other outputs that are truly on: `heater`. */
  readonly on: Record<string, boolean>;
  readonly vessels: readonly VesselTruth[];
  /** The vessel that feet are truly in; null: dry feet. */
  feet: string | null;
}

/** Something that happened at a moment, in the order in which it happened. */
export type TraceEvent = { readonly atMs: number } &
  /** A true valve (or heater) moved. */
  (
    | { readonly type: 'moved'; readonly output: string; readonly open: boolean }
    /** A command that the interlock let out to a device; on the wire with it. */
    | {
        readonly type: 'command';
        readonly device: string;
        readonly action: 'open' | 'renew' | 'close';
        readonly leaseMs: number | null;
        readonly targetC: number | null;
      }
    /** A reading as it reached the controller; null: it was no valid one. */
    | {
        readonly type: 'reading';
        readonly device: string;
        readonly kind: string;
        readonly value: number | string | null;
      }
    /** The device that drives an output has accepted that it is on no longer than so long from now. */
    | { readonly type: 'leased'; readonly output: string; readonly forMs: number }
    | { readonly type: 'feet'; readonly vessel: string | null }
    /** A finger presses a button of the station; what comes of it is up to the controller. */
    | { readonly type: 'pressed'; readonly role: 'button' | 'stop' }
    /** A person or program asked for something; and where it was refused, why. */
    | { readonly type: 'asked'; readonly word: string; readonly source: string }
    | { readonly type: 'refused'; readonly word: string; readonly source: string; readonly code: string }
    | { readonly type: 'trip'; readonly detector: string; readonly code: string; readonly latched: boolean }
    | { readonly type: 'cleared'; readonly code: string }
    | { readonly type: 'fault'; readonly id: string; readonly args: FaultArgs; readonly on: boolean }
    | { readonly type: 'died'; readonly boot: number }
    | { readonly type: 'booted'; readonly boot: number }
    | { readonly type: 'permitted'; readonly on: boolean }
    | {
        readonly type: 'state';
        readonly state: string;
        readonly phase: string;
        /** Which "still OK?" waits for an answer; left out: none does. */
        readonly question?: string;
      }
    /** A record reached the journal. */
    | { readonly type: 'journal'; readonly record: string; readonly body: unknown }
    | { readonly type: 'result'; readonly result: SessionResult }
  );

/** A reading as it reached the controller. They are two thirds of all events, and few judges go by them. */
export type ReadingEvent = Extract<TraceEvent, { type: 'reading' }>;
/** A command that the interlock let out. */
export type Command = Extract<TraceEvent, { type: 'command' }>;
/** Everything else that happens. */
export type Happening = Exclude<TraceEvent, { type: 'reading' }>;

/** What is true of the person who comes, whatever the controller believes. */
export interface PersonFacts {
  readonly profile: 'standard' | 'limited';
  readonly screening: Screened;
  /** The ladder of L13 is theirs: not that of the guest of a simulation, who is past the first sessions. */
  readonly climbs: boolean;
  /** Oldest first. */
  readonly past: readonly PastSession[];
}

/** What is known of a session before it begins. */
export interface SessionFacts {
  readonly scenario: Scenario;
  readonly station: StationSettings;
  readonly person: PersonFacts;
  /** What a basin holds, litres; null on a stream. */
  readonly volumeL: number | null;
  /** How long the outlet had been idle before the world began, milliseconds; null: it has never been used. */
  readonly idleMs: number | null;
  /** Null where it was refused. Set once the start was answered. */
  plan: SessionPlan | null;
  /** By output: the longest its valve travels, milliseconds, in truth. */
  readonly travelMs: Readonly<Record<string, number>>;
}

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly what: string;
}

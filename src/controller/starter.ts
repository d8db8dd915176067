import type { Refusal, Screened } from '../../machines/gate.ts';
import type { Choices } from '../model/command.ts';
import type { Clock } from '../clock/clock.ts';
import type { PersonId } from '../model/ids.ts';
import type { SessionPlan } from '../model/plan.ts';
import type { StationSettings } from '../model/station.ts';

/** Who is about to start, as data. */
export interface Starter {
  /** null: nobody, in a dry run. */
  readonly id: PersonId | null;
  readonly screening: Screened;
  readonly profile: 'standard' | 'limited';
  /** A simulated person has no yesterday, and nothing counts for them. */
  readonly counts: boolean;
  /** L13, milliseconds; null: past the first sessions. */
  readonly coldCapMs: number | null;
}

/** Nobody is in the water of a dry run: the protocol as it is written, and no ledger. */
export const NOBODY: Starter = {
  id: null,
  screening: 'clear',
  profile: 'standard',
  counts: false,
  coldCapMs: null,
};

export interface PlanRequest {
  readonly protocol: string;
  readonly person: Starter;
  readonly choices: Choices;
  readonly station: StationSettings;
}
export type Planned = { readonly plan: SessionPlan } | { readonly refusal: Refusal };

/** A moment by both clocks: durations are judged by either. */
export interface Now {
  /** Monotonic. */
  readonly atMs: number;
  readonly wallMs: number;
}

export function nowOf(clock: Pick<Clock, 'nowMs' | 'wallMs'>): Now {
  return { atMs: clock.nowMs(), wallMs: clock.wallMs() };
}

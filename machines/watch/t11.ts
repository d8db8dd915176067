import type { Trip } from '../../src/model/want.ts';
import type { WaterKind } from '../../src/model/plan.ts';
import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { Detector, Facts } from './facts.ts';
import { changeOf } from './facts.ts';

interface Contact {
  readonly warmMs: number;
  readonly coldMs: number;
  /** Of the plan: the sums may pass their limit by 1 s a cycle. */
  readonly cycles: number;
  /** Up to when contact has been counted, and on which side it has been since. */
  readonly running: { readonly sinceMs: number; readonly side: WaterKind | null } | null;
}
const NONE: Contact = { warmMs: 0, coldMs: 0, cycles: 1, running: null };

/** T11: a step, a session or a sum of contact that lasts longer than L3, L4, L6, L7, L8 allow. */
export const t11: Detector<Contact> = {
  id: 'T11',
  trips: ['T11 time_was_up', 'T11 step_too_long'],
  initial: NONE,
  goesBy: 'all',
  step({ facts, input, atMs }, before) {
    if (input.type === 'session') return { state: { ...NONE, cycles: input.cycles } };
    const { side, sessionOverMs } = facts.expectation;
    // Only where the feet are: the watch of the other basin counts nothing meanwhile.
    const exposed = facts.expectation.exposed || facts.expectation.rehearsed;
    const stepOverMs = stepOver(facts);
    // Contact counts from the moment that the watch was told of it to the one where it was taken back.
    const passedMs = before.running === null ? 0 : atMs - before.running.sinceMs;
    const was = before.running?.side;
    const state: Contact =
      before.running === null && !exposed
        ? before
        : {
            warmMs: before.warmMs + (was === 'warm' ? passedMs : 0),
            coldMs: before.coldMs + (was === 'cold' ? passedMs : 0),
            cycles: before.cycles,
            running: exposed ? { sinceMs: atMs, side } : null,
          };
    if (sessionOverMs !== null && atMs >= sessionOverMs)
      return { state, trip: over('end', 'the time for a session (L8) is up') };
    if (exposed && stepOverMs !== null && atMs >= stepOverMs)
      return { state, trip: over('abort', 'the step lasts longer than its limit (L3, L4)') };
    const marginMs = TRIPS.t11.marginMs * state.cycles;
    const warmLeftMs = ENVELOPE.warmContactMs + marginMs - state.warmMs;
    const coldLeftMs = ENVELOPE.coldContactMs + marginMs - state.coldMs;
    if (exposed && (warmLeftMs <= 0 || coldLeftMs <= 0))
      return { state, trip: over('abort', 'the contact of the session is used up (L6, L7)') };
    let dueMs = sessionOverMs ?? Infinity;
    if (exposed) {
      const leftMs = side === 'warm' ? warmLeftMs : coldLeftMs;
      dueMs = Math.min(dueMs, stepOverMs ?? Infinity, atMs + leftMs);
    }
    return { state, deadlineMs: dueMs };
  },
};

/**
 * Of the running step, or of one that the machine has not said to have begun though its water is on. A mixer goes on with
 * the water of the step before until the next open is sent, and that may wait for the journal: it was planned to be over,
 * within L3, L4 and L14.
 */
function stepOver(facts: Facts): number | null {
  const { stepOverMs, stepLimitMs, formerOverMs } = facts.expectation;
  if (stepOverMs !== null) return stepOverMs;
  const change = changeOf(facts);
  if (change === null) return facts.wanted.length === 0 ? null : formerOverMs;
  return stepLimitMs === null ? null : change.sentAtMs + stepLimitMs + TRIPS.t11.marginMs;
}

function over(response: 'end' | 'abort', message: string): Trip {
  return {
    detector: 'T11',
    reason: response === 'end' ? 'time_was_up' : 'step_too_long',
    response,
    latch: false,
    message,
  };
}

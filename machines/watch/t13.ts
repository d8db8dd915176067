import type { DeviceId } from '../../src/model/ids.ts';
import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { TRIPS } from '../envelope.ts';
import { withEntry } from '../with-entry.ts';
import type { Detector, Look } from './facts.ts';

interface Somebody {
  /** What each sensor said last; one that has gone says nothing. */
  readonly seen: Readonly<Record<DeviceId, boolean>>;
  /** Since when all of them say that nobody is there; null while one sees somebody, or none says anything. */
  readonly absentSinceMs: number | null;
  readonly contactSinceMs: number | null;
}
const NOBODY: Somebody = { seen: {}, absentSinceMs: null, contactSinceMs: null };

/**
 * T13: nobody answered "still OK?", or nobody is there any more. A pause, which ends the session if nobody comes back.
 * Somebody who is seen during contact says so (`seen`), which answers the question of the cycle.
 */
export const t13: Detector<Somebody> = {
  id: 'T13',
  trips: ['T13 nobody_there', 'T13 no_answer'],
  initial: NOBODY,
  goesBy: ['sense', 'expect'],
  step(look, before) {
    const { facts, input, atMs } = look;
    const { exposed, answerByMs } = facts.expectation;
    const state = looked(look, before);
    if (!exposed) return { state };
    // With each word of a sensor, and whenever a step begins or a question is asked.
    const asks = input.type === 'sense' || input.type === 'expect';
    const tells = asks && Object.values(state.seen).includes(true);
    const edge = tells ? { edge: { type: 'seen' } as const } : {};
    const { absentSinceMs, contactSinceMs } = state;
    const goneMs =
      absentSinceMs === null ? null : Math.max(absentSinceMs, contactSinceMs ?? atMs) + TRIPS.t13.absentMs;
    if (goneMs !== null && atMs >= goneMs)
      return { state, trip: hold('nobody_there', 'nobody has been there for 10 s') };
    if (answerByMs !== null && !tells && atMs >= answerByMs)
      return { state, trip: hold('no_answer', 'nobody answered whether all is well') };
    const dueMs = Math.min(goneMs ?? Infinity, answerByMs ?? Infinity);
    return { state, ...edge, deadlineMs: dueMs };
  },
};

function looked({ facts, input, atMs }: Look, before: Somebody): Somebody {
  const { exposed } = facts.expectation;
  const contactSinceMs = exposed ? (before.contactSinceMs ?? atMs) : null;
  const state = contactSinceMs === before.contactSinceMs ? before : { ...before, contactSinceMs };
  if (input.type !== 'sense' || input.reading.kind !== 'presence') return state;
  const { present } = input.reading;
  const seen =
    present === null ? withoutOne(before.seen, input.device) : withEntry(before.seen, input.device, present);
  const all = Object.values(seen);
  const isAbsent = all.length > 0 && !all.includes(true);
  return { ...state, seen, absentSinceMs: isAbsent ? (before.absentSinceMs ?? atMs) : null };
}

function withoutOne(seen: Somebody['seen'], device: DeviceId): Somebody['seen'] {
  const { [device]: _, ...others } = seen;
  return others;
}

function hold(reason: Reason, message: string): Trip {
  return { detector: 'T13', reason, response: 'hold', latch: false, message };
}

import type { CommandWord } from '../model/command.ts';
import type { ButtonAction, Role } from '../model/device.ts';

/** Where a station is when its button is used. */
export interface Moment {
  /** The person changes the water by moving: two buckets, or two basins. */
  readonly moves: boolean;
  /** The session's state, substates and all. */
  readonly state: string;
  /** No water is on or wanted. */
  readonly resting: boolean;
  /** A fault waits for a clear. */
  readonly faulty: boolean;
}

/** Held this long after a fault, it clears. */
const CLEAR_MS = 5_000;
/** Held this long otherwise, it reports a symptom: which stops what runs. */
const SYMPTOM_MS = 3_000;

/**
 * What the use of a button means (interfaces: Buttons): one press for the next thing, and STOP wherever a session runs.
 * Between two buckets or basins a press says "I am in", and the step's clock starts. In a running step it is STOP there
 * too. null: nothing.
 */
export function meaningOf(role: Role, action: ButtonAction, moment: Moment): CommandWord | null {
  const { moves, state, resting, faulty } = moment;
  if (role === 'stop') return 'stop';
  if (action.type === 'hold') {
    if (state === 'aborted' || faulty) {
      if (action.heldMs >= CLEAR_MS) return 'clear';
    } else if (action.heldMs >= SYMPTOM_MS) return 'report';
    return !resting && state !== 'held' ? 'stop' : null;
  }
  if (state.endsWith('.ready') || state.endsWith('.parked')) return 'begin';
  if (state === 'held') return 'resume';
  if (moves && state === 'running.switching') return 'begin';
  if (!resting) return 'stop';
  return state !== 'aborted' && !faulty ? 'start' : null;
}

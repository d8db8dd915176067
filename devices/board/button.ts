import type { ButtonAction, Device, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration } from '../support.ts';
import type { Effect, Part } from './talk.ts';
import { boardDevice, needs, nothing } from './talk.ts';

/** A bath's button means something else when it is held this long, milliseconds (a symptom, a clear). */
const HOLDS_MS = [3_000, 5_000] as const;
/** The state is asked for as well: an edge may be lost on the line, and a hold must not be made of a lost release. */
const STAT_MS = 1_000;
const STAT_HELD_MS = 300;

interface ButtonState {
  /** null: nobody has said yet. */
  readonly down: boolean | null;
  /** Since when it is held, as a press that counts. Monotonic milliseconds. */
  readonly sinceMs: number | null;
  /** How many of `HOLDS_MS` have been told of this press. */
  readonly holds: number;
}
const UNKNOWN: ButtonState = { down: null, sinceMs: null, holds: 0 };
const UP: ButtonState = { down: false, sinceMs: null, holds: 0 };

/** The button of the valve board: the press counts the moment it is down. */
export function buttonDevice(id: DeviceId, role: Role, port: string): Device {
  const told = (action: ButtonAction): Reading => ({ kind: 'button', device: id, action });
  /** `edge`: told as one; else it is what the state was found to be. */
  const is = (state: ButtonState, down: boolean, edge: boolean, atMs: number): Effect<ButtonState> => {
    if (!down) return { state: UP };
    if (state.down === true) return { state };
    // Found down at the first look: somebody's from before, or stuck.
    if (!edge && state.down === null) return { state: { ...UP, down: true } };
    return {
      state: { down: true, sinceMs: atMs, holds: 0 },
      readings: [told({ type: 'press' })],
    };
  };
  const part: Part<ButtonState> = {
    id,
    role,
    port,
    digit: 9,
    declaration: plainDeclaration(null),
    initial: UNKNOWN,
    beat: ({ sinceMs }) => ({ request: 'STAT', everyMs: sinceMs === null ? STAT_MS : STAT_HELD_MS }),
    lacks: needs('buttons', 1),
    met: (state) => ({ state, asks: ['STAT'] }),
    lost: () => UNKNOWN,
    command: nothing,
    reply: (state, reply, ask, atMs) => {
      if (ask.request !== 'STAT' || reply.kind === 'err') return { state };
      const word = reply.fields['btn'];
      return word === undefined ? { state } : is(state, word === '1', false, atMs);
    },
    late: nothing,
    event: (state, { name, words, fields }, atMs) => {
      if (name !== 'btn' || fields['n'] !== '1') return { state };
      return is(state, words.includes('down'), true, atMs);
    },
    broker: nothing,
    clock: (state, atMs) => {
      const heldForMs = state.sinceMs === null ? 0 : atMs - state.sinceMs;
      const due = HOLDS_MS.slice(state.holds).filter((heldMs) => heldForMs >= heldMs);
      return {
        state: { ...state, holds: state.holds + due.length },
        readings: due.map((heldMs) => told({ type: 'hold', heldMs })),
      };
    },
    dueMs: ({ sinceMs, holds }) => {
      const heldMs = HOLDS_MS[holds];
      return sinceMs === null || heldMs === undefined ? null : sinceMs + heldMs;
    },
  };
  return boardDevice(part);
}

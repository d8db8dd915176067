import type { ButtonAction, Device, DriverInput, DriverStep, Reading, Role } from '../../src/model/device.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { AWAY, hear, sooner, topicsOf, type Pin, type PinState } from './wire.ts';

/** A bath's button means something else when it is held this long, milliseconds (a symptom, a clear). */
const HOLDS_MS = [3_000, 5_000] as const;

interface ButtonState {
  readonly pin: PinState;
  /** Since when it is held, monotonic milliseconds; null while it is not. */
  readonly sinceMs: number | null;
  /** How many of `HOLDS_MS` have been reported of this press. */
  readonly holds: number;
}

/** A button at a pin. The press counts the moment it is down, before anyone knows how long. */
export function buttonDevice(role: Role, self: Pin): Device<ButtonState> {
  return {
    id: self.id,
    role,
    driver: 'firmata',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo({ pin: AWAY, sinceMs: null, holds: 0 }),
    step: (state, input, atMs) => {
      const due = holds(self, state, atMs);
      const next = buttonStep(role, self, due.state, input, atMs);
      const readings = [...due.readings, ...next.readings];
      return { ...next, readings, nextDeadlineMs: sooner(next.state.pin.aliveMs, nextHoldMs(next.state)) };
    },
  };
}

function nextHoldMs({ sinceMs, holds: reported }: ButtonState): number | null {
  const heldMs = HOLDS_MS[reported];
  return sinceMs === null || heldMs === undefined ? null : sinceMs + heldMs;
}

const pressed = ({ id }: Pin, action: ButtonAction): Reading => ({ kind: 'button', device: id, action });

/** The holds that have come due, whatever woke the driver. */
function holds(self: Pin, state: ButtonState, atMs: number): DriverStep<ButtonState> {
  if (state.sinceMs === null) return stepTo(state);
  const heldForMs = atMs - state.sinceMs;
  const due = HOLDS_MS.slice(state.holds).filter((heldMs) => heldForMs >= heldMs);
  const readings = due.map((heldMs) => pressed(self, { type: 'hold', heldMs }));
  return stepTo({ ...state, holds: state.holds + due.length }, { readings });
}

function buttonStep(
  role: Role,
  self: Pin,
  state: ButtonState,
  input: DriverInput,
  atMs: number,
): DriverStep<ButtonState> {
  const { state: pin, out, faults, turned, message } = hear(self, state.pin, input, atMs);
  const released = { pin, sinceMs: null, holds: 0 };
  // Without a board nobody can tell how long it is held.
  if (turned === 'away') return stepTo(released, { out, faults });
  if (message === null || !('contact' in message)) return stepTo({ ...state, pin }, { out, faults });
  if (message.contact === 'open') return stepTo(released, { out, faults });
  // Down since nobody knows when: a button that was leant on as the board came back begins nothing. It may stop.
  if (state.sinceMs !== null || (message.first && role !== 'stop'))
    return stepTo({ ...state, pin }, { out, faults });
  return stepTo(
    { pin, sinceMs: atMs, holds: 0 },
    { out, faults, readings: [pressed(self, { type: 'press' })] },
  );
}

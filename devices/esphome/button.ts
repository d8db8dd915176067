import type { ButtonAction, Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { decodeOnOff, presence, stateTopic, statusTopic } from './codec.ts';

/** A bath's button means something else when it is held this long, milliseconds (a symptom, a clear). */
const HOLDS_MS = [3_000, 5_000] as const;

interface ButtonState {
  /** Since when it is held, monotonic milliseconds; null while it is not. */
  readonly sinceMs: number | null;
  /** How many of `HOLDS_MS` have been reported of this press. */
  readonly holds: number;
}

const RELEASED: ButtonState = { sinceMs: null, holds: 0 };

interface Button {
  readonly id: DeviceId;
  readonly node: string;
  readonly part: string;
}

/** A button as an ESPHome binary sensor: the press counts the moment it is down, before anyone knows how long. */
export function buttonDevice(id: DeviceId, role: Role, node: string, part: string): Device<ButtonState> {
  const self: Button = { id, node, part };
  return {
    id,
    role,
    driver: 'esphome',
    declaration: plainDeclaration(null),
    topics: [statusTopic(node), stateTopic(node, 'binary_sensor', part)],
    init: () => stepTo(RELEASED),
    step: (state, input, atMs) => {
      const due = holds(self, state, atMs);
      const next = buttonStep(self, due.state, input, atMs);
      const readings = [...due.readings, ...next.readings];
      return { ...next, readings, nextDeadlineMs: nextHoldMs(next.state) };
    },
  };
}

function nextHoldMs({ sinceMs, holds: reported }: ButtonState): number | null {
  const heldMs = HOLDS_MS[reported];
  return sinceMs === null || heldMs === undefined ? null : sinceMs + heldMs;
}

const pressed = (self: Button, action: ButtonAction) =>
  ({ kind: 'button', device: self.id, action }) as const;

/** The holds that have come due, whatever woke the driver. */
function holds(self: Button, state: ButtonState, atMs: number): DriverStep<ButtonState> {
  if (state.sinceMs === null) return stepTo(state);
  const heldForMs = atMs - state.sinceMs;
  const due = HOLDS_MS.slice(state.holds).filter((heldMs) => heldForMs >= heldMs);
  const readings = due.map((heldMs) => pressed(self, { type: 'hold', heldMs }));
  return stepTo({ ...state, holds: state.holds + due.length }, { readings });
}

function buttonStep(
  self: Button,
  state: ButtonState,
  input: DriverInput,
  atMs: number,
): DriverStep<ButtonState> {
  // Without a link nobody can tell how long it is held.
  if (input.type === 'link') return stepTo(RELEASED);
  if (input.type !== 'message') return stepTo(state);
  const heard = presence(self.node, self.id, input.topic, input.payload);
  if (heard !== null) return stepTo(RELEASED, { faults: [heard] });
  const ours = input.topic === stateTopic(self.node, 'binary_sensor', self.part);
  // A retained press is somebody's from long ago.
  const down = ours && !input.retained ? decodeOnOff(input.payload) : null;
  if (down === false) return stepTo(RELEASED);
  if (down === null || state.sinceMs !== null) return stepTo(state);
  return stepTo({ sinceMs: atMs, holds: 0 }, { readings: [pressed(self, { type: 'press' })] });
}

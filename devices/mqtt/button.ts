import type { ButtonAction, Device, DriverInput, DriverStep, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import type { MqttOptions, Press } from './options.ts';
import { isPress } from './options.ts';
import { parsePointer, readAt, type Pointer } from './pointer.ts';

/**
 * A button that says `hold` has decided by itself how long that is, and many never tell a release. So a hold counts as
 * the shorter of the bath's two when it is told, and as the longer one when it is let go late enough.
 */
const HOLD_MS = 3_000;
const LONG_HOLD_MS = 5_000;

interface ButtonState {
  /** Since when it is told to be held, monotonic milliseconds. */
  readonly heldSinceMs: number | null;
}

const FREE: ButtonState = { heldSinceMs: null };

interface Button {
  readonly id: DeviceId;
  readonly role: Role;
  readonly state: string;
  readonly value: Pointer;
  /** null: whatever it says is a press (a stop device). */
  readonly map: ReadonlyMap<string, Press> | null;
}

/** A button, or a stop device: messages on a topic, and what their values mean. */
export function buttonDevice(id: DeviceId, role: Role, options: MqttOptions): Device<ButtonState> {
  const { state = '', value, map } = options;
  const self: Button = {
    id,
    role,
    state,
    value: parsePointer(value),
    map:
      map === undefined
        ? null
        : new Map(Object.entries(map).flatMap(([word, press]) => (isPress(press) ? [[word, press]] : []))),
  };
  return {
    id,
    role,
    driver: 'mqtt',
    declaration: { ...plainDeclaration(null), unannounced: true },
    topics: [state],
    init: () => stepTo(FREE),
    step: (before, input, atMs) => buttonStep(self, before, input, atMs),
  };
}

function buttonStep(
  self: Button,
  state: ButtonState,
  input: DriverInput,
  atMs: number,
): DriverStep<ButtonState> {
  // Without a link nobody can tell how long it is held.
  if (input.type === 'link') return stepTo(FREE);
  // A retained press is somebody's from long ago.
  if (input.type !== 'message' || input.retained || input.topic !== self.state) return stepTo(state);
  const meaning = meaningOf(self, input.payload);
  if (meaning === null) return stepTo(state);
  const told = (action: ButtonAction): readonly Reading[] => [{ kind: 'button', device: self.id, action }];
  // A stop device stops on everything that it can say.
  if (self.role === 'stop') return stepTo(FREE, { readings: told({ type: 'press' }) });
  switch (meaning) {
    case 'hold':
      return stepTo({ heldSinceMs: atMs }, { readings: told({ type: 'hold', heldMs: HOLD_MS }) });
    case 'release': {
      const long = state.heldSinceMs !== null && atMs - state.heldSinceMs >= LONG_HOLD_MS;
      return stepTo(FREE, { readings: long ? told({ type: 'hold', heldMs: LONG_HOLD_MS }) : [] });
    }
    case 'press':
    case 'double':
      return stepTo(FREE, { readings: told({ type: meaning }) });
  }
}

/** What a message means; a value that the map does not have means nothing. */
function meaningOf({ value, map }: Button, payload: string): Press | null {
  if (map === null && value === null) return 'press';
  const said = readAt(payload, value);
  const word = typeof said === 'number' || typeof said === 'boolean' ? String(said) : said;
  if (typeof word !== 'string') return null;
  // Some take an action back with an empty one.
  if (map === null) return word === '' ? null : 'press';
  return map.get(word) ?? null;
}

import type { ButtonAction, Device, DriverInput, DriverStep, Reading, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { parseBody, type Address } from './address.ts';
import { CHANNELS, meet, UNKNOWN, type Companion } from './companion.ts';

/**
 * A button tells an `action` when its own firmware has made up its mind: a single press after it has waited for a
 * second one (some 400 ms), a hold after a second or two. So a hold counts as the shorter of the bath's two when it
 * is told; the longer one needs the release, because many buttons never tell one.
 */
const HOLD_MS = 3_000;
const LONG_HOLD_MS = 5_000;

interface ButtonState {
  readonly companion: Companion;
  /** Since when it is told to be held, monotonic milliseconds. */
  readonly heldSinceMs: number | null;
}

interface Words {
  readonly press: string;
  readonly double: string;
  readonly hold: string;
  readonly release: string;
}

/** The words beside the one that the config names: `2_single` has `2_double`, `2_hold`, `2_release`. */
function wordsOf(press: string): Words {
  const stem = /^(.*?)(single|press|click|short_press)$/.exec(press)?.[1] ?? '';
  return { press, double: `${stem}double`, hold: `${stem}hold`, release: `${stem}release` };
}

interface Button {
  readonly id: DeviceId;
  readonly at: Address;
  readonly role: Role;
  readonly words: Words;
}

export function buttonDevice(id: DeviceId, role: Role, at: Address, press: string): Device<ButtonState> {
  const self: Button = { id, at, role, words: wordsOf(press) };
  return {
    id,
    role,
    driver: 'zigbee2mqtt',
    declaration: plainDeclaration(null),
    topics: CHANNELS.map((channel) => at.topic(channel)),
    init: () => stepTo({ companion: UNKNOWN, heldSinceMs: null }),
    step: (state, input, atMs) => {
      const { state: companion, faults } = meet(id, at, state.companion, input);
      const next = buttonStep(self, { ...state, companion }, input, atMs);
      return { ...next, faults };
    },
  };
}

function buttonStep(
  self: Button,
  state: ButtonState,
  input: DriverInput,
  atMs: number,
): DriverStep<ButtonState> {
  // Without a link nobody can tell how long it is held.
  if (input.type === 'link') return stepTo({ ...state, heldSinceMs: null });
  // A retained press is somebody's from long ago.
  if (input.type !== 'message' || input.retained || self.at.channel(input.topic) !== 'state')
    return stepTo(state);
  const word = parseBody(input.payload)?.['action'];
  // Older releases take an action back with an empty one; a report of the battery has none.
  if (typeof word !== 'string' || word === '') return stepTo(state);
  const { words } = self;
  const told = (action: ButtonAction): readonly Reading[] => [{ kind: 'button', device: self.id, action }];
  if (word === words.release || /(^|_)(release|stop)$/.test(word)) {
    const long = state.heldSinceMs !== null && atMs - state.heldSinceMs >= LONG_HOLD_MS;
    const readings = long ? told({ type: 'hold', heldMs: LONG_HOLD_MS }) : [];
    return stepTo({ ...state, heldSinceMs: null }, { readings });
  }
  if (word === words.hold)
    return stepTo({ ...state, heldSinceMs: atMs }, { readings: told({ type: 'hold', heldMs: HOLD_MS }) });
  const next = { ...state, heldSinceMs: null };
  if (word === words.press) return stepTo(next, { readings: told({ type: 'press' }) });
  if (word === words.double) return stepTo(next, { readings: told({ type: 'double' }) });
  // Another key of the same remote. It may stop, and never start, begin or clear anything: a short hold does just that.
  return stepTo(next, { readings: told({ type: 'hold', heldMs: 0 }) });
}

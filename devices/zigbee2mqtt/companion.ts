import type { DeviceFault, DriverInput } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { isOnline, type Address, type Channel } from './address.ts';
import { findEntry, type Entry } from './definition.ts';

/** What is known of a device that opens no water: a lamp, a button, a thermometer. */
export interface Companion {
  readonly bridgeUp: boolean;
  /** Its own word of absence; it is there until then. */
  readonly away: boolean;
  readonly entry: Entry | 'missing' | null;
}

export const UNKNOWN: Companion = { bridgeUp: false, away: false, entry: null };

export const CHANNELS: readonly Channel[] = ['state', 'availability', 'bridge', 'devices'];

const isThere = ({ bridgeUp, away, entry }: Companion): boolean => bridgeUp && !away && entry !== 'missing';

/** Takes in what the bridge says of itself and of the device, and tells where that changes its presence. */
export function meet(
  id: DeviceId,
  at: Address,
  before: Companion,
  input: DriverInput,
): { readonly state: Companion; readonly faults: readonly DeviceFault[] } {
  const state = take(at, before, input);
  const faults: DeviceFault[] = [];
  if (state.entry === 'missing' && before.entry !== 'missing') {
    const message = `the bridge has no device "${at.name}"; pair it, or correct \`name\` to its friendly name`;
    faults.push({ type: 'refused', device: id, message });
  }
  if (isThere(state) !== isThere(before))
    faults.push({ type: 'presence', device: id, online: isThere(state) });
  return { state, faults };
}

function take(at: Address, state: Companion, input: DriverInput): Companion {
  if (input.type === 'link') return UNKNOWN;
  if (input.type !== 'message') return state;
  switch (at.channel(input.topic)) {
    case 'bridge':
      return { ...state, bridgeUp: isOnline(input.payload) ?? state.bridgeUp };
    case 'availability': {
      const online = input.retained ? null : isOnline(input.payload);
      return online === null ? state : { ...state, away: !online };
    }
    case 'devices':
      return { ...state, entry: findEntry(input.payload, at.name) ?? state.entry };
    default:
      return state;
  }
}

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
  /** Why it is no use in its role; null for none known. */
  readonly complaint: string | null;
}

export const UNKNOWN: Companion = { bridgeUp: false, away: false, entry: null, complaint: null };

export const CHANNELS: readonly Channel[] = ['state', 'availability', 'bridge', 'devices'];

const isThere = ({ bridgeUp, away, complaint }: Companion): boolean =>
  bridgeUp && !away && complaint === null;

/**
 * Takes in what the bridge says of itself and of the device, and tells where that changes its presence. `unfit` says
 * why a device on the list is no use in this role.
 */
export function meet(
  id: DeviceId,
  at: Address,
  before: Companion,
  input: DriverInput,
  unfit: (entry: Entry) => string | null = () => null,
): { readonly state: Companion; readonly faults: readonly DeviceFault[] } {
  const taken = take(at, before, input);
  const state = taken.entry === before.entry ? taken : { ...taken, complaint: complaintOf(at, taken, unfit) };
  const faults: DeviceFault[] = [];
  if (state.complaint !== null && state.complaint !== before.complaint)
    faults.push({ type: 'refused', device: id, message: state.complaint });
  if (isThere(state) !== isThere(before))
    faults.push({ type: 'presence', device: id, online: isThere(state) });
  return { state, faults };
}

function complaintOf(
  at: Address,
  { entry }: Companion,
  unfit: (entry: Entry) => string | null,
): string | null {
  if (entry === null) return null;
  if (entry !== 'missing') return unfit(entry);
  return `the bridge has no device "${at.name}"; pair it, or correct \`name\` to its friendly name`;
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

import type { DeviceId } from '../../src/model/ids.ts';
import type { Trip } from '../../src/model/want.ts';
import { withEntry } from '../with-entry.ts';
import type { Detector, WatchInput } from './facts.ts';

interface Lease {
  /** When the lease that the device last acknowledged ends; until it has, when the one it was asked for does. */
  readonly endsAtMs: number;
  /** When leases were asked for that nobody has acknowledged yet, oldest first: that one an acknowledgement answers. */
  readonly askedAtMs: readonly number[];
}
type Leases = Readonly<Record<DeviceId, Lease>>;

/** T6: a renewal that the device did not acknowledge before the lease it renews ended; or the device is gone. */
export const t6: Detector<Leases> = {
  id: 'T6',
  trips: ['T6 lease_not_acknowledged', 'T6 device_offline', 'T6 device_refused'],
  initial: {},
  goesBy: ['sent', 'verified', 'ack', 'gone'],
  step({ facts, input, atMs }, before) {
    const leases = leasesAfter(before, input, atMs);
    if (input.type === 'gone' && (facts.expectation.active || leases[input.device] !== undefined)) {
      const state = without(leases, input.device);
      const trip = gone(input.device, input.why, input.message);
      return { state, trip, deadlineMs: soonestOf(state) };
    }
    let over: DeviceId | null = null;
    for (const id in leases) if (atMs >= (leases[id]?.endsAtMs ?? Infinity)) over ??= id;
    if (over === null) return { state: leases, deadlineMs: soonestOf(leases) };
    const state = without(leases, over);
    return { state, trip: unacknowledged(over), deadlineMs: soonestOf(state) };
  },
};

function leasesAfter(leases: Leases, input: WatchInput, atMs: number): Leases {
  switch (input.type) {
    case 'sent':
      if (input.action === 'close') return without(leases, input.device);
      if (input.action === 'open')
        return withEntry(leases, input.device, { endsAtMs: atMs + input.leaseMs, askedAtMs: [atMs] });
      return changed(leases, input.device, (lease) => ({
        ...lease,
        askedAtMs: [...lease.askedAtMs, atMs],
      }));
    case 'verified':
      return input.status === 'closed' ? without(leases, input.device) : leases;
    case 'ack':
      return changed(leases, input.device, ({ endsAtMs, askedAtMs: [oldest = -Infinity, ...younger] }) => ({
        // Counted from asking: the device began no earlier than that.
        endsAtMs: Math.max(endsAtMs, oldest + input.leaseMs),
        askedAtMs: younger,
      }));
    default:
      return leases;
  }
}

/** Of a device that has a lease. */
function changed(leases: Leases, id: DeviceId, change: (lease: Lease) => Lease): Leases {
  const lease = leases[id];
  return lease === undefined ? leases : withEntry(leases, id, change(lease));
}

/** When the next lease ends; Infinity: there is none. */
function soonestOf(leases: Leases): number {
  let soonestMs = Infinity;
  for (const id in leases) soonestMs = Math.min(soonestMs, leases[id]?.endsAtMs ?? Infinity);
  return soonestMs;
}

function without(leases: Leases, id: DeviceId): Leases {
  return id in leases ? Object.fromEntries(Object.entries(leases).filter(([key]) => key !== id)) : leases;
}

function unacknowledged(device: DeviceId): Trip {
  return {
    detector: 'T6',
    reason: 'lease_not_acknowledged',
    response: 'abort',
    latch: false,
    message: `${device} did not acknowledge its renewal before the lease ended; it closes by itself`,
  };
}

function gone(device: DeviceId, why: 'offline' | 'rebooted' | 'refused', message: string): Trip {
  return {
    detector: 'T6',
    reason: why === 'refused' ? 'device_refused' : 'device_offline',
    response: 'abort',
    latch: false,
    message: `${device}: ${message}`,
  };
}

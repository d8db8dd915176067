import type { DeviceId } from '../../src/model/ids.ts';
import type { Trip } from '../../src/model/want.ts';
import type { Detector } from './facts.ts';

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
  initial: {},
  step({ facts, input, atMs }, before) {
    let leases = before;
    if (input.type === 'sent') {
      if (input.action === 'open')
        leases = { ...leases, [input.device]: { endsAtMs: atMs + input.leaseMs, askedAtMs: [atMs] } };
      if (input.action === 'renew') {
        const lease = leases[input.device];
        if (lease !== undefined)
          leases = { ...leases, [input.device]: { ...lease, askedAtMs: [...lease.askedAtMs, atMs] } };
      }
      if (input.action === 'close') leases = without(leases, input.device);
    }
    if (input.type === 'verified' && input.status === 'closed') leases = without(leases, input.device);
    if (input.type === 'ack') {
      const lease = leases[input.device];
      const [oldest, ...younger] = lease?.askedAtMs ?? [];
      // Counted from asking: the device began no earlier than that.
      if (lease !== undefined && oldest !== undefined) {
        const endsAtMs = Math.max(lease.endsAtMs, oldest + input.leaseMs);
        leases = { ...leases, [input.device]: { endsAtMs, askedAtMs: younger } };
      }
    }
    if (input.type === 'gone' && (facts.expectation.active || leases[input.device] !== undefined)) {
      const state = without(leases, input.device);
      const trip = gone(input.device, input.why, input.message);
      return { state, trip, deadlineMs: soonestOf(state) };
    }
    let over: DeviceId | null = null;
    for (const id in leases) if (atMs >= endOf(leases, id)) over ??= id;
    if (over === null) return { state: leases, deadlineMs: soonestOf(leases) };
    const state = without(leases, over);
    return { state, trip: unacknowledged(over), deadlineMs: soonestOf(state) };
  },
};

function endOf(leases: Leases, id: DeviceId): number {
  return leases[id]?.endsAtMs ?? Infinity;
}

/** When the next lease ends. */
function soonestOf(leases: Leases): number | null {
  let soonestMs = Infinity;
  for (const id in leases) soonestMs = Math.min(soonestMs, endOf(leases, id));
  return soonestMs === Infinity ? null : soonestMs;
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

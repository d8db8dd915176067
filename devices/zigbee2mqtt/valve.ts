import type { Device, DeviceCommand, DriverInput, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { stepTo } from '../support.ts';
import type { Address } from './address.ts';
import { message } from './valve-messages.ts';
import {
  ACK_MS,
  AGAIN_MS,
  closing,
  declarationOf,
  fail,
  MEET_MAX_MS,
  refused,
  STRANGE,
  TIMED_MAX_S,
  ZIGBEE_LEASE,
  type Step,
  type Valve,
  type ValveState,
} from './valve-state.ts';

/**
 * A valve behind a relay at a Zigbee2MQTT bridge, or a valve that is one. What it is, the bridge says.
 *
 * `{"state":"ON","countdown":S}` is two Zigbee commands: `on`, which cancels a running countdown, then the countdown, a
 * toggle S seconds later. Three things follow. Both keys are always sent: a countdown alone would turn a closed relay
 * on. A close that overtakes an unanswered open may fall between the two, so it is sent again until that is over. And a
 * command without an echo may have left the relay on without its timer, so it is closed.
 */

export function valveDevice(
  id: DeviceId,
  role: Role,
  at: Address,
  endpoint: string | null,
  travelMs: number | null,
): Device<ValveState> {
  const self: Valve = { id, at, endpoint, travelMs };
  return {
    id,
    role,
    driver: 'zigbee2mqtt',
    // Until the bridge says otherwise: what the documentation asks for.
    declaration: declarationOf(self, null),
    topics: (['state', 'availability', 'bridge', 'devices', 'event', 'logging'] as const).map((channel) =>
      at.topic(channel),
    ),
    init: () => stepTo(STRANGE),
    step: (state, input, atMs) => {
      const next = valveStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: nextDueMs(next.state) };
    },
  };
}

function nextDueMs({ meeting, pending, again, listDueMs }: ValveState): number | null {
  const due = [meeting?.nextMs, pending?.untilMs, again[0], listDueMs ?? undefined].filter(
    (atMs) => atMs !== undefined,
  );
  return due.length === 0 ? null : Math.min(...due);
}

function valveStep(self: Valve, state: ValveState, input: DriverInput, atMs: number): Step {
  switch (input.type) {
    case 'link':
      // The bridge is unknown yet, and hears this if it is there. What it is comes retained with the subscription.
      return input.up
        ? stepTo({ ...STRANGE, turn: state.turn, linkUp: true }, { out: [closing(self, state)] })
        : stepTo({ ...STRANGE, turn: state.turn });
    case 'command':
      return command(self, state, input.command, atMs);
    case 'message':
      return message(self, state, input, atMs);
    case 'clock':
      return clock(self, state, atMs);
  }
}

function command(self: Valve, state: ValveState, asked: DeviceCommand, atMs: number): Step {
  switch (asked.action) {
    case 'open':
      return grant(self, { ...state, on: null }, asked.leaseMs, true, atMs);
    case 'renew':
      // Opening and renewing are the same words. Once the device has said OFF, a renewal would be an open that the
      // interlock did not judge; left out, it is missed and ends the session.
      if (state.on === false || !state.wanted) return stepTo(state);
      return grant(self, state, asked.leaseMs, false, atMs);
    case 'close': {
      const again = state.pending === null ? state.again : AGAIN_MS.map((afterMs) => atMs + afterMs);
      return stepTo({ ...state, wanted: false, pending: null, again }, { out: [closing(self, state)] });
    }
    case 'sample':
    case 'cue':
      return stepTo(state);
  }
}

function grant(self: Valve, state: ValveState, leaseMs: number, opens: boolean, atMs: number): Step {
  const { judged } = state;
  // Nothing is queued for a link that is down: it would arrive as a stale open.
  if (!state.linkUp) return stepTo(state);
  if (!state.met || judged?.fit !== true) {
    const text = 'it has not answered yet, or what it is is not known; it stays closed';
    return stepTo(state, { faults: [refused(self, text)] });
  }
  if (!opens && judged.timer === 'on_time') return stepTo(state);
  const seconds = secondsOf(
    state,
    leaseMs,
    judged.timer === 'on_time' ? TIMED_MAX_S : ZIGBEE_LEASE.maxMs / 1_000,
  );
  const pending = { seconds, untilMs: atMs + ACK_MS, opens };
  const out = [self.at.set({ [judged.state]: 'ON', [judged.seconds]: seconds })];
  return stepTo({ ...state, wanted: true, pending, turn: state.turn + 1, again: [], disarmed: 0 }, { out });
}

/**
 * Whole seconds below the lease, each time others than the last ones: the bridge repeats what it knows with every
 * message of the device, so an echo proves this command only where its number is new.
 */
function secondsOf({ turn, told }: ValveState, leaseMs: number, maxS: number): number {
  const lease =
    leaseMs > ZIGBEE_LEASE.minMs ? Math.min(Math.floor(leaseMs / 1_000), maxS) : ZIGBEE_LEASE.minMs / 1_000;
  const seconds = lease - (turn % 3);
  return seconds === told ? lease - 3 : seconds;
}

function clock(self: Valve, state: ValveState, atMs: number): Step {
  const { meeting, pending, again, listDueMs, judged } = state;
  if (pending !== null && atMs >= pending.untilMs) {
    const text =
      `it did not confirm its deadline within ${ACK_MS / 1_000} s, so it was closed; look at its route and at the log of ` +
      'Zigbee2MQTT, and leave its option `optimistic` on';
    return fail(self, state, text, atMs);
  }
  if (listDueMs !== null && atMs >= listDueMs) {
    const text = `the bridge is there and tells no devices at ${self.at.topic('devices')}; no water is opened. Look whether the broker drops large or retained messages`;
    return stepTo({ ...state, listDueMs: null }, { faults: [refused(self, text)] });
  }
  const out: Outgoing[] = [];
  let next = state;
  if (again.some((dueMs) => atMs >= dueMs)) {
    out.push(closing(self, state));
    next = { ...next, again: again.filter((dueMs) => dueMs > atMs) };
  }
  if (meeting !== null && atMs >= meeting.nextMs && judged?.fit === true) {
    out.push(closing(self, state), self.at.get(judged.state));
    const waitMs = Math.min(meeting.waitMs * 2, MEET_MAX_MS);
    next = { ...next, meeting: { ...meeting, waitMs, nextMs: atMs + waitMs } };
  }
  return stepTo(next, { out });
}

import type {
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DriverInput,
  DriverStep,
  Reading,
  Role,
} from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { fitLease, SOLENOID_TRAVEL_MS, stepTo } from '../support.ts';
import type { LeaseAck } from './codec.ts';
import {
  decodeAck,
  decodeOnOff,
  encodeLease,
  leaseTopic,
  presence,
  stateTopic,
  statusTopic,
} from './codec.ts';

/**
 * A valve or a mixer of a node with our lease script (`examples/esphome/`). The node closes by itself when a lease
 * runs out, when it loses the broker and when it starts; it answers each lease at `<node>/lease/state`.
 */

/** L21 on our own YAML: at most 30 s, and the node refuses more. */
export const NODE_LEASE = { minMs: 1, maxMs: 30_000, stepMs: 1, defaultMs: 10_000 } as const;

interface ValveState {
  readonly linkUp: boolean;
  /** The lease last asked for, milliseconds; null once it was closed, or the node was lost or restarted. */
  readonly wantedMs: number | null;
  /** The node has said closed since the last open. */
  readonly shut: boolean;
  /** The node's last boot id; null before its first word. */
  readonly boot: string | null;
}

interface Valve {
  readonly id: DeviceId;
  readonly node: string;
  readonly part: string;
  readonly mixer: boolean;
}

export function valveDevice(
  id: DeviceId,
  role: Role,
  node: string,
  part: string,
  mixer: boolean,
  travelMs: number | null,
): Device<ValveState> {
  const self: Valve = { id, node, part, mixer };
  const declaration: DeviceDeclaration = {
    deadline: 'per-command',
    lease: NODE_LEASE,
    travelMs: travelMs ?? SOLENOID_TRAVEL_MS,
    reportMs: 1_000,
    acknowledgesRenewals: true,
    sampleMs: null,
  };
  const topics = [statusTopic(node), leaseTopic(node), ...(mixer ? [] : [stateTopic(node, 'switch', part)])];
  return {
    id,
    role,
    driver: 'esphome',
    declaration,
    topics,
    init: () => stepTo({ linkUp: false, wantedMs: null, shut: false, boot: null }),
    step: (state, input) => valveStep(self, state, input),
  };
}

function valveStep(self: Valve, state: ValveState, input: DriverInput): DriverStep<ValveState> {
  switch (input.type) {
    case 'link':
      // A switch that is off already reports nothing new, so the answer to this close is how we learn that it is.
      return input.up ? close(self, { ...state, linkUp: true }) : stepTo({ ...lost(state), linkUp: false });
    case 'command':
      return command(self, state, input.command);
    case 'message':
      return message(self, state, input);
    case 'clock':
      return stepTo(state);
  }
}

const lost = (state: ValveState): ValveState => ({ ...state, wantedMs: null, shut: false });

function close({ node, part }: Valve, state: ValveState): DriverStep<ValveState> {
  return stepTo({ ...state, wantedMs: null }, { out: [encodeLease(node, part, 0, null)] });
}

function command(self: Valve, state: ValveState, asked: DeviceCommand): DriverStep<ValveState> {
  switch (asked.action) {
    case 'open':
      return grant(self, { ...state, shut: false }, asked.leaseMs, asked.targetC);
    case 'renew':
      // The node renews and opens by the same words. Once it has said closed, a renewal would be an open that the
      // interlock did not judge; left out, it is missed and ends the session.
      return state.shut ? stepTo(state) : grant(self, state, asked.leaseMs, asked.targetC);
    case 'close':
      return close(self, state);
    case 'sample':
    case 'cue':
      return stepTo(state);
  }
}

function grant(
  self: Valve,
  state: ValveState,
  leaseMs: number,
  targetC: number | null,
): DriverStep<ValveState> {
  // Nothing is queued for a link that is down: it would arrive as a stale open.
  if (!state.linkUp) return stepTo(state);
  if (self.mixer && targetC === null) {
    const text = 'a mixer is opened with a temperature, and none was given; it stays closed';
    return stepTo(state, { faults: [{ type: 'refused', device: self.id, message: text }] });
  }
  const wantedMs = fitLease(leaseMs, NODE_LEASE);
  const out = [encodeLease(self.node, self.part, wantedMs, self.mixer ? targetC : null)];
  return stepTo({ ...state, wantedMs }, { out });
}

function message(
  self: Valve,
  state: ValveState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
): DriverStep<ValveState> {
  const heard = presence(self.node, self.id, topic, payload);
  if (heard?.type === 'presence') {
    // Also the retained word: it arrives once our subscription stands, so the answer to this close is heard.
    return { ...(heard.online ? close(self, state) : stepTo(lost(state))), faults: [heard] };
  }
  // ESPHome retains its states: what lay at the broker says nothing of now.
  if (retained) return stepTo(state);
  if (topic === leaseTopic(self.node)) {
    const ack = decodeAck(payload, self.part);
    return ack === null ? stepTo(state) : acknowledged(self, state, ack);
  }
  const on =
    !self.mixer && topic === stateTopic(self.node, 'switch', self.part) ? decodeOnOff(payload) : null;
  if (on === null) return stepTo(state);
  return stepTo({ ...state, shut: !on }, { readings: [reported(self, on)] });
}

const reported = ({ id }: Valve, open: boolean): Reading => ({
  kind: 'valve',
  device: id,
  status: open ? 'open' : 'closed',
});

function acknowledged(self: Valve, state: ValveState, ack: LeaseAck): DriverStep<ValveState> {
  const open = ack.ms > 0;
  // A valve is open when its switch says so; a mixer has no switch of its own. Closed is believed of both.
  const readings = self.mixer || !open ? [reported(self, open)] : [];
  if (state.boot !== null && state.boot !== ack.boot) {
    // A renewal may have reached the node after its restart and opened it again: not ours any more.
    const out = open ? [encodeLease(self.node, self.part, 0, null)] : [];
    const faults = [{ type: 'rebooted', device: self.id }] as const;
    return stepTo({ ...lost(state), shut: true, boot: ack.boot }, { out, readings, faults });
  }
  const next = { ...state, boot: ack.boot, shut: self.mixer || !open ? !open : state.shut };
  if (!open || state.wantedMs === null || ack.ms > state.wantedMs) return stepTo(next, { readings });
  const acks = [{ device: self.id, leaseMs: ack.ms, targetC: ack.target_c ?? null }];
  return stepTo(next, { readings, acks });
}

import type {
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DriverInput,
  DriverStep,
  Outgoing,
  Role,
} from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { fitLease, SOLENOID_TRAVEL_MS, stepTo } from '../support.ts';
import { presence, type Address } from './address.ts';
import type { Reply } from './codec.ts';
import {
  encodePulseTime,
  parseReply,
  pulseTimeSet,
  relayState,
  remainingMs,
  unknownCommand,
} from './codec.ts';

/**
 * A valve behind a Tasmota relay. The lease is `TimedPower<x> <ms>`: it arms a timer in the device that switches
 * the relay off, then switches it on; sent again it replaces the pending timer. What must never be sent: an empty
 * payload with an index (clears the timer and leaves the valve open), a second argument (`off` turns it round),
 * the value 0, and any deadline with a close. Source: arendst/Tasmota support_command.ino, CmndTimedPower.
 */

/** L21: at most 30 s. TimedPower itself counts in 50 ms from 50 ms. */
export const RELAY_LEASE = { minMs: 50, maxMs: 30_000, stepMs: 50, defaultMs: 10_000 } as const;

/** The ceiling in the device's flash bounds every opening, also a person's at the relay's own button. */
export const CEILING_MS = 45_000;

/** How much of a lease the way through the broker and back may have used before it counts as not granted. */
const ACK_LATE_MS = 3_000;

interface RelayState {
  readonly linkUp: boolean;
  /** The relay's last report since the last open or greeting; null for none. */
  readonly on: boolean | null;
  /** Sent and not yet acknowledged; `seen` once the relay has answered ON to it. */
  readonly pending: { readonly leaseMs: number; readonly seen: boolean } | null;
  /** TimedPower was asked for in the greeting and has not answered. */
  readonly probing: boolean;
  /** Settings written since the greeting. Each is written at most once, whatever it reads back: flash wears out. */
  readonly written: readonly string[];
}

const REMEDY =
  'the relay does not know TimedPower, so it cannot close by itself; no water was opened. ' +
  'Install a Tasmota release that has TimedPower';

interface Relay {
  readonly id: DeviceId;
  readonly at: Address;
  readonly relay: number;
}

export function relayDevice(
  id: DeviceId,
  role: Role,
  at: Address,
  relay: number,
  travelMs: number | null,
): Device<RelayState> {
  const self: Relay = { id, at, relay };
  const declaration: DeviceDeclaration = {
    deadline: 'per-command',
    lease: RELAY_LEASE,
    travelMs: travelMs ?? SOLENOID_TRAVEL_MS,
    reportMs: 1_000,
    acknowledgesRenewals: true,
    sampleMs: null,
  };
  return {
    id,
    role,
    driver: 'tasmota',
    declaration,
    topics: [at.topic('stat', '+'), at.topic('tele', 'LWT'), at.topic('tele', 'INFO1')],
    init: () => stepTo({ linkUp: false, on: null, pending: null, probing: false, written: [] }),
    step: (state, input) => relayStep(self, state, input),
  };
}

function relayStep(self: Relay, state: RelayState, input: DriverInput): DriverStep<RelayState> {
  switch (input.type) {
    case 'link':
      return input.up
        ? greet(self, { ...state, linkUp: true })
        : stepTo({ ...state, linkUp: false, on: null, pending: null });
    case 'command':
      return command(self, state, input.command);
    case 'message':
      return message(self, state, input);
    case 'clock':
      return stepTo(state);
  }
}

/** Close first, whatever was; then ask what the device can do and how it is set. Its answers do the rest. */
function greet(self: Relay, state: RelayState): DriverStep<RelayState> {
  const { at, relay } = self;
  const ask = [`PulseTime${relay}`, 'PowerOnState', 'SetOption0'].map((name) => at.command(name, ''));
  const out = [closing(self), at.command('TimedPower', ''), ...ask];
  return stepTo({ ...state, on: null, pending: null, probing: true, written: [] }, { out });
}

const closing = ({ at, relay }: Relay): Outgoing => at.command(`POWER${relay}`, 'OFF', 1);

function command(self: Relay, state: RelayState, asked: DeviceCommand): DriverStep<RelayState> {
  switch (asked.action) {
    case 'open':
      return grant(self, { ...state, on: null }, asked.leaseMs);
    case 'renew':
      // TimedPower renews and opens by the same words. Once the relay has said OFF, a renewal would be an open that
      // the interlock did not judge; left out, it is missed and ends the session.
      return state.on === false ? stepTo(state) : grant(self, state, asked.leaseMs);
    case 'close':
      return stepTo({ ...state, pending: null }, { out: [closing(self)] });
    case 'sample':
    case 'cue':
      return stepTo(state);
  }
}

/** Arms and opens in one command, then asks what is armed. Nothing is queued for a link that is down. */
function grant({ at, relay }: Relay, state: RelayState, wantedMs: number): DriverStep<RelayState> {
  if (!state.linkUp) return stepTo(state);
  const leaseMs = fitLease(wantedMs, RELAY_LEASE);
  const out = [at.command(`TimedPower${relay}`, String(leaseMs)), at.command('TimedPower', '')];
  return stepTo({ ...state, pending: { leaseMs, seen: false } }, { out });
}

function message(
  self: Relay,
  state: RelayState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
): DriverStep<RelayState> {
  const { at, id, relay } = self;
  const heard = presence(at, id, topic, payload);
  if (heard?.type === 'presence') {
    // Also the retained word: it arrives once our subscription stands, so the answers to this greeting are heard.
    const next = heard.online ? greet(self, state) : stepTo({ ...state, on: null, pending: null });
    return { ...next, faults: [heard] };
  }
  if (retained) return stepTo(state);
  // INFO1 is published at the first connection after a restart only. A TimedPower timer did not survive it.
  if (at.tele(topic) === 'INFO1')
    return { ...greet(self, state), faults: [{ type: 'rebooted', device: id }] };
  const name = at.stat(topic);
  if (name === null) return stepTo(state);
  const answer = parseReply(payload);
  const on = relayState(name, payload, answer, relay);
  if (on !== null) return report(self, state, on);
  return answer === null ? stepTo(state) : reply(self, state, answer);
}

function report({ id }: Relay, state: RelayState, on: boolean): DriverStep<RelayState> {
  const pending = state.pending === null || !on ? state.pending : { ...state.pending, seen: true };
  const readings = [{ kind: 'valve', device: id, status: on ? 'open' : 'closed' }] as const;
  return stepTo({ ...state, on, pending }, { readings });
}

function reply(self: Relay, state: RelayState, answer: Reply): DriverStep<RelayState> {
  const left = remainingMs(answer, self.relay);
  if (left !== null) return acknowledge(self, { ...state, probing: false }, left);
  if ((state.probing || state.pending !== null) && unknownCommand(answer, 'TimedPower')) {
    const faults = [{ type: 'refused', device: self.id, message: REMEDY }] as const;
    return stepTo({ ...state, probing: false, pending: null }, { faults });
  }
  return settings(self, state, answer);
}

/**
 * A lease is granted when the relay has answered ON to it and the timer holds nearly all of it. The lower bound is
 * also more than an older lease could have left, since leases are renewed at a third of their time.
 */
function acknowledge({ id }: Relay, state: RelayState, leftMs: number): DriverStep<RelayState> {
  if (state.pending?.seen !== true) return stepTo(state);
  const { leaseMs } = state.pending;
  const leastMs = Math.max(leaseMs - ACK_LATE_MS, Math.ceil((leaseMs * 2) / 3));
  if (leftMs < leastMs || leftMs > leaseMs + 100) return stepTo(state);
  return stepTo({ ...state, pending: null }, { acks: [{ device: id, leaseMs: leftMs, targetC: null }] });
}

/** Writes the settings that read back wrong: the ceiling, off at power-up, and off after a restart by itself. */
function settings({ at, relay }: Relay, state: RelayState, answer: Reply): DriverStep<RelayState> {
  const ceiling = encodePulseTime(CEILING_MS);
  const set = pulseTimeSet(answer, relay);
  const wrong: { name: string; value: string }[] = [];
  if (set !== null && set !== ceiling) wrong.push({ name: `PulseTime${relay}`, value: String(ceiling) });
  const atPowerUp = answer['PowerOnState'];
  if (typeof atPowerUp === 'number' && atPowerUp !== 0) wrong.push({ name: 'PowerOnState', value: '0' });
  if (answer['SetOption0'] === 'ON') wrong.push({ name: 'SetOption0', value: '0' });
  const due = wrong.filter(({ name }) => !state.written.includes(name));
  if (due.length === 0) return stepTo(state);
  const written = [...state.written, ...due.map(({ name }) => name)];
  return stepTo({ ...state, written }, { out: due.map(({ name, value }) => at.command(name, value)) });
}

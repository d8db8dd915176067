import type { Ack, DeviceFault, Outgoing } from '../../src/model/device.ts';
import { stepTo } from '../support.ts';
import { announces, isOnline, loggedError, parseBody, type Body } from './address.ts';
import { findEntry, judge, type Judgement } from './definition.ts';
import {
  absent,
  closing,
  declarationOf,
  DISARMS,
  fail,
  greet,
  LIST_WAIT_MS,
  refused,
  type Step,
  type Valve,
  type ValveState,
} from './valve-state.ts';

interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

/** Everything the bridge says that concerns one water device. */
export function message(
  self: Valve,
  state: ValveState,
  { topic, payload, retained }: Heard,
  atMs: number,
): Step {
  const channel = self.at.channel(topic);
  // Presence and the list are what was said last, and kept. Everything else retained says nothing of now.
  if (channel === 'bridge') return bridge(self, state, isOnline(payload), retained, atMs);
  if (channel === 'devices') return listed(self, state, payload, atMs);
  if (retained || channel === null) return stepTo(state);
  switch (channel) {
    case 'availability':
      return availability(self, state, isOnline(payload), atMs);
    case 'event': {
      if (!state.met || !announces(payload, self.at.name)) return stepTo(state);
      // Mostly its power came back: a countdown did not survive that.
      return { ...greet(self, state, atMs), faults: [{ type: 'rebooted', device: self.id }, absent(self)] };
    }
    case 'logging':
      return logged(self, state, loggedError(payload, self.at.name), atMs);
    case 'state':
      return said(self, state, parseBody(payload));
  }
}

function bridge(
  self: Valve,
  state: ValveState,
  online: boolean | null,
  retained: boolean,
  atMs: number,
): Step {
  if (online === null) return stepTo(state);
  if (!online) {
    const next = { ...state, bridgeUp: false, meeting: null, met: false, on: null, wanted: false };
    return stepTo({ ...next, pending: null, again: [], listDueMs: null }, { faults: [absent(self)] });
  }
  // Said again without a word of farewell, it has started or connected anew.
  const faults: DeviceFault[] = state.bridgeUp && !retained ? [absent(self)] : [];
  const listDueMs = state.judged === null ? atMs + LIST_WAIT_MS : null;
  return { ...greet(self, { ...state, bridgeUp: true, listDueMs }, atMs), faults };
}

/** The list comes with every change at the bridge: only what it says of this device matters, and only where it is new. */
function listed(self: Valve, state: ValveState, payload: string, atMs: number): Step {
  const entry = findEntry(payload, self.at.name);
  if (entry === null) return stepTo(state);
  const judged = judge(entry, self.at.name, self.endpoint);
  if (JSON.stringify(judged) === JSON.stringify(state.judged)) return stepTo({ ...state, listDueMs: null });
  const known = { ...state, judged, listDueMs: null, complaint: null };
  const faults: DeviceFault[] = judged.fit ? declared(self, judged) : [refused(self, judged.message)];
  if (state.met) faults.push(absent(self));
  if (!state.bridgeUp) return stepTo(known, { faults });
  return { ...greet(self, known, atMs), faults };
}

function declared(self: Valve, judged: Extract<Judgement, { fit: true }>): DeviceFault[] {
  const declaration = declarationOf(self, judged);
  return [{ type: 'declared', device: self.id, model: judged.model, declaration }];
}

/** A hint, and of absence only: it is off by default, and ten minutes late. */
function availability(self: Valve, state: ValveState, online: boolean | null, atMs: number): Step {
  if (online === null || !state.bridgeUp || online === state.met) return stepTo(state);
  const next = greet(self, state, atMs);
  return online ? next : { ...next, faults: [absent(self)] };
}

function logged(self: Valve, state: ValveState, error: string | null, atMs: number): Step {
  if (error === null) return stepTo(state);
  if (state.pending !== null)
    return fail(self, state, `the bridge could not tell it to open, so it was closed: ${error}`, atMs);
  if (state.meeting === null || state.complaint === error) return stepTo(state);
  const faults = [refused(self, `it does not answer the bridge: ${error}`)];
  return stepTo({ ...state, complaint: error }, { faults });
}

/** A state message: the device's report, the echo of a command it has answered, or what the bridge remembers. */
function said(self: Valve, state: ValveState, body: Body | null): Step {
  const { judged } = state;
  if (body === null || judged?.fit !== true) return stepTo(state);
  const word = body[judged.state];
  const seconds = body[judged.seconds];
  const heard = { ...state, told: typeof seconds === 'number' ? seconds : state.told };
  if (word !== 'ON' && word !== 'OFF') return stepTo(heard);
  const on = word === 'ON';
  if (!state.met) return meet(self, heard, judged, body, on);
  const readings = [{ kind: 'valve', device: self.id, status: on ? 'open' : 'closed' }] as const;
  const power = atPowerUp(self, { ...heard, on }, judged, body);
  const acked = acknowledged(self, power.state, judged, on ? seconds : null);
  // The bridge repeats the last number with every report: only a new one is a countdown that runs.
  const disarm = disarmed(self, acked.state, seconds === state.told ? null : seconds);
  const out = [...power.out, ...acked.out, ...disarm.out];
  return stepTo(disarm.state, { out, readings, acks: acked.acks });
}

/** At its start a bridge repeats what it remembers once: only what follows is the device's own word. */
function meet(
  self: Valve,
  state: ValveState,
  judged: Extract<Judgement, { fit: true }>,
  body: Body,
  on: boolean,
): Step {
  const { meeting } = state;
  if (meeting === null || !state.bridgeUp) return stepTo(state);
  if (on || meeting.heard === 0) {
    const out = [...(on ? [closing(self, state)] : []), self.at.get(judged.state)];
    // What said ON may be memory too: after it the counting begins anew, once.
    return stepTo(
      { ...state, meeting: { ...meeting, heard: meeting.heard + 1 } },
      { out: meeting.heard < 6 ? out : [] },
    );
  }
  const readings = [{ kind: 'valve', device: self.id, status: 'closed' }] as const;
  const faults = [{ type: 'presence', device: self.id, online: true }] as const;
  const power = atPowerUp(
    self,
    { ...state, met: true, meeting: null, on: false, complaint: null },
    judged,
    body,
  );
  const asked = judged.atPowerUp !== null && body[judged.atPowerUp] === undefined;
  const out = asked ? [self.at.get(judged.atPowerUp)] : power.out;
  return stepTo(power.state, { out, readings, faults });
}

interface Part {
  readonly state: ValveState;
  readonly out: readonly Outgoing[];
}

/** A relay that comes back on after a power cut has no countdown then. Set once a meeting: it lies in flash. */
function atPowerUp(
  self: Valve,
  state: ValveState,
  judged: Extract<Judgement, { fit: true }>,
  body: Body,
): Part {
  const value = judged.atPowerUp === null ? undefined : body[judged.atPowerUp];
  if (judged.atPowerUp === null || state.written || typeof value !== 'string' || value === 'off')
    return { state, out: [] };
  return { state: { ...state, written: true }, out: [self.at.set({ [judged.atPowerUp]: 'off' })] };
}

/** ON with the very number that was sent; from a timed valve, which echoes nothing, its ON. Then it is read back. */
function acknowledged(
  self: Valve,
  state: ValveState,
  judged: Extract<Judgement, { fit: true }>,
  seconds: unknown,
): Part & { readonly acks: readonly Ack[] } {
  const { pending } = state;
  const proof = judged.timer === 'countdown' ? seconds === pending?.seconds : state.on === true;
  if (pending === null || state.on !== true || !proof) return { state, out: [], acks: [] };
  const acks = [{ device: self.id, leaseMs: pending.seconds * 1_000, targetC: null }];
  return { state: { ...state, pending: null }, out: pending.opens ? [self.at.get(judged.state)] : [], acks };
}

/**
 * A countdown that began after the close: the close fell between the two commands of an open, whatever its echo says.
 * The relay is off and would turn itself on at the end.
 */
function disarmed(self: Valve, state: ValveState, seconds: unknown): Part {
  if (state.wanted || typeof seconds !== 'number' || seconds <= 0 || state.disarmed >= DISARMS)
    return { state, out: [] };
  return { state: { ...state, disarmed: state.disarmed + 1 }, out: [closing(self, state)] };
}

import type { Device, DeviceCommand, DeviceDeclaration, DriverInput, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { fitLease, SOLENOID_TRAVEL_MS, stepTo } from '../support.ts';
import { switchStatus, wasOn, type SwitchStatus } from './codec.ts';
import { grantQuestions, judgeLease, SWITCH_LEASE } from './lease.ts';
import { closeQuestion, greet, meet, send, statusQuestion, unfit, uptime } from './meeting.ts';
import type { Kind, Valve, ValveState, ValveStep } from './meeting.ts';
import {
  address,
  answerOf,
  isDue,
  isSilent,
  NO_TALK,
  notificationOf,
  onlineWord,
  presence,
  refused,
  startTalk,
  talkDeadline,
  topicsOf,
  type Answer,
} from './rpc.ts';

/**
 * A valve behind a switch of a Shelly since Gen2. The lease is `Switch.Set {on: true, toggle_after}`: the device
 * switches on and arms a timer of its own that switches back, without broker or network; sent again it arms it anew.
 * What must never be sent: `toggle_after` with `on: false` (it would turn back on), and `on: true` without it (what
 * that does to a running timer is documented nowhere). Source: shelly-api-docs.shelly.cloud gen2, Switch.
 */
export function valveDevice(
  id: DeviceId,
  role: Role,
  prefix: string,
  part: number,
  travelMs: number | null,
): Device<ValveState> {
  const self: Valve = { id, at: address(prefix, id), part };
  const declaration: DeviceDeclaration = {
    deadline: 'per-command',
    lease: SWITCH_LEASE,
    travelMs: travelMs ?? SOLENOID_TRAVEL_MS,
    // A reply takes tens of milliseconds; a second is for a busy Wi-Fi.
    reportMs: 1_000,
    acknowledgesRenewals: true,
    sampleMs: null,
  };
  return {
    id,
    role,
    driver: 'shelly',
    declaration,
    topics: topicsOf(self.at),
    init: () => stepTo(UNKNOWN),
    step: (state, input, atMs) => {
      const next = valveStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: talkDeadline(next.state.talk, next.state.standing === 'there') };
    },
  };
}

const UNKNOWN: ValveState = {
  talk: NO_TALK,
  standing: 'away',
  meeting: { closed: false, info: false, config: false, wrote: false },
  complaint: null,
  on: null,
  startedS: null,
  pending: null,
  bootAtMs: null,
};

function valveStep(self: Valve, state: ValveState, input: DriverInput, atMs: number): ValveStep {
  switch (input.type) {
    case 'link':
      if (!input.up) return stepTo(leave(state, false));
      return greet(self, { ...leave(state, true), meeting: UNKNOWN.meeting }, atMs);
    case 'command':
      return command(self, state, input.command, atMs);
    case 'message':
      return message(self, state, input, atMs);
    case 'clock':
      return clock(self, state, atMs);
  }
}

/** Nothing is known of it any more. */
const leave = (state: ValveState, linkUp: boolean): ValveState => ({
  ...state,
  talk: startTalk(state.talk, linkUp),
  standing: 'away',
  on: null,
  pending: null,
});

function clock(self: Valve, state: ValveState, atMs: number): ValveStep {
  const { talk, standing } = state;
  if (standing === 'there' && isSilent(talk, atMs)) {
    const next = greet(self, leave(state, true), atMs);
    return { ...next, faults: [presence(self.id, false)] };
  }
  if (!isDue(talk, atMs)) return stepTo(state);
  // Whoever has not answered is met anew, and so closed first, however often it takes.
  if (standing === 'away' || standing === 'meeting') return greet(self, state, atMs);
  return send(
    self,
    state,
    [statusQuestion(self), { kind: 'sys', method: 'Sys.GetStatus', params: {} }],
    atMs,
  );
}

function command(self: Valve, state: ValveState, asked: DeviceCommand, atMs: number): ValveStep {
  switch (asked.action) {
    case 'open':
      return grant(self, { ...state, on: null }, asked.leaseMs, false, atMs);
    case 'renew':
      // A renewal and an open are the same words. Once the switch has said off, a renewal would be an open that the
      // interlock did not judge; left out, it is missed and ends the session.
      return state.on === false ? stepTo(state) : grant(self, state, asked.leaseMs, true, atMs);
    case 'close': {
      const status = state.talk.linkUp ? [statusQuestion(self)] : [];
      return send(self, { ...state, pending: null }, [closeQuestion(self), ...status], atMs);
    }
    case 'sample':
    case 'cue':
      return stepTo(state);
  }
}

/** Arms and opens in one command, then asks what is armed. Nothing is queued, nor sent to a device we do not know. */
function grant(self: Valve, state: ValveState, wantedMs: number, renewal: boolean, atMs: number): ValveStep {
  if (!state.talk.linkUp || state.standing !== 'there') return stepTo(state);
  const leaseMs = fitLease(wantedMs, SWITCH_LEASE);
  const pending = { leaseMs, renewal, sentAtMs: atMs, taken: false };
  return send(self, { ...state, pending }, [...grantQuestions(self, leaseMs), statusQuestion(self)], atMs);
}

function message(
  self: Valve,
  state: ValveState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): ValveStep {
  const { at } = self;
  if (topic === at.online) return online(self, state, onlineWord(payload), retained, atMs);
  if (retained || !state.talk.linkUp) return stepTo(state);
  if (topic === at.replies) {
    const reply = answerOf(at, state.talk, payload);
    return reply === null
      ? stepTo(state)
      : answered(self, { ...state, talk: reply.talk }, reply.answer, atMs);
  }
  if (topic !== at.events) return stepTo(state);
  const said = notificationOf(payload, `switch:${self.part}`);
  if (said === null) return stepTo(state);
  // Somebody has changed its settings: perhaps it will do now.
  if (state.standing === 'unfit' && said.events.some(({ event }) => event === 'config_changed'))
    return greet(self, state, atMs);
  const status = said.status === null ? null : switchStatus(said.status);
  return status === null ? stepTo(state) : reported(self, state, status, false, atMs);
}

/** The last will may be stored or not, so what is stored proves nothing: a device that answers is there. */
function online(
  self: Valve,
  state: ValveState,
  word: boolean | null,
  retained: boolean,
  atMs: number,
): ValveStep {
  if (word === null || !state.talk.linkUp) return stepTo(state);
  if (retained) {
    // It arrives once our subscriptions stand, so the answers to this greeting are heard.
    return word && state.standing !== 'there' ? greet(self, state, atMs) : stepTo(state);
  }
  const faults = state.standing === 'there' || !word ? [presence(self.id, false)] : [];
  // Gone is met like silent: a close and the questions that it will answer when it is back.
  return { ...greet(self, { ...leave(state, true), meeting: UNKNOWN.meeting }, atMs), faults };
}

function answered(self: Valve, state: ValveState, answer: Answer<Kind>, atMs: number): ValveStep {
  const { kind, result, error } = answer;
  if (kind === 'sys') return uptime(self, state, answer, atMs);
  if (state.standing === 'meeting' || state.standing === 'away') return meet(self, state, answer, atMs);
  if (kind === 'set') return taken(self, state, answer, atMs);
  // A device that is unfit has said why already.
  if (error !== null && state.standing === 'there') return unfit(self, state, `it says ${error}`, atMs);
  const status = error === null && kind === 'status' ? switchStatus(result) : null;
  return status === null ? stepTo(state) : reported(self, state, status, true, atMs);
}

/** The answer to the open or renewal itself: the command was carried out, and what the switch was before. */
function taken(self: Valve, state: ValveState, { result, error }: Answer<Kind>, atMs: number): ValveStep {
  const { pending } = state;
  if (pending === null) return stepTo(state);
  const lapsed = pending.renewal && wasOn(result) === false;
  if (error === null && !lapsed) return stepTo({ ...state, pending: { ...pending, taken: true } });
  const next = send(self, { ...state, pending: null }, [closeQuestion(self), statusQuestion(self)], atMs);
  const why = lapsed
    ? 'it had closed before its lease was renewed; it was told to close again'
    : `it does not open: it says ${error ?? 'nothing'}; it was told to close. Update its firmware if it does not know toggle_after`;
  return { ...next, faults: [refused(self.id, why)] };
}

/** `whole`: the answer to our own question, so what it leaves out is not there. */
function reported(
  self: Valve,
  before: ValveState,
  status: SwitchStatus,
  whole: boolean,
  atMs: number,
): ValveStep {
  const { output, timer } = status;
  const errors = status.errors ?? [];
  const state = { ...before, on: output ?? before.on };
  if (errors.length > 0 && state.standing === 'there') {
    const list = errors.slice(0, 5).join(', ').slice(0, 100);
    const why = `it reports ${list} and keeps the valve closed; look at its wiring and load`;
    return unfit(self, state, why, atMs, 'error');
  }
  // It has recovered from what it reported.
  if (state.complaint === 'error' && whole && errors.length === 0) return greet(self, state, atMs);
  // A device that does not count as there is kept closed, whoever opened it.
  if (state.standing !== 'there')
    return output === true ? send(self, state, [closeQuestion(self)], atMs) : stepTo(state);
  if (output === null) return stepTo(state);
  if (!output && timer !== null) {
    const why = 'it runs a timer that would open the closed valve again; switch its auto-on off';
    return unfit(self, state, why, atMs);
  }
  const reading = { kind: 'valve', device: self.id, status: output ? 'open' : 'closed' } as const;
  const judged = whole && output ? judgeLease(state, timer, atMs) : null;
  if (judged === null) return stepTo(state, { readings: [reading] });
  if ('refusal' in judged) return unfit(self, state, judged.refusal, atMs);
  const acks = [{ device: self.id, leaseMs: judged.leaseMs, targetC: null }];
  return stepTo({ ...state, pending: null, startedS: judged.startedS }, { readings: [reading], acks });
}

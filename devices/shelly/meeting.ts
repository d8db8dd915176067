import type { DriverStep } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { stepTo } from '../support.ts';
import { uptimeS, whyNoSwitch, wrongSettings } from './codec.ts';
import { ask, presence, refused, type Address, type Answer, type Question, type Talk } from './rpc.ts';

/** The ceiling in the device's flash bounds every opening, also a person's in its app or at its own button. */
export const CEILING_MS = 45_000;

/** How often it is asked whether it is still there, and whether it restarted. */
const POLL_MS = 5_000;

/** Two readings of a start time differ by the way there and back and by whole seconds of uptime; a restart by more. */
const BOOT_SLACK_MS = 3_000;

export type Kind = 'close' | 'info' | 'sys' | 'config' | 'write' | 'set' | 'status';

export interface Valve {
  readonly id: DeviceId;
  readonly at: Address;
  /** The id of the switch. */
  readonly part: number;
}

export interface ValveState {
  readonly talk: Talk<Kind>;
  /** `meeting`: greeted, and not known yet. `unfit`: known, and never opened. */
  readonly standing: 'away' | 'meeting' | 'there' | 'unfit';
  readonly meeting: {
    readonly closed: boolean;
    readonly info: boolean;
    readonly config: boolean;
    /** Settings were written in this meeting. They are written once, whatever reads back: flash wears out. */
    readonly wrote: boolean;
  };
  /** Why it is unfit: an error that may pass, or anything else; null for a device that is not. */
  readonly complaint: 'error' | 'other' | null;
  /** The switch's last report since the last open or meeting; null for none. */
  readonly on: boolean | null;
  /** When the timer of the lease that was granted last began, by the device's clock, seconds. */
  readonly startedS: number | null;
  /** Sent and not yet acknowledged; `taken` once the device has answered the command itself. */
  readonly pending: {
    readonly leaseMs: number;
    readonly renewal: boolean;
    readonly sentAtMs: number;
    readonly taken: boolean;
  } | null;
  /** When it last started, by our clock; null before it has said. */
  readonly bootAtMs: number | null;
}
export type ValveStep = DriverStep<ValveState>;

export const closeQuestion = ({ part }: Valve): Question<Kind> => ({
  kind: 'close',
  method: 'Switch.Set',
  params: { id: part, on: false },
  qos: 1,
});
export const statusQuestion = ({ part }: Valve): Question<Kind> => ({
  kind: 'status',
  method: 'Switch.GetStatus',
  params: { id: part },
});
const configQuestion = ({ part }: Valve): Question<Kind> => ({
  kind: 'config',
  method: 'Switch.GetConfig',
  params: { id: part },
});

export function send(
  self: Valve,
  state: ValveState,
  questions: readonly Question<Kind>[],
  atMs: number,
): ValveStep {
  const { talk, out } = ask(self.at, state.talk, questions, atMs, POLL_MS);
  return stepTo({ ...state, talk }, { out });
}

/** Close first, whatever was; then ask what the device is and how it is set. Its answers do the rest. */
export function greet(self: Valve, state: ValveState, atMs: number): ValveStep {
  const meeting = { closed: false, info: false, config: false, wrote: state.meeting.wrote };
  const met: ValveState = {
    ...state,
    standing: 'meeting',
    meeting,
    complaint: null,
    on: null,
    pending: null,
  };
  const questions: readonly Question<Kind>[] = [
    closeQuestion(self),
    { kind: 'info', method: 'Shelly.GetDeviceInfo', params: {} },
    { kind: 'sys', method: 'Sys.GetStatus', params: {} },
    configQuestion(self),
  ];
  return send(self, met, questions, atMs);
}

/** One of the answers to a greeting. Until all have come nothing of the device counts, so nothing opens. */
export function meet(
  self: Valve,
  state: ValveState,
  { kind, result, error }: Answer<Kind>,
  atMs: number,
): ValveStep {
  if (error !== null) return unfit(self, state, `it says ${error}`, atMs);
  const { meeting } = state;
  switch (kind) {
    case 'close':
      return settle(self, { ...state, meeting: { ...meeting, closed: true } }, atMs);
    case 'info': {
      const why = whyNoSwitch(result);
      if (why !== null) return unfit(self, state, why, atMs);
      return settle(self, { ...state, meeting: { ...meeting, info: true } }, atMs);
    }
    case 'config':
      return settings(self, state, result, atMs);
    default:
      return stepTo(state);
  }
}

/** Writes what reads back wrong, in one message, and reads it back once more. */
function settings(self: Valve, state: ValveState, result: Answer<Kind>['result'], atMs: number): ValveStep {
  const wrong = wrongSettings(result, CEILING_MS);
  if (wrong === null) return unfit(self, state, 'its switch has no timer and no power-on setting', atMs);
  const names = Object.keys(wrong);
  if (names.length === 0)
    return settle(self, { ...state, meeting: { ...state.meeting, config: true } }, atMs);
  if (state.meeting.wrote) {
    const kept = names.join(', ');
    return unfit(self, state, `it did not take the settings Ebb needs (${kept}); set them in its app`, atMs);
  }
  const params = { id: self.part, config: wrong };
  const write: Question<Kind> = { kind: 'write', method: 'Switch.SetConfig', params };
  const wrote = { ...state, meeting: { ...state.meeting, wrote: true } };
  return send(self, wrote, [write, configQuestion(self)], atMs);
}

/** Known, closed and set: it is there, and says what its switch is. */
function settle(self: Valve, state: ValveState, atMs: number): ValveStep {
  const { closed, info, config } = state.meeting;
  if (!closed || !info || !config) return stepTo(state);
  const next = send(self, { ...state, standing: 'there' }, [statusQuestion(self)], atMs);
  return { ...next, faults: [presence(self.id, true)] };
}

/** It will not do. It is closed, counts as not there, and is looked at again when it may have changed. */
export function unfit(
  self: Valve,
  state: ValveState,
  why: string,
  atMs: number,
  complaint: 'error' | 'other' = 'other',
): ValveStep {
  if (state.standing === 'unfit') return stepTo(state);
  const next: ValveState = { ...state, standing: 'unfit', complaint, pending: null };
  // In a meeting the close went out already.
  if (state.standing !== 'there') return stepTo(next, { faults: [refused(self.id, why)] });
  const closed = send(self, next, [closeQuestion(self)], atMs);
  return { ...closed, faults: [refused(self.id, why), presence(self.id, false)] };
}

/** A device that started later than it did has lost its timers, and was met by nobody. */
export function uptime(self: Valve, state: ValveState, { result }: Answer<Kind>, atMs: number): ValveStep {
  // What has no `Sys.GetStatus` answers with an error, and with no uptime.
  const upS = uptimeS(result);
  if (upS === null) return stepTo(state);
  const bootAtMs = atMs - upS * 1_000;
  const known = { ...state, bootAtMs };
  if (state.bootAtMs === null || bootAtMs - state.bootAtMs <= BOOT_SLACK_MS) return stepTo(known);
  const faults = [{ type: 'rebooted', device: self.id } as const];
  return state.standing === 'there' ? { ...greet(self, known, atMs), faults } : stepTo(known, { faults });
}

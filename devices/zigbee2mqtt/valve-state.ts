import type { DeviceDeclaration, DeviceFault, DriverStep, Outgoing } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { SOLENOID_TRAVEL_MS, stepTo } from '../support.ts';
import type { Address } from './address.ts';
import type { Judgement } from './definition.ts';

/** L21. Zigbee is slow, so leases are long; whole seconds. */
export const ZIGBEE_LEASE = { minMs: 10_000, maxMs: 30_000, stepMs: 1_000, defaultMs: 30_000 } as const;
/** L21 for what cannot be renewed: one lease covers the longest step (L3) and 5 s. */
export const TIMED_MAX_S = 245;
const TIMED_LEASE = {
  minMs: 1_000,
  maxMs: TIMED_MAX_S * 1_000,
  stepMs: 1_000,
  defaultMs: TIMED_MAX_S * 1_000,
};
/** What the bridge waits for a device's answer is 10 s; one that mattered came long before (documented, assumed). */
export const ACK_MS = 6_000;
/** When a close that may have overtaken an open goes out again; the last is after the bridge's own patience. */
export const AGAIN_MS = [1_000, 4_000, 11_000] as const;
/** A bridge that has just started hears nothing for a while, and a device without a route answers nothing. */
const MEET_FIRST_MS = 2_000;
export const MEET_MAX_MS = 30_000;
/** The retained list of devices comes with the subscription. */
export const LIST_WAIT_MS = 10_000;
/** How often a countdown that runs while the relay is off is cancelled, between two opens. */
export const DISARMS = 3;

export interface ValveState {
  readonly linkUp: boolean;
  readonly bridgeUp: boolean;
  readonly judged: Judgement | null;
  /** When the list of devices is overdue; null for not waiting. */
  readonly listDueMs: number | null;
  /** Closing until the device itself answers: how often it was heard, when it is asked again. */
  readonly meeting: { readonly heard: number; readonly nextMs: number; readonly waitMs: number } | null;
  readonly met: boolean;
  /** The device's last word; null for none since the last greeting or open. */
  readonly on: boolean | null;
  /** An open was let out and no close since. */
  readonly wanted: boolean;
  readonly pending: { readonly seconds: number; readonly untilMs: number; readonly opens: boolean } | null;
  /** The countdown the bridge told last, seconds. */
  readonly told: number | null;
  /** Counts leases: see `secondsOf`. */
  readonly turn: number;
  /** When a close goes out again. */
  readonly again: readonly number[];
  readonly disarmed: number;
  /** What happens at power-up has been set since the greeting. */
  readonly written: boolean;
  /** What was said last of why it is no use. */
  readonly complaint: string | null;
}

export const STRANGE: ValveState = {
  linkUp: false,
  bridgeUp: false,
  judged: null,
  listDueMs: null,
  meeting: null,
  met: false,
  on: null,
  wanted: false,
  pending: null,
  told: null,
  turn: 0,
  again: [],
  disarmed: 0,
  written: false,
  complaint: null,
};

export interface Valve {
  readonly id: DeviceId;
  readonly at: Address;
  readonly endpoint: string | null;
  /** `travel:` of the config. */
  readonly travelMs: number | null;
}

export type Step = DriverStep<ValveState>;

export function declarationOf({ travelMs }: Valve, judged: Judgement | null): DeviceDeclaration {
  const own = judged?.fit === true ? judged.travelMs : null;
  const leased = judged?.fit !== true || judged.timer === 'countdown';
  return {
    deadline: 'per-command',
    lease: leased ? ZIGBEE_LEASE : TIMED_LEASE,
    travelMs: own ?? travelMs ?? SOLENOID_TRAVEL_MS,
    // Two commands and a publication through a mesh: some 200 ms where it is well, seconds are possible (assumed).
    reportMs: 2_000,
    acknowledgesRenewals: leased,
    sampleMs: null,
  };
}

/** `{"state":"OFF"}` and nothing about time: it cancels a running countdown as well. */
export function closing({ at, endpoint }: Valve, { judged }: ValveState): Outgoing {
  const state = endpoint === null ? 'state' : `state_${endpoint}`;
  return at.set({ [judged?.fit === true ? judged.state : state]: 'OFF' }, 1);
}

export const absent = ({ id }: Valve): DeviceFault => ({ type: 'presence', device: id, online: false });
export const refused = ({ id }: Valve, text: string): DeviceFault => ({
  type: 'refused',
  device: id,
  message: text,
});

/** Close first, whatever was; then ask. It counts as there once it has itself said that it is off. */
export function greet(self: Valve, state: ValveState, atMs: number): Step {
  const idle = { ...state, met: false, on: null, wanted: false, pending: null, again: [], written: false };
  const out = [closing(self, state)];
  if (!state.linkUp || state.judged?.fit !== true) return stepTo({ ...idle, meeting: null }, { out });
  const meeting = { heard: 0, nextMs: atMs + MEET_FIRST_MS, waitMs: MEET_FIRST_MS };
  return stepTo({ ...idle, meeting }, { out: [...out, self.at.get(state.judged.state)] });
}

/** The relay may be on without its timer: closed at once, and again until it answers. */
export function fail(self: Valve, state: ValveState, text: string, atMs: number): Step {
  const next = greet(self, state, atMs);
  // The rest of the command may be under way still, and nobody would say so.
  const again = AGAIN_MS.map((afterMs) => atMs + afterMs);
  return { ...next, state: { ...next.state, again }, faults: [refused(self, text), absent(self)] };
}

import type { z } from 'zod';
import type { DeviceId } from './ids.ts';
import type { ValveState } from './state.ts';

/** What a device is to its station. A driver turns each of them into its own bytes. */
export const ROLES = [
  'hot',
  'cold',
  'mixer',
  'master',
  'drain',
  'heater',
  'thermometer',
  'flow',
  'level',
  'leak',
  'light',
  'buzzer',
  'button',
  'stop',
  'presence',
  'busy',
] as const;
export type Role = (typeof ROLES)[number];
/** The roles that open water. */
export type WaterRole = 'hot' | 'cold' | 'mixer';
/** The roles that sense something else than temperature. */
export type SenseRole = 'flow' | 'level' | 'leak' | 'presence' | 'busy';
const SENSES: readonly Role[] = ['flow', 'level', 'leak', 'presence', 'busy'] satisfies readonly SenseRole[];

/**
 * The switched outputs, and where each of them falls when nobody holds it: its safe position. `open` and `close` of a
 * command, and of a reading, are those of its coil: `open` holds it away from rest under a lease, `close` lets it fall.
 * So of a `drain`, which stands open at rest, `open` shuts it, and whoever is told of it is told by `positionOf`.
 */
export const REST = {
  hot: 'closed',
  cold: 'closed',
  mixer: 'closed',
  master: 'closed',
  drain: 'open',
  heater: 'closed',
} as const satisfies Partial<Record<Role, 'open' | 'closed'>>;
export type OutputRole = keyof typeof REST;

export function isWaterRole(role: Role): role is WaterRole {
  return role === 'hot' || role === 'cold' || role === 'mixer';
}

/** A device that is switched under a lease: whatever opens water, or may not stay on when Ebb is gone. */
export function isOutputRole(role: Role): role is OutputRole {
  return Object.hasOwn(REST, role);
}

export function isSenseRole(role: Role): role is SenseRole {
  return SENSES.includes(role);
}

/** What a state of the coil is to people: the same, and of a drain the other way round. */
export function positionOf<State extends ValveState>(role: OutputRole, state: State): State | ValveState {
  return REST[role] === 'open' ? (TURNED[state] ?? state) : state;
}

const TURNED: Readonly<Partial<Record<ValveState, ValveState>>> = {
  open: 'closed',
  closed: 'open',
  opening: 'closing',
  closing: 'opening',
};

/**
 * What a driver promises of a device, before any water: how an open closes by itself, how long it moves and how
 * long it takes to say so.
 */
export interface DeviceDeclaration {
  /**
   * `per-command`: every open carries its deadline. `ceiling`: a device setting bounds every open.
   * `none`: an open stays until it is closed; never warm water.
   */
  readonly deadline: 'per-command' | 'ceiling' | 'none';
  /** What a lease may be, milliseconds, and what Ebb asks for unless the station says otherwise (L21). */
  readonly lease: { minMs: number; maxMs: number; stepMs: number; defaultMs: number } | null;
  /** From the command at the device to the water following it, milliseconds. */
  readonly travelMs: number;
  /** From the device having moved to its report arriving here, milliseconds, at most. */
  readonly reportMs: number;
  /** True where the device answers each renewal in its own words. */
  readonly acknowledgesRenewals: boolean;
  /** Thermometers and other senses: the interval between samples, milliseconds; null where it speaks on a change only. */
  readonly sampleMs: number | null;
  /** Thermometers whose answers repeat the one before: the interval between measurements, milliseconds. */
  readonly refreshMs?: number;
  /**
   * A lease that runs out restarts the whole device: so long, at most, until it is back and says that it closed,
   * milliseconds. Left out where the device says so at once.
   */
  readonly restartMs?: number;
  /** It says nothing until somebody presses it or gets it wet, and nothing says it for it: whether it is there shows then. */
  readonly unannounced?: true;
  /** Thermometers that are good enough to look at and not to rest water on: why, and what is. */
  readonly shownOnly?: string;
}

/** What the interlock lets out to a water device, and what a station says to its other devices. */
export type DeviceCommand =
  | { readonly action: 'open'; readonly leaseMs: number; readonly targetC: number | null }
  | { readonly action: 'renew'; readonly leaseMs: number; readonly targetC: number | null }
  | { readonly action: 'close' }
  /** Thermometers and other senses: sample at the declared interval, or rest. */
  | { readonly action: 'sample'; readonly on: boolean }
  | { readonly action: 'cue'; readonly cue: Cue };

/** `count` times on for `onMs` and off for `offMs`. */
export interface Beat {
  readonly count: number;
  readonly onMs: number;
  readonly offMs: number;
}

/** What is due, in words. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

/** What a person sees or hears. Compiled and bounded by `machines/cues.ts`. */
export interface Cue {
  readonly name: CueName;
  readonly sound: Beat | null;
  readonly light:
    | (Beat & {
        readonly colour: 'warm' | 'cold' | 'white' | 'red';
        readonly then: 'on' | 'off';
        /** How long a lamp that can be dimmed takes to what stays; one that cannot switches at once. */
        readonly fadeMs?: number;
      })
    | null;
  /** What it is about, for whatever can show words. */
  readonly words?: Words;
}
export const CUE_NAMES = [
  'feet-in',
  'countdown',
  'cold-soon',
  'warm',
  'cold',
  'end',
  'pause',
  'ask',
  'step-out',
  'towel',
  'remind',
  'remind-again',
  'get-ready',
  'beat',
  'halfway',
  'breathe-in',
  'breathe-hold',
  'breathe-out',
  'off',
] as const;
export type CueName = (typeof CUE_NAMES)[number];

/** One decoded value from a device. */
export type Reading =
  | {
      readonly kind: 'temperature';
      readonly device: DeviceId;
      /** null: the device answered, and the answer is no temperature (NaN, 85.00, -127, out of 0-70). */
      readonly valueC: number | null;
      /** When it was taken; where the dialect gives no time, one sensor period before receipt. Monotonic. */
      readonly takenAtMs: number;
    }
  | { readonly kind: 'valve'; readonly device: DeviceId; readonly status: 'open' | 'closed' }
  | { readonly kind: 'button'; readonly device: DeviceId; readonly action: ButtonAction }
  | SenseReading;

/**
 * What the other senses of a station tell. `takenAtMs` as of a temperature; null: the device answered, and the answer
 * is no value.
 */
export type SenseReading = { readonly device: DeviceId; readonly takenAtMs: number } & (
  | {
      readonly kind: 'flow';
      /** Litres a minute. */
      readonly valueLpm: number | null;
    }
  | { readonly kind: 'level'; readonly level: Level | null }
  | { readonly kind: 'leak'; readonly leaking: boolean | null }
  /** Somebody is there: sits at the bath, or has their feet in. */
  | {
      readonly kind: 'presence';
      readonly present: boolean | null;
      /** It lay at the broker: what was said last, and nobody knows when. A desk believes that, water never does. */
      readonly retained?: true;
    }
  /** Somebody at a desk wants not to be disturbed. */
  | { readonly kind: 'busy'; readonly busy: boolean | null }
);

/** What is in a basin: measured, or told by a float that is up (`high`) or is not. */
export type Level =
  { readonly by: 'volume'; readonly litres: number } | { readonly by: 'float'; readonly high: boolean };

/** `press` is reported as early as the dialect allows; `hold` once the button has been held for `heldMs`. */
export type ButtonAction =
  { readonly type: 'press' | 'double' } | { readonly type: 'hold'; readonly heldMs: number };

/** A lease granted by the device, in its own words. */
export interface Ack {
  readonly device: DeviceId;
  /** The lease that the device says it holds from now on, milliseconds. */
  readonly leaseMs: number;
  /** The setpoint the device says it took (mixers), degrees Celsius. */
  readonly targetC: number | null;
}

/** Something a device or its link says of itself. */
export type DeviceFault =
  /** The device is known to be there, or known to be gone (last will, status topic). */
  | { readonly type: 'presence'; readonly device: DeviceId; readonly online: boolean }
  /** It restarted by itself: whatever it held is closed. */
  | { readonly type: 'rebooted'; readonly device: DeviceId }
  /** It answered that it will not, or cannot; `unreached`: nobody answers, and this is why. */
  | {
      readonly type: 'refused';
      readonly device: DeviceId;
      readonly message: string;
      readonly unreached?: true;
    }
  /** It, or its bridge, has said what model it is: what that promises replaces `Device.declaration`. */
  | {
      readonly type: 'declared';
      readonly device: DeviceId;
      readonly model: string;
      readonly declaration: DeviceDeclaration;
    };

/** One message to publish. Commands are never retained, so there is no flag for it. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
}

export type DriverInput =
  /** The broker connection came up or went down. */
  | { readonly type: 'link'; readonly up: boolean }
  | { readonly type: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly type: 'command'; readonly command: DeviceCommand }
  | { readonly type: 'clock' };

export interface DriverStep<State> {
  readonly state: State;
  readonly out: readonly Outgoing[];
  readonly readings: readonly Reading[];
  readonly acks: readonly Ack[];
  readonly faults: readonly DeviceFault[];
  /** When the driver wants a `clock` input; null for never. */
  readonly nextDeadlineMs: number | null;
}

/** One device of a station, bound to its driver: a pure reducer over bytes. */
export interface Device<State = unknown> {
  readonly id: DeviceId;
  readonly role: Role;
  readonly driver: string;
  readonly declaration: DeviceDeclaration;
  /** MQTT topic filters to subscribe to. */
  readonly topics: readonly string[];
  init(atMs: number): DriverStep<State>;
  step(state: State, input: DriverInput, atMs: number): DriverStep<State>;
}

/** What `devices/index.ts` lists: one entry a dialect. */
export interface Driver<Options> {
  readonly name: string;
  /** The address and the part, as `ebb.yaml` writes them (without the key `driver`). Strict: unknown keys are errors. */
  readonly options: z.ZodType<Options>;
  /** Several devices may be the same thing: nothing of it stays on, so none is switched off by the other. */
  readonly shared?: true;
  /** The roles that options of this form can fill; a sentence that says why not otherwise. */
  refuses(options: Options, role: Role): string | null;
  create(id: DeviceId, role: Role, options: Options, travelMs: number | null): Device;
}

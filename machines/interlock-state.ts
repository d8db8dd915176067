import type { DeviceId } from '../src/model/ids.ts';
import type { HeatWant, Trip, WaterWant } from '../src/model/want.ts';

/** What the interlock of one vessel knows, is told and lets out. */

/** A device that the interlock switches: what opens water, and what stands beside it. */
export interface WaterDevice {
  readonly id: DeviceId;
  /** `master` is open whenever one of the others is wanted open, and never else. A `drain` is held shut, see `REST`. */
  readonly side: 'warm' | 'cold' | 'mixer' | 'master' | 'heater' | 'drain';
  readonly leaseMs: number;
  /** `none` never opens warm water; `ceiling` needs a proof that does not exist yet. */
  readonly deadline: 'per-command' | 'ceiling' | 'none';
}

export interface InterlockSettings {
  /** In the order in which they are closed: what opens water before the master ahead of it. */
  readonly devices: readonly WaterDevice[];
  /** L20, milliseconds. */
  readonly readingAgeMs: number;
  /** A basin that is filled to its level: water runs in only on a level this young, milliseconds. Left out: it needs none. */
  readonly levelAgeMs?: number;
  /** A hardware scald guard is declared. */
  readonly guarded: boolean;
  /** The longest that each side may be open between two releases: the last resort behind L3 to L7. */
  readonly budgetMs: { readonly warm: number; readonly cold: number };
}

/** Why nothing opens. A stop and a hold are lifted by a release, a trip only by a clear. */
export interface Block {
  readonly kind: 'start' | 'stop' | 'hold' | 'trip';
}

export interface DeviceState {
  readonly status: 'unknown' | 'closed' | 'open' | 'closing';
  /** When it was last verified closed. */
  readonly closedAtMs: number | null;
  /** When the open (or the retarget) now standing was sent. */
  readonly sentAtMs: number | null;
  readonly targetC: number | null;
}

export interface Asked {
  readonly token: number;
  readonly device: DeviceId;
  readonly side: 'warm' | 'cold' | null;
  readonly targetC: number | null;
  readonly atMs: number;
}

/** What is in a basin, for the interlock. */
export interface Filling {
  /** Full: nothing more runs in. */
  readonly full: boolean;
  /** Enough for a heater to stand in. */
  readonly enough: boolean;
  readonly takenAtMs: number;
}

export interface InterlockState {
  readonly want: WaterWant | null;
  readonly heat: HeatWant | null;
  /** Until when the drain is wanted shut; null: it stands open. */
  readonly shutUntilMs: number | null;
  readonly block: Block | null;
  readonly devices: Readonly<Record<DeviceId, DeviceState>>;
  readonly asked: Asked | null;
  readonly readingAtMs: number | null;
  /** The highest of the latest readings, degrees Celsius; what a heater is held below. */
  readonly hottestC: number | null;
  readonly filling: Filling | null;
  readonly usedMs: { readonly warm: number; readonly cold: number };
  readonly usedToMs: number;
  readonly tokens: number;
}

export type InterlockInput =
  | { readonly type: 'want'; readonly water: WaterWant | null }
  | { readonly type: 'heat'; readonly heat: HeatWant | null }
  /** The drain of a basin is to be held shut until then; null lets it stand open. */
  | { readonly type: 'shut'; readonly untilMs: number | null }
  /** A valid reading, by when it was taken, and the highest of the latest ones. */
  | { readonly type: 'reading'; readonly takenAtMs: number; readonly hottestC?: number | null }
  /** What the level sensor of a basin says; null: it says nothing that could be believed. */
  | { readonly type: 'level'; readonly filling: Filling | null }
  /** The link to the broker came up or went down: what was read before counts no more. */
  | { readonly type: 'blind' }
  | { readonly type: 'verified-closed' | 'lost' | 'close-due' | 'renewal-due'; readonly device: DeviceId }
  /** The journal has the open, or could not take it. */
  | { readonly type: 'journalled'; readonly token: number; readonly ok: boolean }
  | { readonly type: 'trip'; readonly trip: Pick<Trip, 'response'> }
  | { readonly type: 'stop' | 'release' | 'clear' | 'clock' };

export type InterlockOutput =
  | { readonly type: 'close'; readonly device: DeviceId }
  /** Journal this open; it is sent when the journal has it and nothing has changed. */
  | {
      readonly type: 'ask';
      readonly token: number;
      readonly device: DeviceId;
      readonly targetC: number | null;
    }
  | {
      readonly type: 'open' | 'renew';
      readonly device: DeviceId;
      /** null: of a master, a heater, a drain. */
      readonly side: 'warm' | 'cold' | null;
      readonly leaseMs: number;
      readonly targetC: number | null;
    }
  /** The journal did not take an open in time: it was dropped. */
  | { readonly type: 'dropped'; readonly device: DeviceId };

export interface InterlockStep {
  readonly state: InterlockState;
  readonly out: readonly InterlockOutput[];
}

/** Nothing is known at the beginning, so everything is closed and nothing opens until a session begins. */
export function interlockInit(settings: InterlockSettings): InterlockState {
  const unknown: DeviceState = { status: 'unknown', closedAtMs: null, sentAtMs: null, targetC: null };
  return {
    want: null,
    heat: null,
    shutUntilMs: null,
    block: { kind: 'start' },
    devices: Object.fromEntries(settings.devices.map(({ id }) => [id, unknown])),
    asked: null,
    readingAtMs: null,
    hottestC: null,
    filling: null,
    usedMs: { warm: 0, cold: 0 },
    usedToMs: 0,
    tokens: 0,
  };
}

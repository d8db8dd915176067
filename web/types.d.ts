import type { CommandWord, DeskCommand } from '../src/model/command.ts';
import type { DeskState, PlaceState, ReminderState } from '../src/model/desk.ts';
import type { Phase, StateObject, ValveState } from '../src/model/state.ts';

export type { CommandWord, DeskState, Phase, PlaceState, ReminderState, StateObject, ValveState };

/** What can be said to a desk. */
export type DeskWord = DeskCommand['command'] | 'start' | 'stop';

/** What the water is held against, degrees Celsius. */
export interface Band {
  readonly min_c: number;
  readonly max_c: number;
}

/** `GET /api/v1/me`: who the controller takes this screen for. */
export interface Me {
  readonly source: 'page' | 'http';
  readonly login_needed: boolean;
}

/** A bath, a shower or two buckets: one of `stations` in `GET /api/v1/stations`. */
export interface Station {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly plumbing: string;
  /** The commands that this screen may give here. */
  readonly may: readonly (CommandWord | DeskWord)[];
  readonly protocols: readonly { readonly id: string; readonly title: string }[];
  readonly band: Band | null;
  readonly temperature_unit: 'celsius' | 'fahrenheit';
  readonly state: StateObject;
  /** What rules water out, where a real guest is to be told; null or absent elsewhere. */
  readonly block_list?: readonly string[] | null;
}

/** A desk or a spot: another one of `stations`. */
export interface Desk {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** The exercises that are led here. */
  readonly protocols: readonly { readonly id: string; readonly title: string }[];
  readonly reminders: readonly {
    readonly id: string;
    /** For how long a snooze puts it off, seconds, and how often it may. */
    readonly snooze_s: number;
    readonly snoozes: number;
  }[];
  readonly state: DeskState;
}
export type Place = Station | Desk;

/** `GET /api/v1/stations`. */
export interface Site {
  readonly site: string;
  readonly version: string;
  readonly simulated: boolean;
  readonly stations: readonly Place[];
}

/** What an accepted command is answered with. */
export interface Accepted {
  /** Not told to a screen without a login. */
  readonly state?: PlaceState;
}

/** Lines of `GET /api/v1/events`. */
export interface StateNews {
  readonly station: string;
  readonly at: string;
  readonly band: Band | null;
  readonly state: PlaceState;
}
export interface ReadingNews {
  readonly station: string;
  readonly at: string;
  readonly device: string;
  readonly kind: string;
  readonly value: number | string | null;
}
export interface Tick {
  /** The controller's wall clock, ISO 8601. */
  readonly at: string;
  /** How fast it runs: 1 except in simulations. */
  readonly speed: number;
}

/** `ok`: done, with what was answered. Else why not. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** The controller's own code; `unreachable` where none answered. */
      readonly code: string;
      readonly message: string;
      /** The same may be taken a moment later. */
      readonly again: boolean;
    };

/** `connecting`: nothing has come yet. */
export type Link = 'connecting' | 'live' | 'stale';

/** Everything that what is shown is made of. */
export interface Facts extends Moment {
  readonly station: Station;
  /** The warmest fresh reading, degrees Celsius. */
  readonly waterC: number | null;
}
export interface DeskFacts extends Moment {
  readonly station: Desk;
}

interface Moment {
  readonly link: Link;
  /** The controller's wall clock, milliseconds; null before the first tick. */
  readonly nowMs: number | null;
  readonly speed: number;
  /** The controller's wall clock at the last sign of life. */
  readonly lastMs: number | null;
  /** The command on its way. */
  readonly pending: CommandWord | DeskWord | null;
}

export type Tone =
  'rest' | 'prepare' | 'ready' | 'warm' | 'cold' | 'change' | 'pause' | 'end' | 'fault' | 'done';

export interface Action {
  readonly command: CommandWord | DeskWord;
  readonly label: string;
  readonly primary: boolean;
  readonly enabled: boolean;
}

export interface Gauge {
  /** Shares of the scale, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What is shown of any place, in words and numbers: no element of the page is named here. */
interface Common {
  readonly tone: Tone;
  readonly icon: string;
  readonly word: string;
  /** What is being done, under the word. */
  readonly detail: string;
  readonly countdown: string | null;
  /** The share of the step that is left, 0 to 1. */
  readonly level: number | null;
  readonly cycle: string;
  readonly steps: { readonly count: number; readonly index: number } | null;
  readonly next: string;
  readonly notice: {
    readonly kind: 'info' | 'question' | 'fault';
    readonly title: string;
    readonly text: string;
  } | null;
  readonly actions: readonly Action[];
  readonly simulated: string;
  readonly stale: string;
  readonly title: string;
  /** What a screen reader is told when it changes; never every second. */
  readonly polite: string;
  readonly assertive: string;
}

/** Of a desk. */
export interface DeskView extends Common {
  readonly reminders: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: ReminderState['state'];
    /** When it comes, or why it does not. */
    readonly words: string;
    /** How the one before ended; empty: there was none. */
    readonly last: string;
  }[];
  /** Until when it is quiet; empty: it is not. */
  readonly quiet: string;
}

/** Of a place with water. */
export interface View extends Common {
  readonly water: {
    readonly text: string;
    readonly unit: string;
    readonly words: string;
    readonly mood: 'good' | 'off' | 'none';
    /** Where the reading lies on the scale, 0 to 1. */
    readonly share: number | null;
    readonly band: Gauge | null;
  };
  readonly valves: readonly {
    readonly id: string;
    readonly name: string;
    readonly word: string;
    readonly state: ValveState;
  }[];
  readonly blockList: readonly string[] | null;
  /** Why some action is not offered here. */
  readonly elsewhere: string;
}

import type { Random } from '../../src/random/random.ts';
import type { Supplies } from '../plant/supply.ts';
import type { ValveName } from '../plant/valve.ts';
import type { ProbeFault } from '../rig.ts';

/**
 * What a fault may lay its hands on. Everything here is outside the code under test: hardware, wires, water, the
 * host's clock, disk and process, and what a person does. Whoever runs the world implements it.
 */
export interface FaultWorld {
  /** Monotonic time of the world, milliseconds, whatever the controller's clock says. */
  nowMs(): number;
  /** Calls back at that time, unless the world has ended. */
  at(atMs: number, callback: () => void): void;
  /** The faults' own stream of chance. */
  readonly random: Random;
  readonly facts: FaultFacts;
  readonly hardware: HardwareFaults;
}

/** What a fault may be chosen by: what the station has. Ids are those of the config. */
export interface FaultFacts {
  readonly valves: readonly { readonly device: string; readonly valve: ValveName }[];
  readonly thermometers: readonly string[];
  /** Every device of the station. */
  readonly devices: readonly string[];
  readonly plumbing: 'two-valves' | 'mixer' | 'cues';
  /** The fixed MQTT client id of the controller, and the topic of the station's commands. */
  readonly clientId: string;
  readonly setTopic: string;
}

export interface HardwareFaults {
  /** The valve stays in, or goes to, this position whatever it is told; null frees it. */
  jam(valve: ValveName, open: boolean | null): void;
  /** What a probe says in place of its true reading; null: it is whole again. */
  probe(device: string, fault: ProbeFault | null): void;
  /** Supplies and scald guard as they are from now on. */
  supply(supplies: Supplies): void;
  /** The network of the device's box dies without a goodbye, or is back. */
  network(device: string, up: boolean): void;
  /** Power of the device's box off and on. */
  reboot(device: string): void;
}

/** Between a client and the broker. `client` is a client id; each call replaces the one before for that client. */
export interface BusFaults {
  /** Shares of messages lost or doubled, 0 to 1, and extra delay, milliseconds; null: the wire is whole again. */
  disturb(
    client: string,
    how: {
      readonly drop: number;
      readonly duplicate: number;
      readonly delayMs: number;
      readonly reorder: boolean;
    } | null,
  ): void;
  /** The connection dies; each end notices after so long. It comes back after `backMs`. */
  cut(
    client: string,
    how: { readonly clientAfterMs: number; readonly brokerAfterMs: number; readonly backMs: number },
  ): void;
  /** The broker stops, losing what is not retained, and is back after `backMs`. */
  restartBroker(backMs: number): void;
  /** A stranger publishes. */
  publish(topic: string, payload: string, retain: boolean): void;
  /** Another program joins under the controller's client id. */
  takeOver(): void;
}

export interface TimeFaults {
  /** The wall clock is set by that much, milliseconds. */
  stepWall(byMs: number): void;
  /** The event loop of the controller stands still. */
  stall(forMs: number): void;
  /** The computer sleeps: its monotonic time stands still and its wall clock does not. */
  suspend(forMs: number): void;
  /** The host calls timers back up to so much too early, as Node does by a millisecond; 0: as it should. */
  early(byMs: number): void;
}

export interface ProcessFaults {
  /** kill -9, and the restart after `backMs`; null: it stays away. */
  crash(backMs: number | null): void;
  /** The process dies at one of its own next boundaries: before the journal, between journal and command, after the command. */
  crashAt(boundary: 'before-journal' | 'before-command' | 'after-command', nth: number, backMs: number): void;
  /** A second controller of the same config starts beside the first. */
  second(): void;
}

export interface DiskFaults {
  /** Writing fails from now on, as on a full disk (ENOSPC) or a dying one (EIO); null: it works again. */
  fail(how: 'full' | 'io' | null): void;
  /** Writing takes that much longer from now on, milliseconds; 0: as before. */
  slow(byMs: number): void;
  /** At the next crash the last record is torn: it is there in part and has to be taken as not there. */
  tear(): void;
}

export interface PersonFaults {
  /** Says a word on a channel, whatever the station shows. */
  say(word: string, channel: 'button' | 'page' | 'cli' | 'mqtt' | 'http'): void;
  /** Presses nothing and answers nothing from now on; feet follow the cues. */
  silent(): void;
  /** Walks away: feet out, and hears nothing more. */
  leave(): void;
  /** Feet stay where they are, whatever the cues say, and nothing is pressed or answered. */
  faint(): void;
}

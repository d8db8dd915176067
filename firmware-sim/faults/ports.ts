import type { BasinName } from '../../src/model/basin.ts';
import type { CommandWord } from '../../src/model/command.ts';
import type { Random } from '../../src/random/random.ts';
import type { Misbehaviour } from '../gadgets/answers.ts';
import type { PortFaults } from '../boxes/cable.ts';
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
  readonly bus: BusFaults;
  readonly time: TimeFaults;
  readonly process: ProcessFaults;
  readonly disk: DiskFaults;
  readonly person: PersonFaults;
}

/** What a fault may be chosen by: what the station has. Ids are those of the config. */
export interface FaultFacts {
  readonly valves: readonly { readonly device: string; readonly valve: ValveName }[];
  readonly drains: readonly { readonly device: string; readonly basin: BasinName }[];
  readonly heaters: readonly { readonly device: string; readonly basin: BasinName }[];
  readonly thermometers: readonly string[];
  /** The other senses; `level` measures litres in a basin, `float` is the contact in the tray under a stream. */
  readonly senses: Readonly<Record<'flow' | 'leak' | 'presence' | 'level' | 'float', readonly string[]>>;
  /** The serial ports that its boards are plugged in at, by path. */
  readonly ports: readonly string[];
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
  /** It stays where it is now, whatever it is told. */
  seize(valve: ValveName): void;
  /** It moves that many times as slowly; 1: as it should. */
  slow(valve: ValveName, times: number): void;
  /** That share of its flow comes through it when it is shut; 0: none. */
  leak(valve: ValveName, share: number): void;
  /** The wires of hot and cold are crossed. */
  cross(crossed: boolean): void;
  /** How the relay of a valve answers; null: as it should. */
  answers(device: string, how: Misbehaviour | null): void;
  /** What opens a valve for some seconds in its own dialect, whoever says it; null: it is no valve. */
  opensBy(device: string): { readonly topic: string; readonly payload: string } | null;
  /** What a probe says in place of its true reading; null: it is whole again. */
  probe(device: string, fault: ProbeFault | null): void;
  /** The drain of a basin stays open, or shut, whatever its coil does; null frees it. */
  jamDrain(basin: BasinName, open: boolean | null): void;
  /** The heater of a basin stays on, or off, whatever its relay is told; null frees it. */
  jamHeater(basin: BasinName, on: boolean | null): void;
  /** A leak sensor, float or mat says this whatever it feels, or what it said last; null: it is whole again. */
  hold(device: string, said: boolean | 'last' | null): void;
  /** There truly is water at a leak sensor or a float, or no more. */
  wet(device: string, wet: boolean): void;
  /** Nothing is said of a probe, not even that it is broken. */
  hang(device: string, hung: boolean): void;
  /** What can be done to a serial port; null: there is no such port. */
  port(path: string): PortFaults | null;
  /** The supplies as they should be: what the seed drew. */
  readonly drawn: { readonly hot_c: number; readonly cold_c: number; readonly guard_c: number };
  /** Supplies and scald guard as they are from now on. */
  supply(supplies: Supplies): void;
  /** The network of the device's box dies without a goodbye, or is back. */
  network(device: string, up: boolean): void;
  /** Power of the device's box off and on. */
  reboot(device: string): void;
}

/** How a connection mistreats what goes over it, both ways. */
export interface Disturbance {
  /** Shares of messages lost or doubled, 0 to 1. */
  readonly drop: number;
  readonly duplicate: number;
  /** At most that much later, milliseconds. */
  readonly delayMs: number;
  /** A later one may overtake an earlier one of another topic. Of one topic MQTT keeps the order. */
  readonly reorder: boolean;
}

/** Between a client and the broker. `client` is a client id; each call replaces the one before for that client. */
export interface BusFaults {
  /** null: the wire is whole again. */
  disturb(client: string, how: Disturbance | null): void;
  /** The connection dies; each end notices after so long. It comes back after `backMs`. */
  cut(
    client: string,
    how: { readonly clientAfterMs: number; readonly brokerAfterMs: number; readonly backMs: number },
  ): void;
  /** The broker stops, losing what is not retained, and is back after `backMs`. */
  restartBroker(backMs: number): void;
  /** A stranger publishes. */
  publish(topic: string, payload: string, retain: boolean): void;
  /** Another program joins under the controller's client id, and leaves after so long, milliseconds. */
  takeOver(forMs: number): void;
}

export interface TimeFaults {
  /** The wall clock is set by that much, milliseconds. */
  stepWall(byMs: number): void;
  /** The event loop of the controller stands still; its computer's time goes on. */
  stall(forMs: number): void;
  /** The computer sleeps: its monotonic time stands still and its wall clock does not. */
  suspend(forMs: number): void;
  /** The host calls timers back up to so much too early, as Node does by a millisecond; 0: as it should. */
  early(byMs: number): void;
}

export type Boundary = 'before-journal' | 'before-command' | 'after-command';

export interface ProcessFaults {
  /** There is one to be killed. */
  isAlive(): boolean;
  /** kill -9, and the restart after `backMs`; null: it stays away. */
  crash(backMs: number | null): void;
  /** The process dies at one of its own next boundaries, just after `dies`, and is back after `backMs`. */
  crashAt(boundary: Boundary, nth: number, backMs: number, dies?: () => void): void;
  /** A second controller of the same config starts beside the first on another computer, and is stopped after so long. */
  second(forMs: number): void;
}

export interface DiskFaults {
  /** Writing fails from now on, as on a full disk (ENOSPC) or a dying one (EIO); null: it works again. */
  fail(how: 'full' | 'io' | null): void;
  /** Writing takes that much longer from now on, milliseconds; 0: as before. */
  slow(byMs: number): void;
  /** At the next crash the first record that was not answered for is torn, and nothing behind it can be read. */
  tear(): void;
}

/** Where a person or a program says a word. */
export type Channel = 'button' | 'page' | 'cli' | 'mqtt' | 'http';

export interface PersonFaults {
  /** Says a word on a channel, whatever the station shows; at a button every word is a press. */
  say(word: CommandWord, channel: Channel): void;
  /** Presses nothing and answers nothing from now on; feet follow the cues. */
  silent(): void;
  /** Walks away: feet out, and hears nothing more. */
  leave(): void;
  /** Feet stay where they are, whatever the cues say, and nothing is pressed or answered. */
  faint(): void;
  /** As before. */
  recover(): void;
}

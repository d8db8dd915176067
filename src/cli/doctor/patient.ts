import type { Clock } from '../../clock/clock.ts';
import type { Config } from '../../config/index.ts';
import type { Bus } from '../../model/bus.ts';
import type { Pace } from '../session/pace.ts';
import type { Bench } from './bench.ts';
import type { Told } from './finding.ts';

/** A home that is looked at. */
export interface Patient {
  readonly config: Config;
  readonly clock: Clock;
  /** Wall minus monotonic time when the look began, milliseconds. */
  readonly offsetMs: number;
  readonly pace: Pace;
  readonly bus: Bus;
  readonly bench: Bench;
  /** Nobody is in the water, and valves may be opened for seconds. */
  readonly water: boolean;
  /** Ceilings that read back wrong are set. */
  readonly setsCeilings: boolean;
  /** The devices have to find the broker first, which began with this look. */
  readonly ownBroker: boolean;
}

/** One thing that a session needs. */
export interface Check {
  readonly name: string;
  run(patient: Patient, tell: (told: Told) => void): Promise<void>;
}

/** Lets time pass, unless the look is over before. */
export async function pass({ pace, bench }: Pick<Patient, 'pace' | 'bench'>, forMs: number): Promise<void> {
  await pace.until(() => bench.stopped !== null, forMs);
}

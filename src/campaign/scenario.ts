import type { FaultArgs } from '../../firmware-sim/faults/index.ts';
import type { Choices } from '../model/command.ts';
import type { PlantSettings } from '../model/station.ts';
import type { PastSession, Screened } from './past.ts';

export type Mode = 'safety' | 'liveness';

/** One entry of a fault schedule: a list of these is what a violation is shrunk to, and what a replay takes. */
export interface ScheduledFault {
  /** A moment, `cold 1 + 5 s`. */
  readonly at: string;
  readonly id: string;
  readonly args: FaultArgs;
  /** Mended after so long, milliseconds; null: stays broken. */
  readonly forMs: number | null;
}

/** Who is there. */
export interface ScenarioPerson {
  readonly begins: 'button' | 'page';
  readonly profile: 'standard' | 'limited';
  /** Comes when the water is ready; answers when asked. */
  readonly presses: boolean;
  readonly answers: boolean;
  /** What the screening came to; left out: it is clear. */
  readonly screening?: Screened;
  /** Earlier sessions, oldest first; left out: they are past the first ones, and none lately. */
  readonly past?: readonly PastSession[];
  /** How long the outlet has been idle, milliseconds; left out: it was used just now. */
  readonly idleMs?: number;
  /** The session is a dry run: real water, and nobody in it. */
  readonly dry?: boolean;
  /** How long they stay once it is over, milliseconds; left out: 20 s. */
  readonly staysMs?: number;
  /** The station was latched for too much heat when its controller went away, yesterday. */
  readonly latched?: boolean;
  /** What they do of their own accord, each at a moment. Empty: they let the session run. */
  readonly acts: readonly Act[];
}

/** A word that a person says at a moment: `pause` at `warm 1 + 20 s`. */
export interface Act {
  readonly at: string;
  readonly word: 'pause' | 'resume' | 'stop' | 'continue' | 'begin' | 'clear' | 'answer' | 'start' | 'report';
  readonly source: 'button' | 'page' | 'cli' | 'mqtt' | 'http';
  /** Of a start: a dry run. */
  readonly dry?: boolean;
}

/** Everything that decides one simulated session. The seed alone draws it; a replay may replace the faults. */
export interface Scenario {
  readonly seed: number;
  readonly house: string;
  readonly protocol: string;
  readonly choices: Choices;
  /** What the world's plant is told; what is null is drawn from the seed by the plant itself. */
  readonly plant: PlantSettings;
  readonly person: ScenarioPerson;
  readonly faults: readonly ScheduledFault[];
  readonly mode: Mode;
}

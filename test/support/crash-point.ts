import type { ScriptName } from './crash-script.ts';

export const VICTIMS = ['controller', 'broker', 'restarting controller'] as const;
export type Victim = (typeof VICTIMS)[number];

/** One kill and what came of it. */
export interface Point {
  readonly victim: Victim;
  readonly script: ScriptName;
  /** How many records that count the journal had at the kill, from the start of the session on. */
  readonly n: number;
  /** The last of them: after it was killed. */
  readonly after: string;
  /** How long water went on running, simulated milliseconds, never too short; null: nothing was open. */
  readonly shutMs: number | null;
  /** Records that somebody knew of, and that are not there. */
  readonly lost: number;
  /** Opens that nobody asked for. */
  readonly resumed: number;
}

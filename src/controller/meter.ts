import type { Source } from '../model/command.ts';

/** What is measured at a station, for whoever wants to know. Nobody waits for it, and nothing depends on it. */
export class Meter {
  /** A command was answered: `accepted`, or the code of its refusal. */
  onAnswer: (source: Source, answer: string) => void = () => undefined;
  /** From a stop reaching the controller to its closes being handed to the broker connection, milliseconds. */
  onStop: (tookMs: number) => void = () => undefined;
}

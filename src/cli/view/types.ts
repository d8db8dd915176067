import type { News } from '../../controller/index.ts';
import type { SessionPlan } from '../../model/plan.ts';
import type { SessionResult } from '../../model/state.ts';
import type { Out } from '../output.ts';

export interface ViewOptions {
  readonly out: Out;
  /** A terminal that can be redrawn; otherwise plain lines, one for each thing that happens. */
  readonly isTTY: boolean;
  readonly colour: boolean;
  /** The width; a function where it may change. */
  readonly columns: number | (() => number);
  /** For display only. */
  readonly unit: 'celsius' | 'fahrenheit';
  readonly simulated: boolean;
  /** How much faster than life: null where that has no meaning (`max`), 1 for real time. */
  readonly speed: number | null;
  /** Wall time of the session's own clock, which may be simulated. */
  readonly wallMs: () => number;
  /** Monotonic time of the same clock. */
  readonly nowMs: () => number;
  /** The station has neither light nor buzzer: the terminal's bell stands in for them. Default false. */
  readonly bell?: boolean;
  /** The last line of the frame; by default what Enter does right now, and Ctrl-C. */
  readonly keys?: string;
}

/** What is known before the session: shown ahead of anything else. */
export interface PreviewFacts {
  /** The station's name. */
  readonly station: string;
  /** A real guest is shown what rules water out, and that `begin` means that none of it applies. */
  readonly guest: boolean;
  /** Nobody may be in the water. */
  readonly dry?: boolean;
  /** What the seed drew of the plant, in simulations; null elsewhere. */
  readonly drawn: DrawnFacts | null;
}
export type DrawnFacts = Readonly<Record<string, string | number | boolean | null>>;

/** A session as a person in front of a terminal sees it. Feed it every piece of news, in order. */
export interface LiveView {
  preview(plan: SessionPlan, facts: PreviewFacts): void;
  /** `atMs` is monotonic, as the controller tells it. */
  news(news: News, atMs: number): void;
  /** A line that stays, in the time of the session: what is no news of the controller. */
  say(text: string, atMs: number): void;
  /** Redraws the countdown on a terminal; call it about five times a second. Elsewhere it does nothing. */
  tick(): void;
  /** The end: outcome, contact, dose, steps and the temperature curve. */
  summary(result: SessionResult): void;
  /** Leaves the last frame standing and gives the cursor back. May be called twice. */
  close(): void;
}

import type { Tick, TraceEvent } from './trace.ts';

/** One look at the truth, kept. */
export interface Sample {
  readonly atMs: number;
  readonly waterC: readonly number[];
  readonly feet: string | null;
  readonly permitted: boolean;
}

/** Everything of one session, for replays, pages and scenario files. */
export class Timeline {
  readonly events: TraceEvent[] = [];
  readonly samples: Sample[] = [];
  vessels: readonly string[] = [];

  event(event: TraceEvent): void {
    this.events.push(event);
  }

  tick({ atMs, vessels, feet, permitted }: Tick): void {
    this.vessels = vessels.map(({ name }) => name);
    this.samples.push({ atMs, waterC: vessels.map(({ waterC }) => waterC), feet, permitted });
  }
}

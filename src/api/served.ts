import { ScaledClock } from '../clock/scaled.ts';
import type { Clock } from '../clock/clock.ts';
import type { Controller } from '../controller/index.ts';
import type { HistoryReader } from '../journal/index.ts';
import type { Log } from '../model/log.ts';
import type { Protocol } from '../protocols/index.ts';

/** What is served: a controller that runs. */
export interface Served {
  readonly controller: Controller;
  readonly clock: Clock;
  readonly simulated: boolean;
  readonly history: HistoryReader;
}

/** What does not change while it is served. */
export interface Home {
  readonly site: string;
  readonly version: string;
  readonly temperatureUnit: 'celsius' | 'fahrenheit';
  readonly protocols: readonly Protocol[];
  /** What a real guest is told before each session; null where nobody of that kind uses a station. */
  readonly blockList: readonly string[] | null;
  readonly log: Log;
}

/** How fast the time of a controller goes, against real time. */
export function speedOf(clock: Clock): number {
  return clock instanceof ScaledClock ? clock.speed : 1;
}

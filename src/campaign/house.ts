import type { Clock } from '../clock/clock.ts';
import type { Controller, PlanRequest, Planned } from '../controller/index.ts';
import type { HistoryReader, Journal } from '../journal/index.ts';
import type { Bus } from '../model/bus.ts';
import type { PlantSettings, StationSettings } from '../model/station.ts';

/** One station of one config, as the composition root loads it, with what it takes to run it. */
export interface House {
  /** Printed, and named by replays: `foot-bath`, or the file and station of `--config`. */
  readonly name: string;
  readonly station: StationSettings;
  /** What the config tells of its plant; null is drawn from the seed. */
  readonly plant: PlantSettings;
  /** The protocols that compile for it, and what speaks against each of the others. */
  readonly protocols: readonly string[];
  readonly refused: readonly { readonly protocol: string; readonly why: string }[];
  /** One of the campaign's odd houses: only odd seeds come to it (see `odd/`). */
  readonly seldom?: boolean;
  /** Came to the campaign later than the others: some seeds come to it, and the rest still to where they came before. */
  readonly late?: boolean;
  /** The controller's MQTT client id. */
  readonly clientId: string;
  plan(request: PlanRequest): Planned;
  /** A controller of this house on given parts. Who comes is who lives there, and what they are is in the journal. */
  controller(parts: ControllerParts): Controller;
}

export interface ControllerParts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly history: HistoryReader | null;
  readonly newId: () => string;
  readonly boot: string;
  /** Whoever comes is past their first sessions, though the journal has none: no ladder of theirs is climbed (L13). */
  readonly seasoned: boolean;
}

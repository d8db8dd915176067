import type { PersonPast } from '../../machines/gate.ts';
import type { Clock } from '../clock/clock.ts';
import type { HistoryReader, Journal } from '../journal/index.ts';
import type { Bus } from '../model/bus.ts';
import type { Device } from '../model/device.ts';
import type { PersonId } from '../model/ids.ts';
import type { Item } from '../model/item.ts';
import type { Log } from '../model/log.ts';
import type { StationKind, StationSettings } from '../model/station.ts';
import type { DeskPlace } from './desk/place.ts';
import type { Now } from './starter.ts';
import type { PlanRequest, Planned, Starter } from './station.ts';

/** What a controller is made of; `src/main.ts` puts it together. */
export interface ControllerOptions {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly journal: Journal;
  /** What earlier runs recorded; null where there is no yesterday (simulations). */
  readonly history: HistoryReader | null;
  readonly log: Log;
  readonly stations: readonly { readonly settings: StationSettings; readonly devices: readonly Device[] }[];
  readonly desks: readonly DeskPlace[];
  /** What can be ticked off and noted, and by whom; nobody where the config names nobody. */
  readonly items: readonly Item[];
  readonly persons: readonly PersonId[];
  /** IANA. */
  readonly zone: string;
  readonly simulated: boolean;
  readonly newId: () => string;
  /** Names this run of the controller in the journal. */
  readonly boot: string;
  readonly version: string;
  readonly defaultProtocols: Readonly<Record<StationKind, string>>;
  /** Everybody who may use a station; the guest where nobody is named. */
  readonly people: readonly PersonId[];
  /** Who `person` is. Whose past is asked for is known only once that is. */
  starter(person: PersonId | undefined, pastOf: (id: PersonId) => PersonPast, now: Now): Starter | null;
  plan(request: PlanRequest): Planned;
}

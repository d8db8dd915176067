import type { OpenSession } from '../journal/index.ts';
import type { BusMessage } from '../model/bus.ts';
import type { CommandError, SetCommand, Source } from '../model/command.ts';
import type { Device } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import { topicMatches } from '../transports/topics.ts';
import { StationQueue } from './queue.ts';
import type { Station } from './station.ts';

/** What waits in a station's queue. */
export type Input =
  | { readonly type: 'message'; readonly message: BusMessage; readonly to: readonly DeviceId[] }
  | { readonly type: 'link'; readonly up: boolean }
  | { readonly type: 'journalled'; readonly token: number; readonly ok: boolean }
  | { readonly type: 'clock' }
  | {
      readonly type: 'command';
      readonly command: SetCommand;
      readonly source: Source;
      readonly sentAtMs: number;
      readonly answer: (error: CommandError | null) => void;
    };

/** Which devices a topic concerns; a button's may be a stop and goes first. */
export interface Route {
  readonly to: readonly DeviceId[];
  readonly urgent: boolean;
}

/** More distinct topics than this, and the routes are worked out anew: topics may come from anywhere. */
const MAX_ROUTES = 1_000;

/** A station with its queue and what has been told of it. */
export class Slot {
  readonly station: Station;
  readonly queue = new StationQueue<Input>();
  draining = false;
  /** The state told last, without the water temperature, and when. */
  told = '';
  toldWaterMs = -Infinity;
  /** Sessions that a crash cut off and that are not recorded as ended yet. */
  recovering: readonly OpenSession[] = [];
  readonly #devices: readonly Device[];
  readonly #routes = new Map<string, Route>();

  constructor(station: Station, devices: readonly Device[]) {
    this.station = station;
    this.#devices = devices;
  }

  route(topic: string): Route {
    const known = this.#routes.get(topic);
    if (known !== undefined) return known;
    const concerned = this.#devices.filter(({ topics }) =>
      topics.some((filter) => topicMatches(filter, topic)),
    );
    const route: Route = {
      to: concerned.map(({ id }) => id),
      urgent: concerned.some(({ role }) => role === 'button' || role === 'stop'),
    };
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
    this.#routes.set(topic, route);
    return route;
  }
}

import type { Device } from '../model/device.ts';
import type { DeviceId, StationId } from '../model/ids.ts';
import { topicMatches } from '../transports/topics.ts';

/** Whom a topic concerns at one station; a button's may be a stop and goes first. */
export interface Route {
  readonly station: StationId;
  readonly to: readonly DeviceId[];
  readonly urgent: boolean;
}

/** More distinct topics than this, and the routes are worked out anew: topics may come from anywhere. */
const MAX_ROUTES = 20_000;

/** Which devices of which stations a topic concerns, worked out once a topic: houses may have many stations. */
export class Routes {
  readonly #stations: readonly { readonly id: StationId; readonly devices: readonly Device[] }[];
  readonly #known = new Map<string, readonly Route[]>();

  constructor(stations: readonly { readonly id: StationId; readonly devices: readonly Device[] }[]) {
    this.#stations = stations;
  }

  of(topic: string): readonly Route[] {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const routes = this.#stations.flatMap(({ id, devices }) => {
      const concerned = devices.filter(({ topics }) => topics.some((filter) => topicMatches(filter, topic)));
      if (concerned.length === 0) return [];
      const urgent = concerned.some(({ role }) => role === 'button' || role === 'stop');
      return [{ station: id, to: concerned.map((device) => device.id), urgent }];
    });
    if (this.#known.size >= MAX_ROUTES) this.#known.clear();
    this.#known.set(topic, routes);
    return routes;
  }
}

import type { Device } from '../model/device.ts';
import type { DeviceId, StationId } from '../model/ids.ts';
import { TopicTree } from '../transports/topic-tree.ts';

/** Whom a topic concerns at one station; a button's may be a stop and goes first. */
export interface Route {
  readonly station: StationId;
  readonly to: readonly DeviceId[];
  readonly urgent: boolean;
}

interface Place {
  readonly station: StationId;
  readonly device: Device;
  /** In the order of the config. */
  readonly place: number;
}

/** More distinct topics than this, and the routes are worked out anew: topics may come from anywhere. */
const MAX_ROUTES = 20_000;

/** Which devices of which stations a topic concerns, worked out once a topic: houses may have many stations. */
export class Routes {
  readonly #tree = new TopicTree<Place>();
  readonly #known = new Map<string, readonly Route[]>();

  constructor(stations: readonly { readonly id: StationId; readonly devices: readonly Device[] }[]) {
    const all = stations.flatMap(({ id, devices }) => devices.map((device) => ({ station: id, device })));
    for (const [place, each] of all.entries()) {
      const value = { ...each, place };
      for (const filter of each.device.topics) this.#tree.add(filter, value);
    }
  }

  of(topic: string): readonly Route[] {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const places = [...this.#tree.match(topic)].sort((a, b) => a.place - b.place);
    const concerned = Map.groupBy(places, ({ station }) => station);
    const routes = [...concerned].map(([station, members]) => ({
      station,
      to: members.map(({ device }) => device.id),
      urgent: members.some(({ device }) => device.role === 'button' || device.role === 'stop'),
    }));
    if (this.#known.size >= MAX_ROUTES) this.#known.clear();
    this.#known.set(topic, routes);
    return routes;
  }
}

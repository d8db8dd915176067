import type { StationId } from '../../model/ids.ts';

/** Home Assistant's own default; who has changed it there has to change it back to see Ebb. */
const PREFIX = 'homeassistant';

/** Where Home Assistant says that it has (re)started: `online`, not retained by default. */
export const BIRTH_TOPIC = `${PREFIX}/status`;
/** MQTT has no wildcard for a part of a level, so the devices of everybody else arrive as well and are let go. */
export const CONFIG_FILTER = `${PREFIX}/device/+/config`;

/** Names a station's device in Home Assistant. Ids have no underscore, so it can be read backwards. */
export function deviceId(site: string, station: StationId): string {
  return `ebb_${site}_${station}`;
}

export function configTopic(site: string, station: StationId): string {
  return `${PREFIX}/device/${deviceId(site, station)}/config`;
}

const CONFIG_TOPIC = /^homeassistant\/device\/ebb_(?<site>[a-z0-9-]+)_(?<station>[a-z0-9-]+)\/config$/;

/** The station whose device is described at this topic; null: not one of this site's. */
export function stationAt(site: string, topic: string): StationId | null {
  const found = CONFIG_TOPIC.exec(topic)?.groups;
  return found?.['site'] === site ? (found['station'] ?? null) : null;
}

/** Where a station's entities hear and speak. */
export interface StationTopics {
  readonly status: string;
  readonly state: string;
  readonly event: string;
  readonly set: string;
  readonly error: string;
  /** The protocol chosen for the start button, retained; and where another one is chosen. */
  readonly chosen: string;
  readonly choose: string;
  readonly start: string;
}

export function topicsOf(station: StationId): StationTopics {
  const base = `ebb/${station}`;
  return {
    status: 'ebb/status',
    state: `${base}/state`,
    event: `${base}/event`,
    set: `${base}/set`,
    error: `${base}/error`,
    chosen: `${base}/select/protocol`,
    choose: `${base}/select/protocol/set`,
    start: `${base}/select/start`,
  };
}

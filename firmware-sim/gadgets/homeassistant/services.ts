import { z } from 'zod';

/** One entity, with what hangs on it. */
export interface Entity {
  readonly id: string;
  state: string;
  readonly attributes: Record<string, unknown>;
  /** A service switched it, and how. */
  readonly turned?: (on: boolean, data: Readonly<Record<string, unknown>>) => void;
}

export interface House {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly notices: Map<string, string>;
  change(id: string, state: string, attributes?: Readonly<Record<string, unknown>>): void;
  now(): string;
}

export interface Call {
  readonly domain: string;
  readonly service: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly entities: readonly string[];
}
type Failure = { readonly code: string; readonly message: string } | null;

const SWITCHED: readonly string[] = ['light', 'switch', 'input_boolean', 'siren'];
const volumeSchema = z.object({ volume_level: z.number().min(0).max(1) });
const noticeSchema = z.object({ notification_id: z.string(), message: z.string().default('') });

/** Does what a service does; null: done. */
export function serve(house: House, call: Call): Failure {
  const { domain, service, data, entities } = call;
  const none = { code: 'not_found', message: `Service ${domain}.${service} not found.` };
  if (SWITCHED.includes(domain)) {
    if (service !== 'turn_on' && service !== 'turn_off') return none;
    for (const id of entities) turn(house, id, service === 'turn_on', data);
    return null;
  }
  switch (domain) {
    case 'media_player':
      return play(house, call) ? null : none;
    case 'persistent_notification': {
      const { notification_id: id, message } = noticeSchema.parse(data);
      if (service === 'create') house.notices.set(id, message);
      else house.notices.delete(id);
      return null;
    }
    case 'notify':
      if (service === 'send_message') {
        for (const id of entities) house.change(id, house.now());
        return null;
      }
      return service.startsWith('mobile_app_') ? null : none;
    case 'button':
    case 'input_button':
      for (const id of entities) house.change(id, house.now());
      return null;
    default:
      return none;
  }
}

/** Home Assistant passes over entities that are unavailable, and says nothing. */
function turn(house: House, id: string, on: boolean, data: Call['data']): void {
  const entity = house.entities.get(id);
  if (entity === undefined || entity.state === 'unavailable') return;
  entity.turned?.(on, data);
  const { brightness, rgb_color: rgb } = data;
  const more = {
    ...(brightness === undefined ? {} : { brightness }),
    ...(rgb === undefined ? {} : { rgb_color: rgb }),
  };
  house.change(id, on ? 'on' : 'off', more);
}

function play(house: House, { service, data, entities }: Call): boolean {
  for (const id of entities) {
    const entity = house.entities.get(id);
    if (entity === undefined) continue;
    switch (service) {
      case 'volume_set':
        house.change(id, entity.state, volumeSchema.parse(data));
        break;
      case 'play_media':
        entity.turned?.(true, data);
        house.change(id, 'playing');
        break;
      case 'media_stop':
        entity.turned?.(false, data);
        house.change(id, 'idle');
        break;
      default:
        return false;
    }
  }
  return true;
}

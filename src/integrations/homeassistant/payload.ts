import { z } from 'zod';
import type { StationSettings } from '../../model/station.ts';
import type { DeskSettings } from '../../model/desk.ts';
import type { Component, Components, Json } from './entities.ts';
import { AVAILABLE } from './templates.ts';
import { deviceId, topicsOf } from './topics.ts';

/** Who speaks: the same in every payload of a controller. */
export interface Origin {
  readonly site: string;
  readonly version: string;
  readonly simulated: boolean;
}

/** What any place says of itself. */
export type Told = Pick<StationSettings | DeskSettings, 'id' | 'name' | 'kind'>;

/** A station's device-discovery payload: one device, all its entities, and when they may be believed. */
export function discoveryPayload(origin: Origin, settings: Told, components: Components): string {
  const { site, version, simulated } = origin;
  const payload: Readonly<Record<string, Json>> = {
    device: {
      identifiers: [deviceId(site, settings.id)],
      name: simulated ? `${settings.name} (SIMULATED)` : settings.name,
      manufacturer: 'Ebb',
      model: simulated ? 'Simulated station' : 'Station',
      model_id: settings.kind,
      sw_version: version,
    },
    origin: { name: 'Ebb', sw_version: version },
    availability: [
      {
        topic: topicsOf(settings.id).status,
        value_template: AVAILABLE,
        payload_available: 'online',
        payload_not_available: 'offline',
      },
    ],
    availability_mode: 'all',
    qos: 1,
    components,
  };
  return JSON.stringify(payload);
}

/** What an earlier payload offered: the platform of each entity, by key. */
export type Platforms = ReadonlyMap<string, string>;

const MAX_EARLIER = 100;
const earlierSchema = z.object({
  components: z.record(z.string().max(100), z.object({ platform: z.string().regex(/^[a-z_]{1,40}$/) })),
});

/** Reads a retained payload of before. One that is not ours to read offered nothing; it is overwritten all the same. */
export function platformsIn(payload: string): Platforms {
  const parsed = earlierSchema.safeParse(json(payload));
  const found = parsed.success ? Object.entries(parsed.data.components) : [];
  return new Map(found.slice(0, MAX_EARLIER).map(([key, { platform }]) => [key, platform]));
}

export function platformsOf(components: Components): Platforms {
  return new Map(Object.entries(components).map(([key, { platform }]) => [key, platform]));
}

/**
 * The entities of before that are not offered any more, each as the platform alone, which is how one is taken back:
 * once in a payload of its own, after which it is left out.
 */
export function takenBack(before: Platforms, now: Components): Components {
  const gone = [...before].filter(([key, platform]) => now[key]?.platform !== platform);
  return Object.fromEntries(gone.map(([key, platform]): [string, Component] => [key, { platform }]));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

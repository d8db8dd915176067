import { z } from 'zod';
import type { Config } from '../../config/index.ts';
import { ConfigError } from '../../model/errors.ts';
import type { StationSettings } from '../../model/station.ts';

export const SPEED = {
  flags: '--speed <times>',
  description: 'how fast simulated time goes, 0.1 to 1000',
} as const;
export const SEED = {
  flags: '--seed <number>',
  description: 'what the simulation is drawn from; printed where none is given',
} as const;

export const speedSchema = z.coerce
  .number({ error: 'a number from 0.1 to 1000' })
  .min(0.1, 'at least 0.1')
  .max(1_000, 'at most 1000');

/**
 * The id of the place meant, whatever it is: for what is said to one. With only one bath it need not be named, nor with
 * only one desk where there is no water.
 * @throws ConfigError usage, unknown_station
 */
export function placeOf(config: Pick<Config, 'stations' | 'desks'>, id: string | undefined): string {
  if (id !== undefined && config.desks.some((desk) => desk.id === id)) return id;
  if (config.stations.length === 0) return deskOf(config, id);
  return stationOf(config, id).id;
}

/**
 * The desk or spot meant: with only one it need not be named.
 * @throws ConfigError usage, unknown_station
 */
export function deskOf({ desks }: Pick<Config, 'desks'>, id: string | undefined): string {
  const names = desks.map((desk) => desk.id).join(', ');
  if (names === '') throw new ConfigError('usage', 'there is no desk or spot for it in this config');
  const [only] = desks;
  if (id === undefined) {
    if (only !== undefined && desks.length === 1) return only.id;
    throw new ConfigError('usage', 'which desk?', { remedy: `name one with --station: ${names}` });
  }
  if (desks.some((desk) => desk.id === id)) return id;
  throw new ConfigError('unknown_station', `there is no desk or spot "${id}"`, {
    remedy: `there are ${names}`,
  });
}

/**
 * The station meant: with only one it need not be named.
 * @throws ConfigError usage, unknown_station
 */
export function stationOf(
  config: Pick<Config, 'stations' | 'desks'>,
  id: string | undefined,
): StationSettings {
  if (config.stations.length === 0 || config.desks.some((desk) => desk.id === id)) {
    const message = 'this is for baths, showers and buckets; nothing runs at a desk in this version';
    throw new ConfigError('unsupported', message, { remedy: 'the reminders of a desk: ebb next, ebb ack' });
  }
  const names = config.stations.map((station) => station.id).join(', ');
  const [only] = config.stations;
  if (id === undefined) {
    if (only !== undefined && config.stations.length === 1) return only;
    throw new ConfigError('usage', 'which station?', { remedy: `name one with --station: ${names}` });
  }
  const named = config.stations.find((station) => station.id === id);
  if (named !== undefined) return named;
  throw new ConfigError('unknown_station', `there is no station "${id}"`, { remedy: `there are ${names}` });
}

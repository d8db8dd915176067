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
 * The station meant: with only one it need not be named.
 * @throws ConfigError usage, unknown_station
 */
export function stationOf(config: Pick<Config, 'stations'>, id: string | undefined): StationSettings {
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

import type { VesselKind } from '../../src/model/station.ts';
import { Basins } from './basins.ts';
import { Plant, type PlantOptions } from './plant.ts';
import type { Works } from './works.ts';

export interface WorksOptions extends PlantOptions {
  readonly vessel: VesselKind | null;
  /** Of a basin, litres. */
  readonly volumeL: number | null;
}

/** The water of a station, by how it reaches the feet. */
export function createWorks(options: WorksOptions): Works {
  const { vessel, volumeL } = options;
  if (vessel !== 'basin' && vessel !== 'two-basins') return new Plant(options);
  return new Basins({ ...options, vessel, volumeL: volumeL ?? DEFAULT_L });
}

/** `volume:` of a config that does not say it. */
const DEFAULT_L = 8;

export type { Works } from './works.ts';

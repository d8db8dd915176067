import type { Universe } from '../../campaign/coverage.ts';
import { chartOf } from '../../../machines/engine.ts';
import { TRIP_CODES } from '../../../machines/watch/index.ts';
import { WATER_MACHINES } from '../../docs/charts.ts';

/** Every state and every row of every chart of water, named as the workers count them; and everything that the watch trips for. */
export function universe(): Universe {
  const charts = WATER_MACHINES.map((machine) => ({ id: machine.id, ...chartOf(machine) }));
  return {
    states: charts.flatMap(({ id, states }) => states.map((state) => `${id}: ${state}`)),
    rows: charts.flatMap(({ id, rows }) => rows.map((row) => `${id}: ${row.id}`)),
    trips: TRIP_CODES,
  };
}

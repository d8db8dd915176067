// If these fail, the proof test lets somebody in over a supply, a pipe or a valve that it should have refused, or refuses
// it and does not say which of them and what to do about it.
import { expect, test } from 'vitest';
import type { Trip } from '../../src/model/want.ts';
import { IN_COLD, TEMPERING, WatchBench, times } from './support.ts';

const leg = (n: number, side: 'warm' | 'cold') => ({
  ...(side === 'warm' ? TEMPERING : { ...IN_COLD, exposed: false }),
  leg: n,
});
/** The first leg at `warmC`, then the cold one at `coldC`. */
const legs = (warmC: number, coldC: number, settings = {}) =>
  new WatchBench({ readingAgeMs: 1e9, ...settings })
    .reading(20)
    .expect(leg(0, 'warm'))
    .open('warm')
    .readings(times(12, warmC))
    .expect(leg(1, 'cold'))
    .close('hot')
    .open('cold')
    .readings(times(25, coldC));
const abort = { response: 'abort', latch: false } as const;

test.each<readonly [Trip['reason'], () => WatchBench, Omit<Trip, 'reason'>]>([
  [
    'no_effect',
    () =>
      new WatchBench({ readingAgeMs: 1e9 })
        .reading(20)
        .expect(leg(2, 'warm'))
        .open('warm')
        .readings(times(12, 26))
        .expect(leg(1, 'cold'))
        .close('hot')
        .open('cold')
        .readings(times(25, 23.5)),
    {
      detector: 'proof',
      ...abort,
      message: 'switching from warm to cold changed 26.0 C to 23.5 C: a valve has no effect or leaks',
    },
  ],
  [
    'no_effect',
    () => legs(38, 24.1),
    {
      detector: 'proof',
      ...abort,
      message:
        'the cold water settles at 24.1 C, above 24.0 C: the hot valve does not shut or leaks, or the supplies are swapped',
    },
  ],
  [
    'cold_supply_too_cold',
    () => legs(38, 9.9),
    {
      detector: 'proof',
      ...abort,
      message:
        "the cold supply is 9.9 C; below 10.0 C nobody's feet go in; temper the cold line with a mixing valve, or wait for warmer days",
    },
  ],
  [
    'warm_supply_too_warm',
    () => legs(40.6, 15),
    {
      detector: 'proof',
      ...abort,
      message: 'the warm water settles at 40.6 C, wanted at most 40.5 C; set the mixing valve lower',
    },
  ],
  [
    'dead_time_too_long',
    () =>
      new WatchBench({ readingAgeMs: 1e9 })
        .reading(38)
        .expect(leg(1, 'cold'))
        .open('cold')
        .readings([...times(5, 38), ...times(9, 15)]),
    {
      detector: 'proof',
      ...abort,
      message: 'the water needs 6.0 s from the valve to the feet, at most 4.0 s (L22)',
    },
  ],
  [
    'lag_too_long',
    () =>
      new WatchBench({ readingAgeMs: 1e9 })
        .reading(38)
        .expect(leg(1, 'cold'))
        .open('cold')
        .readings([34, 33, 32, 31, 30, 29, 28, ...times(9, 15)]),
    {
      detector: 'proof',
      ...abort,
      message: 'the reading needs 7.0 s to follow the water, at most 5.0 s (L22)',
    },
  ],
])('%s', (reason, make, trip) => {
  const bench = make();
  const found = bench.trips.filter((one) => one.trip.reason === reason).map((one) => one.trip);
  expect(found[0] ?? bench.said).toEqual({ reason, ...trip });
});

import { Random } from '../../random/random.ts';
import type { Invariant } from './invariant.ts';
import type { TraceEvent } from '../trace.ts';

/** A pair of sessions costs as much as one: one seed in so many has it. */
const ONE_IN = 32;
const AFTER_MS = 20_000;
/** The way of a message through the bus is drawn: two sessions that are not the same have not the same. */
const WAY_MS = 50;

/**
 * By then whoever comes has been let in, and the trip has come: else nobody begins, or what holds back warmer water holds
 * it back whatever is read. Milliseconds.
 */
const GIVES_UP_MS = 300_000;

function isTrip({ type }: TraceEvent): boolean {
  return type === 'trip';
}

/** Two sessions that are the same until the guard fails in contact, and from there on one thermometer reads warmer. */
export const i18: Invariant = {
  id: 'I18',
  says: 'replacing a reading by a more dangerous one never delays a trip',
  judge: () => ({ judged: 0 }),
  beside(beside, object) {
    const { scenario, house } = beside;
    // A basin that reads warmer is topped up less: there the hot water does not come at all. A mixer lets none through.
    if (
      scenario.seed % ONE_IN !== 0 ||
      house.station.plumbing !== 'two-valves' ||
      house.station.vessel !== 'stream'
    )
      return 0;
    const random = new Random(scenario.seed, 'I18');
    const supplyC = random.between(43, 60);
    // A whole number of steps of every thermometer (1/16 K, 0.1 K): else one is rounded up and its neighbour down, and what
    // reads warmer rises less.
    const byC = random.int(1, 12) / 2;
    /** When the trip came; by the last moment that was waited for, Infinity: it did not. */
    const run = (offsetC: number, lastMs: number): number =>
      beside
        .trial(
          (world) => {
            world.inContact(AFTER_MS, () => {
              world.warm(supplyC);
              if (offsetC > 0) world.offset(offsetC);
            });
          },
          (event) => isTrip(event) || event.atMs > lastMs,
        )
        .find(isTrip)?.atMs ?? Infinity;
    const trueMs = run(0, GIVES_UP_MS);
    if (trueMs === Infinity) return 0;
    const warmerMs = run(byC, Infinity);
    if (warmerMs > trueMs + WAY_MS)
      object(`with readings ${byC.toFixed(1)} K higher the trip came ${warmerMs - trueMs} ms later`);
    return 1;
  },
};

import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Detector, Facts } from './facts.ts';
import { changeOf, hottest, isWarmTapWater, sampleOf } from './facts.ts';

interface Held {
  readonly sinceMs: number | null;
  readonly minC: number;
  readonly maxC: number;
  readonly banded: boolean;
}
/** What a basin does while its water is what feet go into. */
const HELD: ReadonlySet<string> = new Set(['hold', 'let', 'top']);
const NONE: Held = { sinceMs: null, minC: 0, maxC: 0, banded: false };

/**
 * L15, as an edge: 10 s of contiguous readings in the band and steady within +-1 K say `banded`; the first one outside
 * says `unbanded`. Cold water that is warmer than its range and does not get colder counts as in band.
 */
export const holdBand: Detector<Held> = {
  id: 'L15',
  initial: NONE,
  step(look, before) {
    const { facts } = look;
    const { expectation } = facts;
    // A new band, or water that has just been switched, is held from the beginning.
    const { basin } = look.settings;
    if (basin === null && look.input.type === 'sent' && look.input.action === 'open') return { state: NONE };
    if (look.input.type === 'expect') {
      const same =
        expectation.active &&
        expectation.leg === null &&
        (facts.inBandSinceMs !== null || isWarmTapWater(facts));
      return { state: same ? before : NONE };
    }
    const sample = sampleOf(look);
    if (!expectation.active || expectation.leg !== null || expectation.band === null || sample === null)
      return { state: before };
    // What stands in the pipe or the tray says nothing of what will come: the water must be running.
    const stands = expectation.basin !== null && HELD.has(expectation.basin.operation);
    const runs = basin === null ? changeOf(facts)?.verifiedAtMs != null && facts.open.length > 0 : stands;
    if (!runs || !(facts.inBandSinceMs !== null || isWarmTapWater(facts))) {
      return before.banded ? { state: NONE, edge: { type: 'unbanded' } } : { state: NONE };
    }
    // Two thermometers may differ; each must be in the band, and what they say together must be steady.
    const valueC = hottest(facts) ?? sample.valueC;
    const minC = before.sinceMs === null ? valueC : Math.min(before.minC, valueC);
    const maxC = before.sinceMs === null ? valueC : Math.max(before.maxC, valueC);
    const steady = maxC - minC <= 2 * TRIPS.band.steadyC;
    // Once held it has to stay so: the last 10 s count, whatever came before.
    let spreadC = 0;
    for (const id in facts.latest) spreadC = Math.max(spreadC, spreadOf(facts, id, sample.takenAtMs));
    if (before.banded && spreadC > 2 * TRIPS.band.steadyC) return { state: NONE, edge: { type: 'unbanded' } };
    if (before.banded) return { state: before };
    const held: Held = steady
      ? { sinceMs: before.sinceMs ?? sample.takenAtMs, minC, maxC, banded: false }
      : { sinceMs: sample.takenAtMs, minC: valueC, maxC: valueC, banded: false };
    const heldMs = sample.takenAtMs - (held.sinceMs ?? sample.takenAtMs);
    return heldMs >= ENVELOPE.bandHoldMs && spreadC <= 2 * TRIPS.band.steadyC
      ? { state: { ...held, banded: true }, edge: { type: 'banded' } }
      : { state: held };
  },
};

/** By how much one thermometer has moved in the last 10 s, K. */
function spreadOf({ history }: Facts, id: DeviceId, untilMs: number): number {
  let [lowestC, highestC] = [Infinity, -Infinity];
  for (const { device, takenAtMs, valueC } of history) {
    if (device !== id || takenAtMs < untilMs - ENVELOPE.bandHoldMs) continue;
    lowestC = Math.min(lowestC, valueC);
    highestC = Math.max(highestC, valueC);
  }
  return Math.max(0, highestC - lowestC);
}

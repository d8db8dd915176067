import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Detector, Facts, Finding, Look, Sample } from './facts.ts';
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
 * L15, as an edge: 10 s of contiguous readings in the band and steady within +-1 K say `banded`; the first one outside,
 * a gap between two of them or water that is switched says `unbanded`. Cold water that is warmer than its range and
 * does not get colder counts as in band.
 */
export const holdBand: Detector<Held> = {
  id: 'L15',
  initial: NONE,
  step(look, before) {
    const { facts } = look;
    const { expectation } = facts;
    // A new band, or water that has just been switched, is held from the beginning.
    const { basin } = look.settings;
    if (basin === null && look.input.type === 'sent' && look.input.action === 'open') return over(before);
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
    const runs = basin === null ? isRunning(facts) : stands;
    if (!runs || !(facts.inBandSinceMs !== null || isWarmTapWater(facts))) return over(before);
    // What nobody looked at was not seen to be in the band: this reading is the first one again.
    const seen = isContiguous(look, sample) ? before : NONE;
    if (before.banded && !seen.banded) return over(before);
    return held(facts, sample, seen);
  },
};

function over({ banded }: Held): Finding<Held> {
  return banded ? { state: NONE, edge: { type: 'unbanded' } } : { state: NONE };
}

/** Verified open, and not told to close since. */
function isRunning(facts: Facts): boolean {
  return changeOf(facts)?.verifiedAtMs != null && facts.open.length > 0 && facts.toldShutMs === null;
}

/** Its thermometer had not been silent for longer than L20 when it came: as a rule T5 has closed the water by then. */
function isContiguous({ facts, settings, atMs }: Look, { device, takenAtMs }: Sample): boolean {
  const last = facts.history.findLast((one) => one.device === device && one.takenAtMs < takenAtMs);
  return last !== undefined && atMs <= last.takenAtMs + settings.readingAgeMs;
}

/** With a sample that is in the band, of water that runs. */
function held(facts: Facts, sample: Sample, before: Held): Finding<Held> {
  // Two thermometers may differ; each must be in the band, and what they say together must be steady.
  const valueC = hottest(facts) ?? sample.valueC;
  const minC = before.sinceMs === null ? valueC : Math.min(before.minC, valueC);
  const maxC = before.sinceMs === null ? valueC : Math.max(before.maxC, valueC);
  const steady = maxC - minC <= 2 * TRIPS.band.steadyC;
  // Once held it has to stay so: the last 10 s count, whatever came before.
  let spreadC = 0;
  for (const id in facts.latest) spreadC = Math.max(spreadC, spreadOf(facts, id, sample.takenAtMs));
  if (before.banded) return spreadC > 2 * TRIPS.band.steadyC ? over(before) : { state: before };
  const now: Held = steady
    ? { sinceMs: before.sinceMs ?? sample.takenAtMs, minC, maxC, banded: false }
    : { sinceMs: sample.takenAtMs, minC: valueC, maxC: valueC, banded: false };
  const heldMs = sample.takenAtMs - (now.sinceMs ?? sample.takenAtMs);
  return heldMs >= ENVELOPE.bandHoldMs && spreadC <= 2 * TRIPS.band.steadyC
    ? { state: { ...now, banded: true }, edge: { type: 'banded' } }
    : { state: now };
}

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

import { ENVELOPE, TRIPS } from '../envelope.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Detector, Facts, Finding, Look, Sample } from './facts.ts';
import { NOTHING, changeOf, isWarmTapWater } from './facts.ts';

interface Held {
  /** Of the first of the readings that were all in the band. */
  readonly sinceMs: number | null;
  readonly banded: boolean;
}
/** What a basin does while its water is what feet go into. */
const HELD: ReadonlySet<string> = new Set(['hold', 'let', 'top']);
const NONE: Held = { sinceMs: null, banded: false };
/** Steady, from end to end, K. */
const SPREAD_C = 2 * TRIPS.band.steadyC;

/**
 * L15, as an edge: 10 s of contiguous readings in the band and steady within +-1 K say `banded`; the first one outside,
 * a gap between two of them or water that is switched says `unbanded`. Cold water that is warmer than its range and
 * does not get colder counts as in band.
 */
export const holdBand: Detector<Held> = {
  id: 'L15',
  trips: [],
  initial: NONE,
  goesBy: ['expect', 'temperature', 'sent'],
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
    const { sample } = look;
    if (!expectation.active || expectation.leg !== null || sample === null) return NOTHING;
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
function held(facts: Facts, { takenAtMs }: Sample, before: Held): Finding<Held> {
  // Two thermometers may differ; each by itself must be steady. The last 10 s count, whatever came before.
  const steady = Object.keys(facts.latest).every((id) => spreadOf(facts, id, takenAtMs) <= SPREAD_C);
  if (before.banded) return steady ? NOTHING : over(before);
  const sinceMs = before.sinceMs ?? takenAtMs;
  return steady && takenAtMs >= sinceMs + ENVELOPE.bandHoldMs
    ? { state: { sinceMs, banded: true }, edge: { type: 'banded' } }
    : { state: { sinceMs, banded: false } };
}

/** By how much one thermometer has moved in the last 10 s, K. They begin with a reading, whatever its period. */
function spreadOf({ history }: Facts, id: DeviceId, untilMs: number): number {
  let [leastC, mostC] = [Infinity, -Infinity];
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const one = history[index];
    if (one?.device !== id) continue;
    leastC = Math.min(leastC, one.valueC);
    mostC = Math.max(mostC, one.valueC);
    if (one.takenAtMs <= untilMs - ENVELOPE.bandHoldMs) break;
  }
  return mostC - leastC;
}

import type { BasinExpectation } from '../../src/model/basin.ts';
import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { BASIN, ENVELOPE } from '../envelope.ts';
import type { Detector, Facts, Finding, Look } from './facts.ts';
import { NOTHING, coldest, hottest, inContact } from './facts.ts';

interface Seen {
  /** What it holds, litres; null while nothing has been read. The config takes no basin with a float. */
  readonly litres: number | null;
  readonly takenAtMs: number;
  /** The operation under way, since when, and whether its end has been told. */
  readonly during: BasinExpectation | null;
  readonly sinceMs: number;
  readonly told: boolean;
  /** Since when the drain is verified to stand open; null while it is held shut or nobody knows. */
  readonly drainsSinceMs: number | null;
  /** Since when nothing but a film is left. */
  readonly emptySinceMs: number | null;
  /** The level must rise while water runs in: from where, and since when. */
  readonly rise: { readonly fromL: number; readonly atMs: number } | null;
  /** How many readings running the level was where it should not be. */
  readonly wrong: number;
}
const NONE: Seen = {
  litres: null,
  takenAtMs: 0,
  during: null,
  sinceMs: 0,
  told: false,
  drainsSinceMs: null,
  emptySinceMs: null,
  rise: null,
  wrong: 0,
};

/** Water that runs in raises the level by this within so long, at 2 l/min and with the noise of a sensor. */
const RISE = { litres: 0.08, withinMs: 6_000 };
/** A held basin below this share of its volume loses water: an exchange takes less. */
const LEAK_SHARE = 0.7;

/**
 * The level of a basin: says when it is empty, full, or a portion is out, when the water has settled, and when it
 * drifts from its target; and trips where it leaks, does not rise, or has stood too long (L17).
 */
export const basin: Detector<Seen> = {
  id: 'basin',
  trips: ['T7 basin_not_filling', 'T7 basin_leaks', 'T7 water_too_old'],
  initial: NONE,
  goesBy: ['expect', 'temperature', 'sense', 'sent', 'verified'],
  step(look, before) {
    const { settings, facts } = look;
    const expected = facts.expectation.basin;
    if (settings.basin === null || expected === null) return { state: noted(look, before) };
    const begun = during(look, noted(look, before), expected);
    const seen = { ...begun, wrong: wrongAfter(look, begun, expected, settings.basin.volumeL) };
    return { state: seen, ...(seen.wrong < 2 ? aged(look, progress(look, seen, expected)) : leaks(seen)) };
  },
};

/** The level and the drain, whatever is expected of them. */
function noted({ settings, input, atMs }: Look, before: Seen): Seen {
  if (input.type === 'sense' && input.reading.kind === 'level') {
    const { level, takenAtMs } = input.reading;
    return { ...before, litres: level?.by === 'volume' ? level.litres : null, takenAtMs };
  }
  if (!('device' in input) || input.device !== settings.basin?.drain) return before;
  // Its coil holds it shut: released and verified, it stands open.
  if (input.type === 'verified')
    return { ...before, drainsSinceMs: input.status === 'closed' ? (before.drainsSinceMs ?? atMs) : null };
  return input.type === 'sent' && input.action === 'open' ? { ...before, drainsSinceMs: null } : before;
}

/** With the operation that is expected: whether it goes on, or begins. */
function during({ atMs }: Look, seen: Seen, expected: BasinExpectation): Seen {
  if (seen.during === expected) return seen;
  return {
    ...seen,
    during: expected,
    sinceMs: atMs,
    told: false,
    emptySinceMs: null,
    rise: null,
    wrong: 0,
  };
}

function progress(look: Look, seen: Seen, { operation, toL }: BasinExpectation): Finding<Seen> {
  if (seen.told) return NOTHING;
  switch (operation) {
    case 'empty':
      return emptying(look, seen, toL ?? 0);
    case 'fill':
    case 'top':
      return filling(look, seen, toL ?? 0);
    case 'let':
      return letting(seen, toL ?? 0);
    case 'settle':
      return settling(look, seen);
    case 'hold':
      return holding(look, seen);
    case 'rest':
      return NOTHING;
  }
}

function emptying({ atMs }: Look, seen: Seen, toL: number): Finding<Seen> {
  const { litres, drainsSinceMs } = seen;
  // What was read before the drain stood open says nothing of what it does.
  if (litres === null || drainsSinceMs === null || seen.takenAtMs < seen.sinceMs) return NOTHING;
  if (litres > toL) return { state: { ...seen, emptySinceMs: null } };
  const sinceMs = seen.emptySinceMs ?? atMs;
  const dueMs = sinceMs + BASIN.emptyForMs;
  const state = { ...seen, emptySinceMs: sinceMs };
  return atMs < dueMs ? { state, deadlineMs: dueMs } : told(state, { type: 'emptied' });
}

function filling(look: Look, seen: Seen, toL: number): Finding<Seen> {
  const { litres } = seen;
  if ((litres ?? -Infinity) >= toL && seen.takenAtMs >= seen.sinceMs) return told(seen, { type: 'filled' });
  if (look.facts.change?.verifiedAtMs == null || look.facts.open.length === 0)
    return { state: { ...seen, rise: null } };
  return litres === null ? {} : rising(look, seen, litres);
}

/** A level that stands still while water runs in would let it run on. */
function rising({ atMs }: Look, seen: Seen, litres: number): Finding<Seen> {
  const { rise } = seen;
  if (rise === null || litres >= rise.fromL + RISE.litres)
    return { state: { ...seen, rise: { fromL: litres, atMs } }, deadlineMs: atMs + RISE.withinMs };
  const dueMs = rise.atMs + RISE.withinMs;
  if (atMs < dueMs) return { deadlineMs: dueMs };
  const message = `the supply is open and the level stays at ${litres.toFixed(1)} l: no water comes, the drain is not shut, or the level sensor is stuck`;
  return { state: { ...seen, rise: null }, trip: trips('basin_not_filling', message) };
}

/** A level that was low before the drain stood open tells of waves, not of what was let out. */
function letting(seen: Seen, toL: number): Finding<Seen> {
  const { litres, drainsSinceMs } = seen;
  if (litres === null || drainsSinceMs === null || seen.takenAtMs < drainsSinceMs) return NOTHING;
  return litres <= toL ? told(seen, { type: 'let-out' }) : {};
}

/** The dangerous side of what was filled, once the thermometer has had its time. */
function settling({ facts, atMs }: Look, seen: Seen): Finding<Seen> {
  const dueMs = seen.sinceMs + BASIN.settleMs;
  if (atMs < dueMs) return { deadlineMs: dueMs };
  const valueC = facts.expectation.side === 'cold' ? coldest(facts) : hottest(facts);
  return valueC === null ? {} : told(seen, { type: 'settled', valueC });
}

/** Warming rests on the highest reading, cooling of a cold basin on the lowest: neither overshoots for anybody. */
function holding(look: Look, seen: Seen): Finding<Seen> {
  const { facts, atMs } = look;
  const { side, targetC } = facts.expectation;
  if (look.sample === null || targetC === null || side === null) return NOTHING;
  // After a portion the thermometer needs a moment to come up with it.
  if (atMs < seen.sinceMs + BASIN.settleMs) return NOTHING;
  const valueC = side === 'cold' ? coldest(facts) : hottest(facts);
  const offC = side === 'cold' ? BASIN.driftColdC : BASIN.driftWarmC;
  if (valueC === null || Math.abs(valueC - targetC) <= offC) return NOTHING;
  return { edge: { type: 'drift', toward: valueC < targetC ? 'warm' : 'cold', valueC } };
}

function told(state: Seen, edge: NonNullable<Finding<Seen>['edge']>): Finding<Seen> {
  return { state: { ...state, told: true }, edge };
}

/** How many readings running a held basin has been lower than an exchange makes it. */
function wrongAfter({ input }: Look, seen: Seen, expected: BasinExpectation, volumeL: number): number {
  if (input.type !== 'sense' || input.reading.kind !== 'level' || seen.litres === null) return seen.wrong;
  return expected.operation === 'hold' && seen.litres < LEAK_SHARE * volumeL ? seen.wrong + 1 : 0;
}

function leaks(seen: Seen): Finding<Seen> {
  const message = `the basin holds ${(seen.litres ?? 0).toFixed(1)} l and loses water; look at its drain`;
  return { state: { ...seen, wrong: 0 }, trip: trips('basin_leaks', message) };
}

/** L17: nobody's feet stay in water that has stood for 30 min. */
function aged({ facts, atMs }: Look, found: Finding<Seen>): Finding<Seen> {
  const byMs = oldAtMs(facts);
  if (byMs === null || found.trip !== undefined) return found;
  if (atMs < byMs) return { ...found, deadlineMs: Math.min(found.deadlineMs ?? Infinity, byMs) };
  const message = 'the water in the basin has stood for 30 min; step out, it is let out';
  return { ...found, trip: { ...trips('water_too_old', message), response: 'end' } };
}

function oldAtMs(facts: Facts): number | null {
  const filledAtMs = facts.expectation.basin?.filledAtMs ?? null;
  return filledAtMs === null || !inContact(facts) ? null : filledAtMs + ENVELOPE.standingMs;
}

function trips(reason: Reason, message: string): Trip {
  return { detector: 'T7', reason, response: 'abort', latch: false, message };
}

import type { DeviceId } from '../../src/model/ids.ts';
import type { Level } from '../../src/model/device.ts';
import type { Reason } from '../../src/model/state.ts';
import type { Trip } from '../../src/model/want.ts';
import { BASIN, TRIPS } from '../envelope.ts';
import { withEntry } from '../with-entry.ts';
import type { Detector, Finding, Look } from './facts.ts';
import { NOTHING, changeOf } from './facts.ts';

interface Flow {
  readonly lpm: number;
  readonly takenAtMs: number;
  /** Since when it has flowed, or has not, without a break. */
  readonly sinceMs: number;
}
interface Plumbing {
  /** null: the meter has not spoken, or what it said was no flow. */
  readonly flow: Flow | null;
  readonly wasHeard: boolean;
  readonly isSilent: boolean;
  /** The floats that are up, and since when. */
  readonly up: Readonly<Record<DeviceId, number>>;
  /** How many samples running were above what may be in the basin, and the last of them. */
  readonly over: number;
  readonly litres: number;
  readonly wet: readonly DeviceId[];
}
const NONE: Plumbing = { flow: null, wasHeard: false, isSilent: false, up: {}, over: 0, litres: 0, wet: [] };

const { flowingLpm, flowMs, fullMs, samples } = TRIPS.t7;

/**
 * T7: water where none should be, or none where it should. Leaks, levels and the flow are looked at always, also at rest
 * and whatever a session is about. A meter that is silent says nothing: that is told, and water goes on without it, since
 * no protocol rests on the flow.
 */
export const t7: Detector<Plumbing> = {
  id: 'T7',
  trips: ['T7 leak', 'T7 overfull', 'T7 flow_while_closed', 'T7 no_flow'],
  initial: NONE,
  goesBy: ['sense', 'session', 'expect', 'sent', 'verified'],
  step(look, before) {
    const state = sensed(look, before);
    const trip = leak(look, state) ?? overLitres(look, state);
    if (trip !== null) return { state, trip };
    const float = floats(look, state);
    if (float.trip !== undefined) return { ...float, state };
    const flow = flowing(look, state);
    const deadlineMs = Math.min(float.deadlineMs ?? Infinity, flow.deadlineMs ?? Infinity);
    return { state, ...flow, deadlineMs };
  },
};

function sensed(look: Look, before: Plumbing): Plumbing {
  const { input, atMs } = look;
  if (input.type !== 'sense') return before;
  const { device, reading } = input;
  switch (reading.kind) {
    case 'flow': {
      if (reading.valueLpm === null) return { ...before, flow: null };
      const { valueLpm: lpm, takenAtMs } = reading;
      const sinceMs =
        before.flow !== null && runs(before.flow) === runs({ lpm }) ? before.flow.sinceMs : takenAtMs;
      return { ...before, flow: { lpm, takenAtMs, sinceMs }, wasHeard: true };
    }
    case 'level':
      return reading.level === null
        ? before
        : levelled(before, device, reading.level, mostLitres(look), atMs);
    case 'leak': {
      // A sensor that has gone is not known to be dry again.
      if (reading.leaking === null) return before;
      const others = before.wet.filter((id) => id !== device);
      return { ...before, wet: reading.leaking ? [...others, device] : others };
    }
    case 'presence':
    case 'busy':
      return before;
  }
}

const runs = ({ lpm }: Pick<Flow, 'lpm'>): boolean => lpm >= flowingLpm;

function levelled(
  before: Plumbing,
  device: DeviceId,
  level: Level,
  mostLitres: number | null,
  atMs: number,
): Plumbing {
  if (level.by === 'volume') {
    const isOver = mostLitres !== null && level.litres > mostLitres;
    return { ...before, over: isOver ? before.over + 1 : 0, litres: level.litres };
  }
  // It says again and again what it said.
  if (level.high === device in before.up) return before;
  if (level.high) return { ...before, up: withEntry(before.up, device, atMs) };
  const { [device]: _, ...others } = before.up;
  return { ...before, up: others };
}

/** Each word of a wet sensor, and each session that begins while one is wet. */
function leak({ input, facts }: Look, { wet }: Plumbing): Trip | null {
  const asked = input.type === 'session' || (input.type === 'expect' && facts.expectation.active);
  const said = input.type === 'sense' && input.reading.kind === 'leak';
  if (wet.length === 0 || !(asked || said)) return null;
  return trip(
    'leak',
    `${wet.join(', ')} is wet where it should be dry: shut the tap by hand, find where the water comes from and dry the sensor`,
  );
}

function overLitres(look: Look, { over, litres }: Plumbing): Trip | null {
  const most = mostLitres(look);
  if (over < samples || most === null) return null;
  return overfill(`there are ${litres.toFixed(1)} l in the basin, at most ${most.toFixed(1)}`);
}

/** L17. A level sensor sees what two feet push up as well, from the end of the filling on: before it nobody is in. */
function mostLitres({ settings, facts }: Look): number | null {
  const { mostLitres: most } = settings.senses;
  const fills = facts.expectation.basin?.operation === 'fill';
  return most === null || fills ? most : most + BASIN.feetL;
}

/** A float that is up: on a stream the tray runs over; in a basin the supply must be shut by then. */
function floats({ settings, facts, atMs }: Look, { up }: Plumbing): Finding<Plumbing> {
  const [first] = Object.entries(up);
  if (first === undefined) return NOTHING;
  const [device, sinceMs] = first;
  if (settings.senses.float === 'overflow')
    return { trip: overfill(`${device} is up: the water does not run away, so the drain is blocked`) };
  if (facts.wanted.length === 0) return NOTHING;
  const overMs = sinceMs + fullMs;
  if (atMs < overMs) return { deadlineMs: overMs };
  return {
    trip: overfill(
      `${device} has told for ${fullMs / 1_000} s that the basin is full, and water still runs in`,
    ),
  };
}

function flowing({ settings, facts, input, atMs }: Look, before: Plumbing): Finding<Plumbing> {
  const { flowAgeMs, travelMs } = settings.senses;
  if (flowAgeMs === null) return NOTHING;
  const { flow } = before;
  if (flow === null || atMs > flow.takenAtMs + flowAgeMs) {
    // One that has never spoken is missed when a session begins.
    const tells = !before.isSilent && (before.wasHeard || input.type === 'session');
    return tells ? { state: { ...before, isSilent: true }, edge: { type: 'flow-silent' } } : {};
  }
  const staleMs = flow.takenAtMs + flowAgeMs;
  const state = before.isSilent ? { ...before, isSilent: false } : before;
  const heard = before.isSilent ? { edge: { type: 'flow-heard' } as const } : {};
  const shutMs = facts.toldShutMs === null ? null : facts.toldShutMs + travelMs;
  const sinceMs = runs(flow) ? shutMs : openSinceMs(facts);
  // What was measured before says nothing of now.
  if (sinceMs === null || flow.takenAtMs < sinceMs) return { state, ...heard, deadlineMs: staleMs + 1 };
  const dueMs = Math.max(flow.sinceMs, sinceMs) + flowMs;
  if (atMs < dueMs) return { state, ...heard, deadlineMs: Math.min(dueMs, staleMs + 1) };
  const seen = `${flow.lpm.toFixed(1)} l/min`;
  return {
    state,
    trip: runs(flow)
      ? trip(
          'flow_while_closed',
          `everything was told to close and ${seen} still run: shut the tap by hand and look at the valves`,
        )
      : trip(
          'no_flow',
          `the valve is open and the meter sees ${seen}: look at the tap, the supply, the filter and the meter`,
        ),
  };
}

function openSinceMs(facts: Look['facts']): number | null {
  return facts.wanted.length > 0 && facts.open.length > 0 ? (changeOf(facts)?.verifiedAtMs ?? null) : null;
}

const overfill = (message: string): Trip =>
  trip('overfull', `${message}; look at the drain before anybody goes on`);

function trip(reason: Reason, message: string): Trip {
  return { detector: 'T7', reason, response: 'abort', latch: false, message };
}

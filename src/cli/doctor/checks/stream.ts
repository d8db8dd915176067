import { TRIPS } from '../../../../machines/envelope.ts';
import type { Seat } from '../bench.ts';
import { fail } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** What the senses of a station say of the water that a valve lets through while it is proved. */

/** T1: water of a broken scald guard is let through no longer, though nobody is in it. */
export function tooHot({ bench }: Patient, seat: Seat, sinceMs: number): string | null {
  const { limitC, samples } = TRIPS.t1;
  for (const { place, device, readings } of bench.seats) {
    if (place !== seat.place || device.role !== 'thermometer') continue;
    const hot = readings.filter(
      ({ reading, atMs }) =>
        atMs > sinceMs && reading.kind === 'temperature' && (reading.valueC ?? 0) >= limitC,
    );
    if (hot.length >= samples)
      return `water of ${limitC} C and more came while it was open: look at the scald guard; it was closed`;
  }
  return null;
}

/** The meter of a station whose valves let water through one by one; null where there is none. */
function meterOf({ bench }: Patient, { place }: Seat): Seat | null {
  const own = bench.seats.filter((other) => other.place === place);
  if (own.some(({ device }) => device.role === 'master')) return null;
  return own.find(({ device, up }) => device.role === 'flow' && up) ?? null;
}

function flows(meter: Seat, fromMs: number): readonly number[] {
  return meter.readings.flatMap(({ reading }) =>
    reading.kind === 'flow' && reading.valueLpm !== null && reading.takenAtMs >= fromMs
      ? [reading.valueLpm]
      : [],
  );
}

/** What ran while it was open, for the line of a valve that did as it should. */
export function flowOf(patient: Patient, seat: Seat, sentMs: number): string {
  const meter = meterOf(patient, seat);
  if (meter === null) return '';
  const most = Math.max(0, ...flows(meter, sentMs));
  return most > TRIPS.t7.flowingLpm ? `; ${most.toFixed(1)} l/min ran` : '; no water ran: is its tap open?';
}

/** A relay that says closed, before a valve that sticks: the meter goes on. null where nothing runs any more. */
export async function flowAfter(patient: Patient, seat: Seat, sentMs: number): Promise<Told | null> {
  const meter = meterOf(patient, seat);
  if (meter === null || Math.max(0, ...flows(meter, sentMs)) <= TRIPS.t7.flowingLpm) return null;
  const closedMs = (seat.held?.atMs ?? sentMs) + seat.declaration.travelMs;
  const still = (): number | undefined => flows(meter, closedMs).at(-1);
  const rests = (): boolean => (still() ?? Infinity) <= TRIPS.t7.flowingLpm;
  const { flowMs } = TRIPS.t7;
  const dueMs = closedMs + flowMs + (meter.declaration.sampleMs ?? 0);
  const over = (): boolean => rests() || patient.bench.stopped !== null;
  if (await patient.pace.until(over, Math.max(0, dueMs - patient.clock.nowMs()))) return null;
  const figure = still()?.toFixed(1);
  const message = `it says that it closed, and ${figure === undefined ? 'the meter says nothing' : `${figure} l/min still run`}`;
  return fail(
    seat.device.id,
    'lease',
    message,
    'shut the tap by hand now: the valve behind the relay sticks',
  );
}

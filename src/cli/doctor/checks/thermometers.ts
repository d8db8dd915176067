import { ENVELOPE, TRIPS } from '../../../../machines/envelope.ts';
import { readingAge } from '../../../controller/index.ts';
import type { Seat } from '../bench.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Check } from '../patient.ts';
import { pass } from '../patient.ts';

/** Long enough to see five samples, and not for ever. */
const PERIODS = 5;
const LOOK_LEAST_MS = 6_000;
const LOOK_MOST_MS = 60_000;

interface Taken {
  readonly valueC: number | null;
  readonly takenAtMs: number;
  readonly atMs: number;
}

/** Each thermometer speaks often enough for warm water to rest on it (L20), and says what can be. */
export const thermometers: Check = {
  name: 'thermometer',
  run: async (patient, tell) => {
    const { bench, clock } = patient;
    const seats = bench.seats.filter(({ device, up }) => device.role === 'thermometer' && up);
    if (seats.length === 0) return;
    for (const seat of seats) bench.command(seat, { action: 'sample', on: true });
    const periods = seats.map(({ declaration }) => declaration.sampleMs ?? 0);
    const fromMs = clock.nowMs();
    await pass(patient, Math.min(LOOK_MOST_MS, Math.max(LOOK_LEAST_MS, PERIODS * Math.max(...periods))));
    const untilMs = clock.nowMs();
    for (const seat of seats) bench.command(seat, { action: 'sample', on: false });
    // Of half a look nothing can be said.
    if (bench.stopped !== null) return;
    for (const seat of seats) {
      tell(judge(seat, limitOf(seat, bench.seats), fromMs, untilMs));
    }
    for (const told of apart(seats)) tell(told);
  },
};

/** L20 of its station. */
function limitOf({ place, station }: Seat, seats: readonly Seat[]): number {
  const vessel = station?.vessel ?? null;
  const hardMs = vessel === 'stream' || vessel === null ? ENVELOPE.readingAgeMs : ENVELOPE.readingAgeBasinMs;
  const devices = seats
    .filter((other) => other.place === place)
    .map(({ device, declaration }) => ({ role: device.role, declaration }));
  return readingAge(devices, hardMs);
}

function judge(seat: Seat, limitMs: number, fromMs: number, untilMs: number): Told {
  const { id } = seat.device;
  const { sampleMs } = seat.declaration;
  const rests = seat.station !== null && seat.station.plumbing !== 'cues';
  if (sampleMs === null) {
    const message = 'it speaks when it likes, so no warm water can rest on it';
    if (rests)
      return fail(id, 'unfit', message, 'use a wired probe that is asked each second, such as a DS18B20');
    return warn(id, message, 'it is shown, and nothing depends on it');
  }
  const taken = takenBy(seat, fromMs);
  if (taken.length === 0) {
    const message = `no reading in ${((untilMs - fromMs) / 1_000).toFixed(0)} s`;
    return fail(id, 'reach', message, 'look at the probe, its wire, and its name in the config');
  }
  const invalid = taken.filter(({ valueC }) => valueC === null).length;
  if (invalid > 0) {
    const message = `${invalid} of ${taken.length} readings are no temperature`;
    return fail(id, 'unfit', message, 'look at the probe and its wire: a DS18B20 says 85 or -127 then');
  }
  const worstMs = worstAge(taken, untilMs);
  const lastC = taken.at(-1)?.valueC ?? 0;
  const figures = `${lastC.toFixed(1)} C, ${taken.length} readings, never older than ${(worstMs / 1_000).toFixed(1)} s`;
  if (worstMs > limitMs) {
    const message = `${figures}: warm water may rest on a reading for ${limitMs / 1_000} s (L20)`;
    return fail(id, 'unfit', message, 'let it sample more often, or look at its network');
  }
  return implausible(seat, lastC) ?? ok(id, figures);
}

function takenBy(seat: Seat, fromMs: number): readonly Taken[] {
  return seat.readings.flatMap(({ reading, atMs }) =>
    reading.kind === 'temperature' && atMs >= fromMs
      ? [{ valueC: reading.valueC, takenAtMs: reading.takenAtMs, atMs }]
      : [],
  );
}

/** How old the newest reading ever was, just before the next one came. */
function worstAge(taken: readonly Taken[], untilMs: number): number {
  const ages = taken.map(({ takenAtMs }, index) => (taken[index + 1]?.atMs ?? untilMs) - takenAtMs);
  return Math.max(...ages);
}

/** While nothing runs, no water at a bath is hotter than its guard lets through. */
function implausible({ station, device }: Seat, lastC: number): Told | null {
  const mostC = (station?.scaldGuard?.maxC ?? ENVELOPE.scaldGuardMaxC) + TRIPS.proof.guardMarginC;
  if (lastC <= mostC) return null;
  const message = `it reads ${lastC.toFixed(1)} C while nothing runs, and the scald guard lets ${mostC - 1} C through`;
  return warn(device.id, message, 'hold it into water of a known temperature, and look at the scald guard');
}

/** Two in the same water that differ (T5). */
function apart(seats: readonly Seat[]): readonly Told[] {
  const groups = Map.groupBy(seats, ({ place, settings }) => `${place} ${settings.basin ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const last = group.flatMap((seat) => takenBy(seat, -Infinity).at(-1)?.valueC ?? []);
    const apartC = Math.max(...last) - Math.min(...last);
    if (last.length < 2 || apartC <= TRIPS.t5.disagreeC) return [];
    const names = group.map(({ device }) => device.id).join(' and ');
    const message = `${names} are ${apartC.toFixed(1)} K apart, and water closes at ${TRIPS.t5.disagreeC} K (T5)`;
    return [fail(null, 'unfit', message, 'hold both into the same water, and replace the one that is wrong')];
  });
}

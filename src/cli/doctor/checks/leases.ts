import { fitLease } from '../../../../devices/support.ts';
import { BREAK_BEFORE_MAKE_MS, ENVELOPE, TRIPS } from '../../../../machines/envelope.ts';
import { REST, isWaterRole } from '../../../model/device.ts';
import type { DeviceDeclaration, OutputRole, Role } from '../../../model/device.ts';
import type { Bench, Seat } from '../bench.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Told } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';
import { pass } from '../patient.ts';
import { flowAfter, flowOf, tooHot } from './stream.ts';

/** What is asked for, where the device takes so little: long enough to be told from a relay that only clicked. */
const LEASE_MS = 3_000;
/** A timer that is this much early held its lease. */
const EARLY_MS = 500;
/** How long a valve that stayed open has to close when it is told to. */
const CLOSE_MS = 5_000;
const ORDER: readonly Role[] = ['hot', 'cold', 'mixer', 'master', 'drain', 'heater'];

/**
 * The timed proof: a short lease is sent and never renewed, and the device has to end it by itself, by its own report,
 * within lease, travel and report. One at a time, with everything else of its station at rest.
 */
export const leases: Check = {
  name: 'lease',
  run: async (patient, tell) => {
    const { bench } = patient;
    const sampled = bench.seats.filter(({ device: { role } }) => role === 'thermometer' || role === 'flow');
    for (const seat of sampled) bench.command(seat, { action: 'sample', on: true });
    const outputs = [...bench.outputs].sort(
      (one, other) => ORDER.indexOf(one.device.role) - ORDER.indexOf(other.device.role),
    );
    for (const seat of outputs) {
      if (bench.stopped !== null) break;
      tell(notTested(patient, seat) ?? (await prove(patient, seat)));
      await pass(patient, BREAK_BEFORE_MAKE_MS);
    }
    for (const seat of sampled) bench.command(seat, { action: 'sample', on: false });
  },
};

/** Why this one is not opened; null where it can be. */
function notTested({ bench, water }: Patient, seat: Seat): Told | null {
  const { id, role } = seat.device;
  const { deadline } = seat.declaration;
  const useless = NEVER[deadline];
  if (useless !== null) return fail(id, 'unfit', useless.message, useless.remedy);
  if (!seat.up || seat.why !== null)
    return warn(id, 'not tested: it is not there', 'put right what the line about it says');
  if (role === 'heater')
    return warn(
      id,
      'not tested: a heater must not run dry',
      'prove it in water: ebb devices shows when it goes off',
    );
  if (seat.station === null || seat.station.plumbing === 'cues')
    return warn(
      id,
      'not tested: without a scald guard it is never opened',
      'declare `scald_guard` once there is one',
    );
  if (!water) return warn(id, 'not tested (--no-water)', 'run "ebb doctor" when nobody is in the water');
  const open = bench.outputs.find(
    (other) => other !== seat && other.place === seat.place && other.held?.held !== false,
  );
  if (open === undefined && seat.held?.held === false) return null;
  const which = open?.device.id ?? id;
  return warn(id, `not tested: ${which} is not known to be at rest`, `put ${which} right, then look again`);
}

const NEVER: Readonly<Record<DeviceDeclaration['deadline'], { message: string; remedy: string } | null>> = {
  'per-command': null,
  ceiling: {
    message: 'no command of it carries a deadline, only a lasting setting ends an opening: it opens no water',
    remedy: 'use a valve or relay with a timer of its own for each command (docs/hardware.md)',
  },
  none: {
    message: 'it has no deadline at all, so it would stay open when Ebb dies: it opens no water',
    remedy: 'use a valve or relay with a timer of its own (docs/hardware.md)',
  },
};

async function prove(patient: Patient, seat: Seat): Promise<Told> {
  const { bench, clock, pace } = patient;
  const { id, role } = seat.device;
  const { lease, travelMs, reportMs, acknowledgesRenewals, restartMs } = seat.declaration;
  const leaseMs = lease === null ? LEASE_MS : fitLease(LEASE_MS, lease);
  const sentMs = clock.nowMs();
  const restarts = seat.restarts;
  // Where a lease ends by a restart, that the device goes away is no news; what it says when it is back is.
  const lost = (): string | null => (restartMs === undefined ? whyLost(seat, restarts) : null);
  const over = (): string | null => bench.stopped?.why ?? lost() ?? tooHot(patient, seat, sentMs);
  const isStopped = (): boolean => bench.stopped !== null;
  const since = (held: boolean): boolean =>
    seat.held?.held === held && seat.held.atMs >= sentMs && !isStopped();
  const targetC = role === 'mixer' ? ENVELOPE.coldMinC : null;

  bench.command(seat, { action: 'open', leaseMs, targetC });
  const openMs = travelMs + reportMs + TRIPS.t8.marginMs;
  await pace.until(() => since(true) || over() !== null, openMs);
  if (isStopped()) return closed(patient, seat, cutShort(seat, bench));
  if (!since(true)) return closed(patient, seat, didNotOpen(seat, over(), openMs));

  const boundMs = leaseMs + travelMs + reportMs + (restartMs ?? 0);
  await pace.until(() => since(false) || over() !== null, sentMs + boundMs - clock.nowMs());
  if (isStopped()) return closed(patient, seat, cutShort(seat, bench));
  const why = over();
  if (why !== null) return closed(patient, seat, fail(id, 'unfit', why, 'put that right, then look again'));
  if (!since(false)) {
    const message = `${STILL[fall(role)]} ${seconds(boundMs)} after a lease of ${seconds(leaseMs)} that nobody renewed`;
    const remedy =
      'do not use it for water: its timer does not do what it says. Update its firmware, or replace it';
    return closed(patient, seat, fail(id, 'lease', message, remedy));
  }
  const tookMs = (seat.held?.atMs ?? sentMs) - sentMs;
  const granted = seat.grants.some(({ atMs }) => atMs >= sentMs);
  const how =
    restartMs === undefined ? 'by its own report' : 'by a restart, and its own report when it was back';
  const done = `${DONE[fall(role)]} ${seconds(tookMs)} after a lease of ${seconds(leaseMs)}, ${how}`;
  if (acknowledgesRenewals && !granted) {
    const message = `${done}, but it never acknowledged the lease: each session would end within one (T6)`;
    return fail(id, 'lease', message, 'update its firmware, and look at its network');
  }
  const flows = isWaterRole(role) ? await flowAfter(patient, seat, sentMs) : null;
  if (flows !== null) return flows;
  const isEarly = tookMs < leaseMs - EARLY_MS;
  // A valve board that shuts at a press of its own button tells of the press after it.
  if (isEarly) await pass(patient, EARLY_MS);
  if (isStopped()) return cutShort(seat, bench);
  if (isEarly)
    return warn(
      id,
      `${done}: something ended it early`,
      'look for a shorter timer in the device, or another program',
    );
  return ok(id, done + flowOf(patient, seat, sentMs));
}

/** Whoever stopped it found no fault with it. */
function cutShort({ device: { id } }: Seat, { stopped }: Bench): Told {
  return warn(id, `stopped here, so not tested to its end: ${stopped?.why ?? ''}`, 'run "ebb doctor" again');
}

function didNotOpen({ device: { id } }: Seat, why: string | null, openMs: number): Told {
  const message =
    why ?? `it did not say within ${seconds(openMs)} that it did what it was told; it was told to let go`;
  return fail(id, 'unfit', message, 'look at its power, its wiring and its network');
}

function whyLost(seat: Seat, restarts: number): string | null {
  if (seat.why !== null) return seat.why;
  if (seat.restarts > restarts) return 'it restarted while it was open; look at its power supply';
  return seat.up ? null : 'it went away while it was open';
}

/** Whatever was found, it is told to close, and looked at whether it does. */
async function closed({ bench, pace, clock }: Patient, seat: Seat, told: Told): Promise<Told> {
  const sentMs = clock.nowMs();
  bench.command(seat, { action: 'close' });
  const isClosed = (): boolean => seat.held?.held === false && seat.held.atMs >= sentMs;
  const { travelMs, reportMs } = seat.declaration;
  if (await pace.until(isClosed, travelMs + reportMs + CLOSE_MS)) return told;
  const remedy = `it does not say that it closed when it was told to: shut the tap by hand now. ${told.remedy ?? ''}`;
  return { ...told, verdict: 'fail', kind: told.kind ?? 'unfit', remedy };
}

const isOutput = (role: Role): role is OutputRole => Object.hasOwn(REST, role);
/** Where it falls when nobody holds it. */
const fall = (role: Role): 'open' | 'closed' => (isOutput(role) ? REST[role] : 'closed');
const DONE = { closed: 'closed by itself', open: 'opened by itself' } as const;
const STILL = { closed: 'stayed open', open: 'stayed shut' } as const;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

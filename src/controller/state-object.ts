import { isMoved, stepOf, targetOf } from '../../machines/session-run.ts';
import type { Run } from '../../machines/session-run.ts';
import { hottest, hottestSince } from '../../machines/watch/facts.ts';
import { isOutputRole, positionOf } from '../model/device.ts';
import { formatDuration } from '../model/units.ts';
import type { Operation, Phase, SessionState, StateObject, ValveState } from '../model/state.ts';
import { SESSION_STATES } from '../model/state.ts';
import type { Locked } from './people.ts';
import { REASON_TEXT } from './reasons.ts';
import type { StationCore } from './core.ts';
import { SHOWN_MS } from './station-settings.ts';
import { isoOf, round } from './records.ts';
import {
  DRY_TEXT,
  FLOW_SILENT,
  LOCKED_TEXT,
  WORDS,
  flushText,
  isTooHot,
  measureText,
  moveText,
  readyAt,
} from './words.ts';

/** What a station is right now, for everybody who looks: `ebb/<station>/state`. */
export function stateObject(
  core: StationCore,
  locked: Locked | null,
  toWall: (atMs: number) => number,
  nowMs: number,
  simulated: boolean,
): StateObject {
  const full = core.sessionState;
  const { run, deadlines } = core.session.context;
  const state = isaState(full);
  const iso = (atMs: number | null | undefined): string | null => (atMs == null ? null : isoOf(toWall(atMs)));
  // At rest the session is over; what it was is in the journal.
  const shown = state === 'idle' ? null : run;
  const { exposed } = core.water.expectation;
  const valueC = hottestSince(core.watch.facts, nowMs - SHOWN_MS);
  const prompt = shown?.prompt ?? null;
  const parkedOrReady = full.endsWith('.ready') ? (shown?.readyUntilMs ?? null) : null;
  return {
    state,
    phase: phaseOf(core, full, shown),
    operation: operationOf(core, full, shown),
    ready_until: iso(parkedOrReady),
    exposed,
    session: shown?.id ?? null,
    protocol: shown?.plan.protocol ?? null,
    person: shown?.person ?? null,
    step: shown === null ? null : stepObject(core, shown, iso(shown.stepStartedMs), iso(deadlines.step)),
    water_c: valueC === null ? null : round(valueC, 1),
    valves: valvesOf(core),
    fault: faultOf(core),
    locked:
      locked === null ? null : { code: locked.lock.code, until: isoOf(wholeMinute(toWall(locked.untilMs))) },
    prompt:
      prompt === null
        ? null
        : { id: prompt.id, text: 'Still OK?', answer_by: isoOf(toWall(prompt.answerByMs)) },
    next: shown === null ? null : nextOf(core, shown, full),
    message: joined(messageOf(core, full, shown), lockedText(locked, full)) || null,
    simulated,
    ...(shown?.dry === true ? { dry: true as const } : {}),
  };
}

/** Asked many times an input, of the few names that the machine's states have: each is taken apart once. */
const isaStates = new Map<string, SessionState>();

export function isaState(full: string): SessionState {
  const known = isaStates.get(full);
  if (known !== undefined) return known;
  const [head] = full.split('.');
  const state = SESSION_STATES.find((each) => each === head) ?? 'idle';
  isaStates.set(full, state);
  return state;
}

/** A basin runs empty in these, whatever the session is about. */
const LETS_OUT: ReadonlySet<SessionState> = new Set([
  'completing',
  'stopping',
  'stopped',
  'aborting',
  'aborted',
]);

function phaseOf(core: StationCore, full: string, run: Run | null): Phase {
  switch (isaState(full)) {
    case 'idle':
      return core.fault.value === 'usable' ? 'idle' : 'fault';
    case 'starting':
    case 'restarting':
      return full.endsWith('.ready') ? 'ready' : 'preparing';
    case 'running':
      if (full === 'running.switching') return 'changing';
      return run === null ? 'active' : (stepOf(run)?.kind ?? 'active');
    case 'holding':
    case 'held':
      return 'paused';
    case 'completing':
      return 'drying';
    case 'complete':
      return 'done';
    case 'stopping':
      return 'stopping';
    case 'stopped':
      return 'stopped';
    case 'aborting':
    case 'aborted':
      return 'fault';
  }
}

function operationOf({ water }: StationCore, full: string, run: Run | null): Operation | null {
  if (water.basins.any) {
    if (full.endsWith('.tempering')) return water.basins.operation;
    if (!water.basins.areEmpty && LETS_OUT.has(isaState(full))) return 'drain';
  }
  if (full === 'starting.flushing') return 'flush';
  if (full === 'starting.proving') return run?.leg === 0 ? 'purge' : 'prove';
  if (full.endsWith('.tempering')) return 'temper';
  if (full === 'running.contact') return run?.dry === true ? null : 'contact';
  return full === 'running.switching' ? 'switch' : null;
}

function stepObject(
  core: StationCore,
  run: Run,
  startedAt: string | null,
  endsAt: string | null,
): StateObject['step'] {
  const step = stepOf(run);
  if (step === null) return null;
  return {
    index: run.index,
    count: run.plan.steps.length,
    kind: step.kind,
    cycle: step.cycle,
    cycles: run.plan.cycles,
    target_c: round(targetOf(run, step.kind, core.station.plumbing), 1),
    started_at: startedAt,
    ends_at: startedAt === null ? null : endsAt,
  };
}

function valvesOf(core: StationCore): StateObject['valves'] {
  const valves: StateObject['valves'] = {};
  for (const [id, snapshot] of core.valves) {
    const role = core.devices.get(id)?.device.role;
    // The valve machine's states are the words that people read; of a drain it is the coil that they are of.
    const value: ValveState = snapshot.value;
    if (role !== undefined && role !== 'heater' && isOutputRole(role)) valves[role] = positionOf(role, value);
  }
  return valves;
}

function faultOf(core: StationCore): StateObject['fault'] {
  const { fault } = core.fault.context;
  return fault === null ? null : { code: fault.code, detector: fault.detector, latched: fault.latched };
}

function nextOf(core: StationCore, run: Run, full: string): string | null {
  const isContact = isaState(full) === 'running';
  const next = run.plan.steps[isContact ? run.index + 1 : run.index];
  if (!['starting', 'running', 'restarting', 'held'].includes(isaState(full))) return null;
  if (next === undefined) return run.dry ? 'end' : WORDS[core.station.kind].end;
  return `${next.kind} for ${formatDuration(next.durationMs)}`;
}

function messageOf(core: StationCore, full: string, run: Run | null): string | null {
  const state = isaState(full);
  if (state === 'aborting' || state === 'aborted')
    return core.lastTrip?.message ?? REASON_TEXT[run?.reason ?? 'valve_disagrees'];
  if (state === 'idle')
    return core.fault.context.fault?.message ?? (core.water.flowSilent ? FLOW_SILENT : null);
  if (run === null) return null;
  if (full.endsWith('.ready')) return readyText(core, run);
  if (full.endsWith('.parked'))
    return 'Nobody came, so the water is closed; press begin to prepare it again.';
  if (state === 'held') return run.trip?.message ?? WORDS[core.station.kind].paused;
  if (state === 'stopped' || state === 'stopping') return `Ended early: ${REASON_TEXT[run.reason]}.`;
  if (state === 'complete' || state === 'completing')
    return joined(run.dry ? 'The dry run is done.' : WORDS[core.station.kind].done, tapWater(run));
  if (full === 'starting.flushing') return joined(run.dry ? DRY_TEXT : null, flushText(run));
  if (run.dry) return joined(DRY_TEXT, tapWater(run));
  return stepText(core, full, run) ?? tapWater(run);
}

function readyText({ station, watch }: StationCore, run: Run): string {
  if (station.kind !== 'buckets') return readyAt(station, run);
  const valueC = hottest(watch.facts);
  return measureText(station, run, valueC !== null && isTooHot(station, run.plan, valueC));
}

/** What the step that comes says, from its countdown until it runs. */
function stepText({ station, session, settings }: StationCore, full: string, run: Run): string | null {
  const { countdown, step } = session.context.deadlines;
  if (full === 'running.contact' && step !== undefined && countdown === undefined)
    return run.plan.steps[run.index + 1]?.say ?? null;
  if (full !== 'running.switching') return null;
  const coming = stepOf(run);
  if (coming === null) return null;
  return coming.say ?? (isMoved(settings.session) ? moveText(station, coming.kind) : null);
}

/** Cold water warmer than its range is no fault, but people should know why it is not colder. */
function tapWater(run: Run): string | null {
  const cold = run.plan.steps.find((step) => step.kind === 'cold');
  if (cold === undefined || run.coldPlateauC === null || run.coldPlateauC <= cold.rangeC.maxC) return null;
  return `tap water is ${Math.round(run.coldPlateauC)} C today`;
}

/** What a person whose water is locked should know, wherever no session is to be told of. */
function lockedText(locked: Locked | null, full: string): string | null {
  const state = isaState(full);
  const over = ['idle', 'stopped', 'stopping', 'complete', 'aborted', 'aborting'].includes(state);
  return locked !== null && over ? LOCKED_TEXT[locked.lock.code] : null;
}

/** Rounded up, so that it does not flicker with the last millisecond of two clocks. */
function wholeMinute(wallMs: number): number {
  return Math.ceil(wallMs / 60_000) * 60_000;
}

function joined(...texts: readonly (string | null)[]): string {
  return texts.filter((text) => text !== null).join(' ');
}

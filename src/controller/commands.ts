import { stateName } from '../../machines/engine.ts';
import type { Refusal } from '../../machines/gate.ts';
import type { CommandWord, Source } from '../model/command.ts';
import type { StationSettings } from '../model/station.ts';
import { warmTopOf } from '../../machines/band.ts';
import { isMoved } from '../../machines/session-run.ts';
import { hottest } from '../../machines/watch/facts.ts';
import type { PersonId } from '../model/ids.ts';
import { formatTemperature } from '../model/units.ts';
import { seesStep } from './records.ts';
import { isaState } from './state-object.ts';
import { confirmed, isTooHot } from './words.ts';
import type { StationCore } from './core.ts';

/** Which list of the station a command's source must stand in; a stop, a pause and a report are taken from anywhere. */
const NEEDS: Readonly<Record<CommandWord, readonly ('prepare' | 'begin')[]>> = {
  start: ['prepare'],
  resume: ['prepare'],
  continue: ['prepare', 'begin'],
  begin: ['begin'],
  clear: ['begin'],
  answer: ['begin'],
  pause: [],
  stop: [],
  report: [],
};

/** Why this source may not give this command at this station, or null. */
export function refuseSource(station: StationSettings, command: CommandWord, source: Source): Refusal | null {
  const lists = { prepare: station.prepareFrom, begin: station.beginFrom };
  const missing = NEEDS[command].find((need) => !lists[need].includes(source));
  if (missing === undefined) return null;
  return {
    code: 'not_local',
    message: `${command} is not taken from ${source} here; ${missing}_from lists ${lists[missing].join(', ')}`,
  };
}

/** The session states in which a command does something. */
const FITS: Readonly<Record<Exclude<CommandWord, 'stop' | 'clear' | 'report'>, readonly string[]>> = {
  start: ['idle', 'complete', 'stopped'],
  begin: ['starting', 'restarting'],
  pause: ['starting', 'running', 'restarting'],
  resume: ['held'],
  continue: ['idle', 'stopped'],
  answer: ['running'],
};

/** Why the command does not fit the state the station is in, or null. */
export function refuseState(core: StationCore, command: CommandWord, atMs: number): Refusal | null {
  const state = isaState(core.sessionState);
  const no = (message: string): Refusal => ({ code: 'bad_state', message });
  switch (command) {
    case 'stop':
    case 'report':
      return null;
    case 'clear':
      if (state === 'aborted' || core.fault.value !== 'usable') return null;
      return no(`there is no fault to clear; the station is ${state}`);
    case 'continue': {
      const { continuableUntilMs } = core.session.context;
      const fits = FITS.continue.includes(state) && continuableUntilMs !== null && atMs <= continuableUntilMs;
      return fits
        ? null
        : no('there is no session to continue: only one that ended early, once, within 15 min');
    }
    case 'answer':
      return core.session.context.run?.prompt == null ? no('no question is open') : null;
    case 'resume':
      if (state === 'held' && core.session.context.deadlines.fresh !== undefined) {
        return { code: 'no_reading', message: 'the thermometer is still silent; resume once it reads again' };
      }
      return FITS.resume.includes(state) ? null : no(`nothing is paused; the station is ${state}`);
    case 'start':
      if (FITS.start.includes(state) && core.fault.value === 'faulted') {
        return { code: 'bad_state', message: 'a fault waits for a clear first' };
      }
      if (FITS.start.includes(state)) return null;
      if (state === 'aborted') return no('the last session was aborted; clear it at the station first');
      return { code: 'busy', message: `a session is ${phrase(core)} already` };
    case 'begin':
      if (core.session.context.run?.dry === true && FITS.begin.includes(state))
        return no('this is a dry run: nobody may be in the water, and it goes on by itself');
      // Where a person moves, a press says that they have.
      if (core.sessionState === 'running.switching' && isMoved(core.settings.session)) return null;
      return FITS.begin.includes(state)
        ? null
        : no(`begin does not fit here: the station is ${phrase(core)}`);
    case 'pause':
      return FITS[command].includes(state)
        ? null
        : no(`${command} does not fit here: the station is ${phrase(core)}`);
  }
}

/** With a probe in the warm bucket nobody is let in before it reads, nor while it is hotter than anybody chose. */
export function refuseBuckets(core: StationCore, command: CommandWord, atMs: number): Refusal | null {
  const { station, session } = core;
  const { run } = session.context;
  const enters = command === 'resume' || (command === 'begin' && isaState(core.sessionState) !== 'running');
  if (station.kind !== 'buckets' || run === null || !enters || !seesStep(station, 'warm')) return null;
  const valueC = hottest(core.watch.facts);
  if (valueC === null || !core.water.hasFreshReadings(atMs)) {
    return {
      code: 'no_reading',
      message: 'the thermometer of the warm bucket has not read lately; try again',
    };
  }
  if (!isTooHot(station, run.plan, valueC)) return null;
  const limit = formatTemperature(warmTopOf(station.plumbing, run.plan));
  const message = `the warm bucket is ${formatTemperature(valueC)}; stay out and add cold water until it is below ${limit}`;
  return { code: 'too_hot', message };
}

/** A dry run is for nobody, and needs water to run. */
export function refuseDry(station: StationSettings, person: PersonId | undefined): Refusal | null {
  if (person !== undefined)
    return { code: 'bad_command', message: 'a dry run is for nobody: leave `person` out' };
  if (station.plumbing !== 'cues') return null;
  return { code: 'unsupported', message: `a dry run runs the water, and ${station.id} only gives cues` };
}

/** What puts water on again after it was closed for a while needs every device that a start needs. */
export function refuseMissing(core: StationCore, command: CommandWord): Refusal | null {
  const opens = command === 'resume' || (command === 'begin' && core.sessionState.endsWith('.parked'));
  if (!opens || core.ready || core.station.plumbing === 'cues') return null;
  return { code: 'not_ready', message: missingText(core) };
}

/** At two buckets the press before the first contact of a part confirms what was asked. */
export function measured(core: StationCore): { readonly measured?: Record<string, number> } {
  const { run } = core.session.context;
  const asked = core.station.kind === 'buckets' && isaState(core.sessionState) !== 'running';
  return run === null || !asked ? {} : { measured: confirmed(run.plan) };
}

/** What a start waits for: the devices that have not answered, and why. */
export function missingText({ missing, water, settings }: StationCore): string {
  const why = missing.flatMap((id) => water.equipment.whyNot(id) ?? []);
  if (why.length > 0) return why.join('; ');
  const have = `${missing.join(' and ')} ${missing.length === 1 ? 'has' : 'have'}`;
  // Of a button nobody expects it.
  return missing.some((id) => settings.stops.includes(id))
    ? `${have} not answered, and no water runs without the stop button; look at its power and its network, or press it once`
    : `${have} not answered yet`;
}

function phrase(core: StationCore): string {
  return stateName(core.session).replace('.', ', ');
}

/** A latched fault clears once what it was latched for is over; then the session is put away. */
export function clear(core: StationCore, atMs: number): Refusal | null {
  const wasLatched = core.fault.matches('latched');
  if (wasLatched && !core.water.hasFreshReadings(atMs)) {
    return {
      code: 'not_clear',
      message: 'the thermometer is silent, so nobody knows whether it is safe; clear once it reads',
    };
  }
  core.water.stationEvent({ type: 'clear', atMs });
  if (wasLatched && core.fault.matches('latched')) {
    return {
      code: 'not_clear',
      message:
        'the condition of the fault has not been false for 5 s yet; wait for the water to cool and try again',
    };
  }
  core.sessionEvent({ type: 'clear', atMs });
  return null;
}

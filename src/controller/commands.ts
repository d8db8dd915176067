import { stateName } from '../../machines/engine.ts';
import type { Refusal } from '../../machines/gate.ts';
import type { CommandWord, Source } from '../model/command.ts';
import type { StationSettings } from '../model/station.ts';
import { isaState } from './state-object.ts';
import type { StationCore } from './core.ts';

/** Which list of the station a command's source must stand in; a stop and a pause are taken from anywhere. */
const NEEDS: Readonly<Record<CommandWord, readonly ('prepare' | 'begin')[]>> = {
  start: ['prepare'],
  resume: ['prepare'],
  continue: ['prepare', 'begin'],
  begin: ['begin'],
  clear: ['begin'],
  answer: ['begin'],
  pause: [],
  stop: [],
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
const FITS: Readonly<Record<Exclude<CommandWord, 'stop' | 'clear'>, readonly string[]>> = {
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
    case 'pause':
      return FITS[command].includes(state)
        ? null
        : no(`${command} does not fit here: the station is ${phrase(core)}`);
  }
}

function phrase(core: StationCore): string {
  return stateName(core.session).replace('.', ', ');
}

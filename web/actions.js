import { capital } from './words.js';
/** @import { Action, CommandWord, Facts, StateObject } from './types.d.ts' */

/** @typedef {{ command: CommandWord, label: string, primary?: boolean }} Fitting */

/** States from which a session may be started. */
const RESTING = ['idle', 'complete', 'stopped'];
/** States in which the water is made ready, before contact. */
const PREPARING = ['starting', 'restarting'];

/**
 * What a person may do next, what only the bath's own button may, and what they are to read before.
 * @param {Facts} facts
 * @returns {{ actions: Action[], elsewhere: string, blockList: readonly string[] | null }}
 */
export function actionsOf({ station, link, pending }) {
  const { state, may } = station;
  const fitting = fittingOf(state, station.plumbing);
  const mine = fitting.filter(({ command }) => may.includes(command));
  const others = fitting.filter(({ command, primary }) => primary === true && !may.includes(command));
  return {
    actions: mine.map(({ command, label, primary }) => {
      return { command, label, primary: primary === true, enabled: link === 'live' && pending === null };
    }),
    elsewhere: others.length === 0 ? '' : elsewhereText(others.map(({ command }) => command)),
    blockList: isBeforeContact(state) ? (station.block_list ?? null) : null,
  };
}

/**
 * The commands that do something now, the likeliest first.
 * @param {StateObject} state
 * @param {string} plumbing
 * @returns {Fitting[]}
 */
function fittingOf(state, plumbing) {
  if (state.prompt !== null) {
    return [
      { command: 'answer', label: 'Yes, all is well', primary: true },
      { command: 'pause', label: 'Pause' },
    ];
  }
  if (state.state === 'aborted' || (state.fault !== null && RESTING.includes(state.state)))
    return [{ command: 'clear', label: 'Clear the fault', primary: true }];
  if (PREPARING.includes(state.state)) {
    // A press counts for a minute, so it may be given before the water is there.
    const isRunning = state.operation !== null && state.phase !== 'ready';
    return [
      ...(state.dry === true
        ? []
        : [
            /** @type {Fitting} */ ({
              command: 'begin',
              label: isRunning ? 'Begin once ready' : 'Begin',
              primary: true,
            }),
          ]),
      { command: 'pause', label: 'Pause' },
    ];
  }
  switch (state.state) {
    case 'idle':
    case 'complete':
      return [{ command: 'start', label: 'Start', primary: true }];
    case 'stopped':
      return [
        { command: 'start', label: 'Start', primary: true },
        { command: 'continue', label: 'Continue' },
      ];
    case 'running': {
      // From bucket to bucket the person moves, not the water.
      const moved = state.phase === 'changing' && plumbing === 'cues';
      return [
        ...(moved
          ? [/** @type {Fitting} */ ({ command: 'begin', label: 'I have moved', primary: true })]
          : []),
        { command: 'pause', label: 'Pause' },
      ];
    }
    case 'held':
      return [{ command: 'resume', label: 'Resume', primary: true }];
    default:
      return [];
  }
}

/** @param {StateObject} state */
function isBeforeContact({ state, fault }) {
  return fault === null && (RESTING.includes(state) || state === 'starting');
}

/** @param {readonly CommandWord[]} commands */
function elsewhereText(commands) {
  const words = commands.map((command) => (command === 'answer' ? 'Yes' : capital(command)));
  return `${words.join(' and ')}: not from this screen. ${
    commands.includes('clear') ? 'Hold the button at the bath for 5 s.' : 'Press the button at the bath.'
  }`;
}

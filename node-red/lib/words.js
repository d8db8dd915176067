'use strict';

/** What stands below a node: short, as the editor has room for some twenty characters. */

const COLOURS = {
  warm: 'red',
  cold: 'blue',
  ready: 'green',
  preparing: 'yellow',
  changing: 'yellow',
  paused: 'yellow',
  stopping: 'yellow',
  drying: 'green',
  done: 'green',
  fault: 'red',
};

/** The status of a state object: phase, cycle, water; a ring where nothing is real. */
function statusOf(state) {
  const { phase, step, water_c: waterC, simulated } = state;
  const cycle = step?.cycle && step?.cycles ? ` ${step.cycle}/${step.cycles}` : '';
  const water = typeof waterC === 'number' ? ` ${waterC.toFixed(1)} °C` : '';
  const fill = COLOURS[phase] ?? 'grey';
  return { fill, shape: simulated ? 'ring' : 'dot', text: `${phase ?? '?'}${cycle}${water}` };
}

/** Ebb is not there: what was said last holds no more. */
const AWAY = { fill: 'red', shape: 'ring', text: 'Ebb is not there' };

module.exports = { statusOf, AWAY };

import { OPERATIONS, PHASES, VALVE_NAMES, VALVE_WORDS } from './words.js';
import { capital, clockTime, degrees, spokenTime, timeOfDay } from './words.js';
import { actionsOf } from './actions.js';
/** @import { Band, Facts, StateObject, View } from './types.d.ts' */

/** The gauge, degrees Celsius: what comes out of a bath's tap, and nothing hotter. */
const SCALE = { fromC: 5, toC: 45 };

/**
 * What is shown, from what is known. Pure: no element, no clock, no network.
 * @param {Facts} facts
 * @returns {View}
 */
export function viewOf(facts) {
  const { station } = facts;
  const { state } = station;
  const { word, tone } = PHASES[state.phase];
  const detail = detailOf(state);
  const notice = noticeOf(facts);
  const stale = staleText(facts);
  const { actions, elsewhere, blockList } = actionsOf(facts);
  return {
    tone,
    icon: state.phase,
    word,
    detail,
    ...countdownOf(facts),
    cycle: state.step === null ? '' : cycleText(state.step),
    steps: state.step === null ? null : { count: state.step.count, index: state.step.index },
    water: waterOf(facts),
    valves: valvesOf(state),
    next: state.next ?? '',
    notice,
    blockList,
    actions,
    elsewhere,
    simulated: simulatedText(state.simulated, facts.speed),
    stale,
    title: `${stale === '' ? '' : 'no connection · '}${word} · ${station.name} · Ebb`,
    polite: politeText(state, detail),
    assertive: stale === '' ? assertiveText(notice, state) : stale,
  };
}

/**
 * `SIMULATED 20x`: never mistaken for water, whatever else is shown.
 * @param {boolean} simulated
 * @param {number} speed
 */
export function simulatedText(simulated, speed) {
  if (!simulated) return '';
  return speed === 1 ? 'SIMULATED' : `SIMULATED ${String(Math.round(speed * 10) / 10)}x`;
}

/** @param {StateObject} state */
function detailOf({ phase, step, operation, dry }) {
  if (dry === true) return 'dry run: nobody in the water';
  if (phase === 'changing') return step === null ? '' : `to ${step.kind}`;
  if (phase === 'preparing') return operation === null ? '' : (OPERATIONS[operation] ?? '');
  return '';
}

/** @param {NonNullable<StateObject['step']>} step */
function cycleText({ cycle, cycles }) {
  return cycles > 1 ? `cycle ${cycle} of ${cycles}` : '';
}

/**
 * What the countdown counts to is told by the controller, and counted by its clock. Old values stand still.
 * @param {Facts} facts
 * @returns {{ countdown: string | null, level: number | null }}
 */
function countdownOf({ station: { state }, link, nowMs, lastMs }) {
  const atMs = link === 'live' ? nowMs : lastMs;
  const { phase, step, ready_until: readyUntil } = state;
  if (atMs === null) return { countdown: null, level: null };
  if (phase === 'ready' && readyUntil !== null)
    return { countdown: clockTime(Date.parse(readyUntil) - atMs), level: null };
  const isRunning = phase === 'warm' || phase === 'cold' || phase === 'active';
  if (!isRunning || step?.started_at == null || step.ends_at === null)
    return { countdown: null, level: null };
  const endsMs = Date.parse(step.ends_at);
  const wholeMs = endsMs - Date.parse(step.started_at);
  const level = wholeMs > 0 ? Math.max(0, Math.min(1, (endsMs - atMs) / wholeMs)) : 0;
  return { countdown: clockTime(endsMs - atMs), level };
}

/**
 * @param {Facts} facts
 * @returns {View['water']}
 */
function waterOf({ station, link, waterC: readC }) {
  const { band, temperature_unit: unit, state } = station;
  const valueC = readC ?? state.water_c;
  const { words, mood } = bandWords(valueC, band, state.phase);
  return {
    text: valueC === null ? '--.-' : degrees(valueC, unit),
    unit: unit === 'celsius' ? '°C' : '°F',
    words,
    mood: link === 'live' ? mood : 'none',
    share: valueC === null ? null : shareOf(valueC),
    band:
      band === null
        ? null
        : {
            from: shareOf(band.min_c),
            to: shareOf(band.max_c),
            text: `${degrees(band.min_c, unit)} to ${degrees(band.max_c, unit)}`,
          },
  };
}

/** @param {number} valueC */
function shareOf(valueC) {
  return Math.max(0, Math.min(1, (valueC - SCALE.fromC) / (SCALE.toC - SCALE.fromC)));
}

/**
 * Water on its way into the band is neither too warm nor too cold, and cold water warmer than its band does no harm.
 * @param {number | null} valueC
 * @param {Band | null} band
 * @param {StateObject['phase']} phase
 * @returns {{ words: string, mood: View['water']['mood'] }}
 */
function bandWords(valueC, band, phase) {
  if (valueC === null) return { words: 'no reading', mood: 'off' };
  if (band === null) return { words: '', mood: 'none' };
  if (valueC >= band.min_c && valueC <= band.max_c) return { words: 'in band', mood: 'good' };
  if (phase === 'preparing' || phase === 'changing') return { words: 'not in band yet', mood: 'none' };
  if (valueC < band.min_c) return { words: 'too cold', mood: 'off' };
  return phase === 'cold' ? { words: 'above its band', mood: 'none' } : { words: 'too warm', mood: 'off' };
}

/**
 * @param {StateObject} state
 * @returns {View['valves']}
 */
function valvesOf({ valves }) {
  return Object.entries(valves).map(([id, value]) => {
    return { id, name: VALVE_NAMES[id] ?? id, word: VALVE_WORDS[value], state: value };
  });
}

/**
 * @param {Facts} facts
 * @returns {View['notice']}
 */
function noticeOf({ station: { state }, link, nowMs, lastMs }) {
  const atMs = link === 'live' ? nowMs : lastMs;
  if (state.prompt !== null) {
    const left = atMs === null ? '' : `${clockTime(Date.parse(state.prompt.answer_by) - atMs)} left: `;
    return {
      kind: 'question',
      title: state.prompt.text,
      text: `${left}without an answer the water closes.`,
    };
  }
  if (state.fault !== null || state.phase === 'fault') {
    const { fault } = state;
    const code = fault === null ? '' : `: ${fault.code.replaceAll('_', ' ')} (${fault.detector})`;
    const latched = fault?.latched === true ? ' It waits to be cleared at the bath.' : '';
    return {
      kind: 'fault',
      title: `Fault${code}`,
      text: `${state.message ?? 'Everything is closed.'}${latched}`,
    };
  }
  if (state.locked !== null) {
    const text = `until ${timeOfDay(Date.parse(state.locked.until))}`;
    return { kind: 'info', title: `Locked: ${state.locked.code.replaceAll('_', ' ')}`, text };
  }
  return state.message === null ? null : { kind: 'info', title: '', text: capital(state.message) };
}

/** @param {Pick<Facts, 'link' | 'lastMs'>} facts */
export function staleText({ link, lastMs }) {
  if (link !== 'stale') return '';
  return lastMs === null
    ? 'No connection to the controller.'
    : `No connection since ${timeOfDay(lastMs)}: values are old.`;
}

/**
 * One sentence a phase, the same all through it.
 * @param {StateObject} state
 * @param {string} detail
 */
function politeText({ phase, step, ready_until: readyUntil, simulated }, detail) {
  const isContact = phase === 'warm' || phase === 'cold' || phase === 'active';
  const lasts =
    isContact && step?.started_at != null && step.ends_at !== null
      ? `for ${spokenTime(Date.parse(step.ends_at) - Date.parse(step.started_at))}`
      : '';
  const until = phase === 'ready' && readyUntil !== null ? `until ${timeOfDay(Date.parse(readyUntil))}` : '';
  const cycle = isContact && step !== null ? cycleText(step) : '';
  const said = [PHASES[phase].word, detail, lasts, until, cycle].filter((part) => part !== '');
  return `${simulated ? 'Simulated. ' : ''}${capital(said.join(', '))}.`;
}

/**
 * @param {View['notice']} notice
 * @param {StateObject} state
 */
function assertiveText(notice, state) {
  // Without the seconds that are left: those change, and would be read out again and again.
  if (state.prompt !== null) return `${state.prompt.text} Press yes, or the water closes.`;
  return notice?.kind === 'fault' ? `${notice.title}. ${notice.text}` : '';
}

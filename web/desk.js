import { capital, clockTime, shortTime } from './words.js';
import { simulatedText, staleText } from './view.js';
/** @import { Action, Desk, DeskFacts, DeskState, DeskView, Place, ReminderState, Tone } from './types.d.ts' */

/** @type {Readonly<Record<DeskState['state'], { word: string, tone: Tone, icon: string }>>} */
const STATES = {
  idle: { word: 'idle', tone: 'rest', icon: 'idle' },
  waiting: { word: 'nothing due', tone: 'rest', icon: 'idle' },
  due: { word: 'waiting', tone: 'pause', icon: 'paused' },
  cueing: { word: 'now', tone: 'ready', icon: 'active' },
  snoozed: { word: 'later', tone: 'pause', icon: 'paused' },
};
const EXERCISE = /** @type {const} */ ({ word: 'exercise', tone: 'ready', icon: 'active' });

/** @type {Readonly<Record<NonNullable<ReminderState['waits_for']>, string>>} */
export const WAITS = {
  quiet: 'you asked for quiet',
  quiet_hours: 'these are quiet hours',
  bath: 'a bath is under way',
  meeting: 'you are in a meeting',
  busy: 'you do not want to be disturbed',
  away: 'nobody is here',
  just_back: 'you have only just come back',
  settling: 'it comes after a few calm minutes',
  ignored: 'nobody answered the last three; press anything and it goes on',
  hours: 'it is for other hours of the day',
  not_for_me: 'you said that it is not for you',
  another: 'there was another one just now',
};

/** What comes within this is counted down to, milliseconds. */
const SOON_MS = 3_600_000;
/** More repetitions than this are told as a number alone. */
const MOST_PIPS = 20;

/**
 * A desk or a spot, and not a place with water.
 * @param {Place} place
 * @returns {place is Desk}
 */
export function isDesk(place) {
  return 'reminders' in place.state;
}

/**
 * What is shown of a desk, from what is known. Pure, as that of a bath is.
 * @param {DeskFacts} facts
 * @returns {DeskView}
 */
export function deskViewOf(facts) {
  const { station } = facts;
  const { state } = station;
  const isLed = state.session !== null;
  const { word, tone, icon } = isLed ? EXERCISE : STATES[state.state];
  const detail = detailOf(station);
  const stale = staleText(facts);
  return {
    ...{ tone, icon, word, detail },
    ...countdownOf(facts),
    cycle: cycleText(state),
    steps: pipsOf(state),
    reminders: state.reminders.map((one) => reminderOf(one, station)),
    quiet: state.quiet_until === null ? '' : `Quiet until ${shortTime(Date.parse(state.quiet_until))}`,
    next: state.next ?? '',
    notice: state.message === null ? null : { kind: 'info', title: '', text: capital(state.message) },
    actions: actionsOf(facts),
    simulated: simulatedText(state.simulated, facts.speed),
    stale,
    title: `${stale === '' ? '' : 'no connection · '}${capital(word)}${detail === '' ? '' : `: ${detail}`} · ${station.name} · Ebb`,
    // Once for each thing that is shown or led; what is to be done at each beat stands in the notice.
    polite: `${state.simulated ? 'Simulated. ' : ''}${capital(word)}${detail === '' ? '' : `: ${detail}`}.`,
    assertive: stale,
  };
}

/** @param {Desk} station */
function detailOf({ state, protocols }) {
  if (state.session !== null)
    return protocols.find(({ id }) => id === state.protocol)?.title ?? state.protocol ?? '';
  const most = state.reminders.filter((one) => one.state === state.state);
  return state.state === 'waiting' || state.state === 'idle'
    ? ''
    : most.map(({ title }) => title).join(' and ');
}

/**
 * @param {DeskFacts} facts
 * @returns {{ countdown: string | null, level: number | null }}
 */
function countdownOf({ station: { state }, link, nowMs, lastMs }) {
  const atMs = link === 'live' ? nowMs : lastMs;
  if (atMs === null) return { countdown: null, level: null };
  const { step } = state;
  if (state.session !== null) {
    if (step?.started_at == null || step.ends_at === null) return { countdown: null, level: null };
    const endsMs = Date.parse(step.ends_at);
    const wholeMs = endsMs - Date.parse(step.started_at);
    const level = wholeMs > 0 ? Math.max(0, Math.min(1, (endsMs - atMs) / wholeMs)) : 0;
    return { countdown: clockTime(endsMs - atMs), level };
  }
  if (state.state !== 'snoozed' && state.state !== 'waiting') return { countdown: null, level: null };
  const times = state.reminders.flatMap((one) => {
    const at = state.state === 'snoozed' ? one.snoozed_until : one.state === 'waiting' ? one.due_at : null;
    return at === null ? [] : [Date.parse(at) - atMs];
  });
  const leftMs = Math.min(...times);
  return { countdown: leftMs > 0 && leftMs < SOON_MS ? clockTime(leftMs) : null, level: null };
}

/** @param {DeskState} state */
function cycleText({ session, step }) {
  return session !== null && step !== null && step.cycles > 1 ? `${step.cycle} of ${step.cycles}` : '';
}

/** @param {DeskState} state */
function pipsOf({ session, step }) {
  if (session === null || step === null || step.cycles > MOST_PIPS) return null;
  return { count: step.cycles, index: step.cycle - 1 };
}

/**
 * @param {ReminderState} one
 * @param {Desk} station
 * @returns {DeskView['reminders'][number]}
 */
function reminderOf(one, station) {
  const { id, title, state, last } = one;
  const was = last === null ? '' : `last ${last.outcome} at ${shortTime(Date.parse(last.at))}`;
  return { id, title, state, words: reminderWords(one, station), last: was };
}

/**
 * @param {ReminderState} one
 * @param {Desk} station
 */
function reminderWords(one, { state: desk, reminders }) {
  const { id, state, due_at: dueAt, snoozed_until: until, waits_for: by } = one;
  const due = dueAt === null ? '' : shortTime(Date.parse(dueAt));
  switch (state) {
    case 'idle':
      return by === null ? 'nothing planned' : `never: ${WAITS[by]}`;
    case 'waiting':
      return due === '' ? 'nothing planned' : `at ${due}`;
    case 'due':
      // Whoever exercises needs no reminder of it.
      if (desk.session !== null) return `due since ${due}; an exercise is led`;
      return `due since ${due}${by === null ? '' : `: ${WAITS[by]}`}`;
    case 'cueing':
      return `now; may be put off ${budgetText(one.snoozes_left, reminders.find((known) => known.id === id)?.snoozes)}`;
    case 'snoozed':
      return `again at ${until === null ? '' : shortTime(Date.parse(until))}; then ${budgetText(one.snoozes_left, reminders.find((known) => known.id === id)?.snoozes)}`;
  }
}

/**
 * @param {number} left
 * @param {number | undefined} whole
 */
function budgetText(left, whole) {
  return left === 0 ? 'no more' : `${left} of ${whole ?? left} times`;
}

/**
 * What a person may do next, the likeliest first.
 * @param {DeskFacts} facts
 * @returns {Action[]}
 */
function actionsOf({ station, link, pending }) {
  const { state } = station;
  const enabled = link === 'live' && pending === null;
  /** @type {Omit<Action, 'enabled'>[]} */
  const fitting = state.session !== null ? whileLed() : whileReminded(station);
  return fitting.map((action) => ({ ...action, enabled }));
}

/** @returns {Omit<Action, 'enabled'>[]} */
function whileLed() {
  return [
    { command: 'ack', label: 'Done', primary: true },
    { command: 'stop', label: 'Stop the exercise', primary: false },
  ];
}

/**
 * @param {Desk} station
 * @returns {Omit<Action, 'enabled'>[]}
 */
function whileReminded(station) {
  const { state, protocols, reminders } = station;
  const open = state.reminders.filter((one) => ['due', 'cueing', 'snoozed'].includes(one.state));
  const shown = open.filter((one) => one.state === 'cueing');
  const canStart = protocols.length > 0;
  return [
    ...(open.length > 0 ? [action('ack', 'Done', true)] : []),
    ...snooze(shown, reminders),
    ...(open.length > 0 ? [action('skip', 'Skip')] : []),
    ...leftOut(state, station),
    ...(canStart ? [action('start', 'Start exercise', open.length === 0)] : []),
    action('quiet', state.quiet_until === null ? 'Quiet for an hour' : 'End the quiet'),
  ];
}

/** @param {DeskState} state */
function isShown({ session, reminders }) {
  return session === null && reminders.some((one) => one.state === 'cueing');
}

/**
 * What is shown may be left out for good; and what was, one after the other, be taken back.
 * @param {DeskState} state
 * @param {Desk} station
 */
function leftOut(state, { protocols }) {
  if (isShown(state)) return [action('not_for_me', 'Not for me')];
  const [left] = state.not_for_me;
  if (left === undefined) return [];
  return [
    action('not_for_me', `${protocols.find(({ id }) => id === left)?.title ?? left}: for me after all`),
  ];
}

/**
 * A snooze without a budget would be a skip: there is a button of that name.
 * @param {readonly ReminderState[]} shown
 * @param {Desk['reminders']} reminders
 */
function snooze(shown, reminders) {
  const left = Math.min(...shown.map((one) => one.snoozes_left));
  const known = reminders.find(({ id }) => id === shown[0]?.id);
  if (shown.length === 0 || left === 0 || known === undefined) return [];
  const minutes = Math.round(known.snooze_s / 60);
  return [action('snooze', `In ${minutes} min (${left} of ${known.snoozes} left)`)];
}

/**
 * @param {Action['command']} command
 * @param {string} label
 */
function action(command, label, primary = false) {
  return { command, label, primary };
}

/**
 * What goes with a command of a desk.
 * @param {Action['command']} command
 * @param {Desk} station
 */
export function detailOfCommand(command, { state }) {
  if (command === 'quiet' && state.quiet_until !== null) return { off: true };
  const [left] = state.not_for_me;
  if (command !== 'not_for_me' || isShown(state) || left === undefined) return {};
  return { off: true, protocol: left };
}

/**
 * The exercise that is offered first: that of what is due, else of what comes.
 * @param {Desk} station
 */
export function likeliest({ state, protocols }) {
  const open = state.reminders.filter((one) => one.state !== 'waiting' && one.state !== 'idle');
  const soon = [...state.reminders].sort((a, b) => (a.due_at ?? '~').localeCompare(b.due_at ?? '~'));
  return (
    [...open, ...soon].find(({ protocol }) => protocols.some(({ id }) => id === protocol))?.protocol ?? null
  );
}

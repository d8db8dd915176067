import * as api from './api.js';
import { keepAwake } from './awake.js';
import { ControllerClock } from './clock.js';
import { chosenStation, fillChoices, lastStation } from './choice.js';
import { deskViewOf, detailOfCommand, isDesk } from './desk.js';
import { part } from './dom.js';
import { Live } from './live.js';
import { LoginForm } from './login.js';
import { Readings } from './readings.js';
import { Page, buttons, commandOf, mark, show, text } from './render.js';
import { STOP_TRY_MS, Stop } from './stop.js';
import { capital } from './words.js';
import { simulatedText, viewOf } from './view.js';
/** @import { Action, Band, Link, Place, PlaceState, Site } from './types.d.ts' */

/** Silence of this long and what is shown is old; looked at often enough to be grey within 3 s. */
const STALE_MS = 2_500;
const DRAW_MS = 100;
/** Who may do what could not be had: a STOP took the way, or the controller was busy. */
const AGAIN_MS = 1_000;

const clock = new ControllerClock();
const page = new Page();
/** @type {Map<string, Readings>} */
const readings = new Map();
/**
 * What each station told last, on the stream alone: an answer to a command may come before or after what it caused.
 * @type {Map<string, { state: PlaceState, band: Band | null }>} */
const told = new Map();
/** @type {Site | null} */
let site = null;
/** @type {Action['command'] | null} */
let pending = null;
/** @type {number | undefined} */
let loadAgain;
/** The phase in which the last answer to a command was given: it is of no use in the next. */
let answeredIn = '';

const stop = new Stop({
  send: () => sendStop(),
  nowMs: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  say: (word) => {
    const line = part('stop-text');
    text(line, word?.text ?? '');
    mark(line, 'phase', word?.phase ?? '');
    show(line, word !== null);
    if (word !== null && word.phase !== 'sending') text(part('assertive'), word.text);
  },
});

const live = new Live({
  open: () => {
    void load();
  },
  lost: () => {
    void askWhy();
  },
  state: ({ station, band, state }) => {
    told.set(station, { state, band });
    if (station === shown()?.id) stop.observe(state);
    draw();
  },
  reading: (news) => {
    const known = readings.get(news.station) ?? new Readings();
    readings.set(news.station, known);
    known.add(news);
  },
  tick: (tick) => {
    clock.tick(tick, performance.now());
    draw();
  },
});

const form = new LoginForm(async (password) => {
  const answer = await api.login(password);
  if (answer.ok) live.connect();
  return answer;
});

/** Who may do what is told to this screen alone, so it is asked for with each connection. */
async function load() {
  clearTimeout(loadAgain);
  const answer = await api.stations();
  if (!answer.ok) {
    if (answer.code === 'login_needed') form.open();
    else loadAgain = setTimeout(() => void load(), AGAIN_MS);
    return;
  }
  form.close();
  site = answer.value;
  for (const place of site.stations) {
    const { id, state } = place;
    if (!told.has(id)) told.set(id, { state, band: 'band' in place ? place.band : null });
  }
  for (const id of [...told.keys()]) if (!site.stations.some((one) => one.id === id)) told.delete(id);
  fillChoices(site, chosenStation(site));
  text(part('version'), `Ebb ${site.version} · ${site.site}`);
  draw();
}

/** A stream that breaks says no more than that. */
async function askWhy() {
  const answer = await api.me();
  if (answer.ok ? answer.value.login_needed : answer.code === 'login_needed') form.open();
}

/** @returns {Place | null} */
function shown() {
  const station = site === null ? null : chosenStation(site);
  if (station === null) return null;
  return /** @type {Place} */ ({ ...station, ...told.get(station.id) });
}

/** @returns {Link} */
function linkNow() {
  const { last } = clock;
  const isLooking = performance.now() - live.wokenMs < STALE_MS;
  if (last === null) return performance.now() < STALE_MS || isLooking ? 'connecting' : 'stale';
  if (performance.now() - last.realMs <= STALE_MS) return 'live';
  return isLooking ? 'connecting' : 'stale';
}

function draw() {
  if (live.isResting) {
    // Its tab may still be read, and must not tell of a session that may be over.
    document.title = 'Ebb';
    return;
  }
  const link = linkNow();
  const station = shown();
  if (station === null) {
    mark(document.body, 'link', link);
    page.simulated(site === null ? '' : simulatedText(site.simulated, clock.speed));
    page.stale(link === 'stale' && !form.isOpen ? 'No connection to the controller.' : '');
    text(part('phase'), form.isOpen ? 'locked' : link === 'stale' ? 'no connection' : 'connecting');
    return;
  }
  const nowMs = clock.nowMs(performance.now());
  const waterC =
    link === 'live' && nowMs !== null ? (readings.get(station.id)?.warmestC(nowMs) ?? null) : null;
  const moment = { link, nowMs, speed: clock.speed, lastMs: clock.last?.wallMs ?? null, pending };
  const view = isDesk(station) ? deskViewOf({ station, ...moment }) : viewOf({ station, waterC, ...moment });
  page.draw(view, link);
  if (link === 'live' && wasStale) text(part('told'), 'Connected again.');
  wasStale = link === 'stale';
  const startable = view.actions.some(({ command }) => command === 'start');
  show(part('protocols'), startable && station.protocols.length > 1);
  text(part('polite'), view.polite);
  announce(view.assertive);
  keepAwake(station.state.session !== null && link === 'live');
  const phase = `${station.id} ${view.word}`;
  if (answeredIn !== phase) say('', false);
  answeredIn = phase;
}

let wasStale = false;
let announced = '';
/** Once each: what came of a STOP is said in the same place. @param {string} words */
function announce(words) {
  if (words === announced) return;
  const line = part('assertive');
  // A question that is over must not be read out again; what came of a STOP stays.
  if (words !== '' || line.textContent === announced) text(line, words);
  announced = words;
}

/**
 * @param {string} words
 * @param {boolean} isBad
 */
function say(words, isBad) {
  const line = part('answer');
  text(line, words);
  mark(line, 'bad', String(isBad));
  show(line, words !== '');
  if (words !== '') text(part(isBad ? 'assertive' : 'told'), words);
}

/** @param {Action['command']} word */
async function give(word) {
  const station = shown();
  if (station === null || pending !== null || linkNow() !== 'live') return;
  pending = word;
  say('', false);
  draw();
  const protocol = /** @type {HTMLSelectElement} */ (part('protocol')).value;
  const answer = await api.command(station.id, {
    command: word,
    ...(word === 'start' && protocol !== '' ? { protocol } : {}),
    ...(isDesk(station) ? detailOfCommand(word, station) : {}),
  });
  pending = null;
  draw();
  if (!answer.ok) {
    if (answer.code === 'login_needed') form.open();
    say(`${capital(word)}: ${answer.message}`, true);
  } else if (word === 'begin' && answer.value.state?.state !== 'running') {
    say('Noted: it begins by itself if the water is ready within 60 s.', false);
  }
}

/** The station is the one shown, or the one that was: STOP works before anything has been loaded. */
async function sendStop() {
  const station = shown()?.id ?? lastStation();
  if (station === null) {
    return /** @type {const} */ ({
      ok: false,
      code: 'unreachable',
      message: 'no station is known yet',
      again: true,
    });
  }
  const answer = await api.stop(station, STOP_TRY_MS);
  if (!answer.ok && answer.code === 'login_needed') form.open();
  return answer;
}

/** A touch counts as it lands; the click that it ends in is the same press. Keys and screen readers only click. */
let isDown = false;
part('stop').addEventListener('pointerdown', (event) => {
  if (event.button !== 0) return;
  isDown = true;
  void stop.press();
});
part('stop').addEventListener('click', (event) => {
  if (!isDown || event.detail === 0) void stop.press();
  isDown = false;
});
addEventListener('pointercancel', () => {
  isDown = false;
});
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.repeat) return;
  const station = shown();
  // At a desk nothing runs but an exercise; anything else that is due there stays.
  if (station === null || !isDesk(station)) void stop.press();
  else if (station.state.session !== null) void give('stop');
});
for (const button of buttons()) {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') void give(commandOf(button));
  });
}
addEventListener('hashchange', () => {
  stop.forget();
  if (site !== null) fillChoices(site, chosenStation(site));
  draw();
});

live.connect();
setInterval(() => {
  live.check();
  draw();
}, DRAW_MS);

import { part } from './dom.js';
/** @import { Action, DeskView, View } from './types.d.ts' */

const VALVE_ICONS = {
  open: 'open',
  opening: 'open',
  closed: 'closed',
  closing: 'closed',
  unknown: 'unknown',
  failed: 'fault',
};

/** Where no water is meant for anybody, it has ebbed away. */
const EBBED = new Set(['rest', 'pause', 'end', 'fault', 'done']);

/** Draws what is to be seen. Touches only what changed: a screen reader and a focus stay where they are. */
export class Page {
  #level = '';
  #list = '';
  #reminders = '';

  /**
   * @param {View | DeskView} view
   * @param {'live' | 'stale' | 'connecting'} link
   */
  draw(view, link) {
    const isDesk = 'reminders' in view;
    mark(document.body, 'tone', view.tone);
    mark(document.body, 'link', link);
    if (document.title !== view.title) document.title = view.title;
    this.simulated(view.simulated);
    this.stale(view.stale);
    this.#now(view);
    this.#notice(view.notice);
    show(part('facts'), true);
    const title = isDesk ? 'reminders-title' : 'water-title';
    if (part('facts').getAttribute('aria-labelledby') !== title)
      part('facts').setAttribute('aria-labelledby', title);
    for (const id of ['water-card', 'valves-card', 'stop']) show(part(id), !isDesk);
    show(part('reminders-card'), isDesk);
    show(part('next-card'), !isDesk || view.next !== '');
    mark(document.body, 'place', isDesk ? 'desk' : 'bath');
    text(part('simulated-what'), isDesk ? 'no real device is used' : 'no real water moves');
    text(part('next'), view.next === '' ? '–' : view.next);
    this.#actions(view.actions);
    if (isDesk) this.#desk(view);
    else this.#bath(view);
  }

  /** @param {View} view */
  #bath(view) {
    this.#water(view.water);
    this.#valves(view.valves);
    this.#block(view.blockList);
    show(part('pledge'), view.blockList !== null && view.actions.some(({ command }) => command === 'begin'));
    text(part('elsewhere'), view.elsewhere);
    show(part('elsewhere'), view.elsewhere !== '');
  }

  /** @param {DeskView} view */
  #desk({ reminders, quiet }) {
    this.#block(null);
    for (const id of ['pledge', 'elsewhere', 'stop-text']) show(part(id), false);
    text(part('quiet'), quiet);
    show(part('quiet'), quiet !== '');
    const words = JSON.stringify(reminders);
    if (words === this.#reminders) return;
    this.#reminders = words;
    part('reminders').replaceChildren(
      ...reminders.map(({ title, state, words, last }) => {
        const item = document.createElement('li');
        item.dataset['state'] = state;
        item.append(line('strong', title), line('span', words));
        if (last !== '') item.append(line('span', last));
        return item;
      }),
    );
    if (reminders.length === 0) part('reminders').append(line('li', 'none in the schedule'));
  }

  /** @param {string} words */
  simulated(words) {
    text(part('simulated-word'), words);
    show(part('simulated'), words !== '');
  }

  /** @param {string} words */
  stale(words) {
    text(part('stale-text'), words);
    show(part('stale'), words !== '');
  }

  /** @param {View | DeskView} view */
  #now(view) {
    text(part('phase'), view.word);
    mark(part('word'), 'long', String(view.word.length > 7));
    reference(part('phase-icon'), view.icon);
    text(part('detail'), view.detail);
    text(part('countdown'), view.countdown ?? '');
    show(part('countdown'), view.countdown !== null);
    text(part('cycle'), view.cycle);
    const level = (view.level ?? (EBBED.has(view.tone) ? 0.12 : 1)).toFixed(3);
    if (level !== this.#level) part('level').style.setProperty('--level', level);
    this.#level = level;
    this.#pips(view.steps);
  }

  /** @param {View['steps']} steps */
  #pips(steps) {
    const pips = part('pips');
    const count = steps?.count ?? 0;
    while (pips.childElementCount > count) pips.lastElementChild?.remove();
    while (pips.childElementCount < count) pips.append(document.createElement('span'));
    for (const [index, pip] of [...pips.children].entries()) {
      const at = steps?.index ?? 0;
      pip.className = index < at ? 'past' : index === at ? 'here' : '';
    }
  }

  /** @param {View['notice']} notice */
  #notice(notice) {
    show(part('notice'), notice !== null);
    if (notice === null) return;
    mark(part('notice'), 'kind', notice.kind);
    text(part('notice-title'), notice.title === '' ? 'Message' : notice.title);
    part('notice-title').classList.toggle('ears', notice.title === '');
    text(part('notice-text'), notice.text);
  }

  /** @param {View['water']} water */
  #water(water) {
    mark(part('facts'), 'mood', water.mood);
    text(part('water'), water.text);
    text(part('unit'), water.unit);
    text(part('band-words'), water.words);
    text(part('band-text'), water.band === null ? 'no band now' : `band ${water.band.text} ${water.unit}`);
    show(part('band'), water.band !== null);
    show(part('marker'), water.share !== null);
    if (water.band !== null) {
      part('band').style.left = percent(water.band.from);
      part('band').style.width = percent(water.band.to - water.band.from);
    }
    if (water.share !== null) part('marker').style.left = percent(water.share);
  }

  /** @param {View['valves']} valves */
  #valves(valves) {
    const list = part('valves');
    const words = valves.map(({ name, word }) => `${name} ${word}`).join(', ');
    if (words === this.#list) return;
    this.#list = words;
    list.replaceChildren(
      ...valves.map(({ name, word, state }) => {
        const item = document.createElement('li');
        item.dataset['state'] = state;
        item.append(icon(VALVE_ICONS[state]), `${name} ${word}`);
        return item;
      }),
    );
    if (valves.length === 0) {
      const none = document.createElement('li');
      none.textContent = 'none: cues only';
      list.append(none);
    }
  }

  /** @param {readonly string[] | null} list */
  #block(list) {
    show(part('block'), list !== null);
    const target = part('block-list');
    if (list === null || target.childElementCount === list.length) return;
    target.replaceChildren(
      ...list.map((reason) => {
        const item = document.createElement('li');
        item.textContent = reason;
        return item;
      }),
    );
  }

  /** @param {readonly Action[]} actions */
  #actions(actions) {
    show(part('actions'), actions.length > 0);
    for (const button of buttons()) {
      const action = actions.find(({ command }) => command === button.dataset['command']);
      const hadFocus = action === undefined && button === document.activeElement;
      show(button, action !== undefined);
      // A focus that falls off the page would send the next Tab back to its top.
      if (hadFocus) part('now').focus({ preventScroll: true });
      if (action === undefined) continue;
      text(button, action.label);
      button.classList.toggle('primary', action.primary);
      button.setAttribute('aria-disabled', String(!action.enabled));
    }
  }
}

/** @returns {HTMLButtonElement[]} */
export function buttons() {
  return [...part('actions').querySelectorAll('button')];
}

/** @param {HTMLElement} button */
export function commandOf(button) {
  return /** @type {Action['command']} */ (button.dataset['command']);
}

/**
 * @param {HTMLElement} element
 * @param {string} value
 */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/**
 * @param {HTMLElement} element
 * @param {boolean} shown
 */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} value
 */
export function mark(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

/**
 * @param {Element} use
 * @param {string} name
 */
function reference(use, name) {
  const href = `#i-${name}`;
  if (use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/** @param {string} name */
function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * @param {'li' | 'span' | 'strong'} kind
 * @param {string} words
 */
function line(kind, words) {
  const element = document.createElement(kind);
  element.textContent = words;
  return element;
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(1)}%`;
}

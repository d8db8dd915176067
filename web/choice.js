import { isDesk, likeliest } from './desk.js';
import { part } from './dom.js';
import { recall, remember } from './memory.js';
import { show, text } from './render.js';
/** @import { Place, Site } from './types.d.ts' */

const REMEMBERED = 'ebb-station';

/**
 * The station named behind the `#`, else the first.
 * @param {Site} site
 * @returns {Place | null}
 */
export function chosenStation({ stations }) {
  return stations.find(({ id }) => id === named()) ?? stations[0] ?? null;
}

/** The station that this page is about before the controller has said anything: named, or shown here before. */
export function lastStation() {
  const name = named();
  return name === '' ? recall(REMEMBERED) : name;
}

/**
 * Fills the choosers of station and protocol.
 * @param {Site} site
 * @param {Place | null} chosen
 */
export function fillChoices({ stations }, chosen) {
  if (chosen === null) return;
  remember(REMEMBERED, chosen.id);
  text(part('station-name'), chosen.name);
  show(part('chooser'), stations.length > 1);
  fill(
    part('station'),
    stations.map(({ id, name }) => ({ id, title: name })),
  );
  /** @type {HTMLSelectElement} */ (part('station')).value = chosen.id;
  fill(part('protocol'), chosen.protocols);
  const desk = isDesk(chosen) ? chosen : null;
  text(part('protocols-name'), desk === null ? 'Protocol' : 'Exercise');
  const first = desk === null ? null : likeliest(desk);
  if (first !== null) /** @type {HTMLSelectElement} */ (part('protocol')).value = first;
}

/**
 * @param {HTMLSelectElement} select
 * @param {readonly { id: string, title: string }[]} choices
 */
function fill(select, choices) {
  const before = [...select.options].map(({ value }) => value).join(' ');
  if (before === choices.map(({ id }) => id).join(' ')) return;
  select.replaceChildren(...choices.map(({ id, title }) => new Option(title, id)));
}

function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

part('station').addEventListener('change', () => {
  location.hash = encodeURIComponent(/** @type {HTMLSelectElement} */ (part('station')).value);
});

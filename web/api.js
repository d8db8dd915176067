/** @import { Accepted, Action, Answer, Me, Site } from './types.d.ts' */

const ROOT = '/api/v1';
/** Longest wait for an answer, milliseconds. */
const ANSWER_MS = 5_000;

/** @type {Set<AbortController>} */
const others = new Set();

/** @returns {Promise<Answer<Me>>} */
export function me() {
  return request('/me', {});
}

/** @returns {Promise<Answer<Site>>} */
export function stations() {
  return request('/stations', {});
}

/**
 * @param {string} password
 * @returns {Promise<Answer<unknown>>}
 */
export function login(password) {
  return request('/login', post({ password }));
}

/** @returns {Promise<Answer<unknown>>} */
export function logout() {
  return request('/logout', post({}));
}

/**
 * @param {string} station
 * @param {{ command: Action['command'], protocol?: string, off?: boolean }} command
 * @returns {Promise<Answer<Accepted>>}
 */
export function command(station, command) {
  return request(pathOf(station), post(command));
}

/**
 * A stop takes the way alone: what else is on its way is given up, so that it neither waits for a free connection nor
 * is overtaken by a begin from before it. It also leaves when the page is being closed.
 * @param {string} station
 * @param {number} limitMs
 * @returns {Promise<Answer<Accepted>>}
 */
export function stop(station, limitMs) {
  for (const other of others) other.abort();
  others.clear();
  const init = { ...post({ command: 'stop' }), keepalive: true, priority: /** @type {const} */ ('high') };
  return send(pathOf(station), init, new AbortController(), limitMs);
}

/** @param {string} station */
function pathOf(station) {
  return `/stations/${encodeURIComponent(station)}/commands`;
}

/**
 * @param {unknown} body
 * @returns {RequestInit}
 */
function post(body) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Answer<T>>}
 */
async function request(path, init) {
  const own = new AbortController();
  others.add(own);
  try {
    return await send(path, init, own, ANSWER_MS);
  } finally {
    others.delete(own);
  }
}

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} init
 * @param {AbortController} control
 * @param {number} limitMs
 * @returns {Promise<Answer<T>>}
 */
async function send(path, init, control, limitMs) {
  const late = setTimeout(() => {
    control.abort();
  }, limitMs);
  try {
    const { signal } = control;
    const answer = await fetch(ROOT + path, { cache: 'no-store', redirect: 'error', ...init, signal });
    const text = await answer.text();
    /** @type {unknown} */
    const value = text === '' ? {} : JSON.parse(text);
    return answer.ok
      ? { ok: true, value: /** @type {T} */ (value) }
      : { ok: false, ...problemOf(value, answer.status) };
  } catch {
    return { ok: false, code: 'unreachable', message: 'the controller did not answer', again: true };
  } finally {
    clearTimeout(late);
  }
}

/**
 * @param {unknown} value
 * @param {number} status
 */
function problemOf(value, status) {
  const { code, message } = /** @type {{ code?: unknown, message?: unknown }} */ (value ?? {});
  return {
    code: typeof code === 'string' ? code : `http_${status}`,
    message: typeof message === 'string' ? message : `the controller answered ${status}`,
    again: status >= 500 || status === 429,
  };
}

/** @import { Phase, Tone, ValveState } from './types.d.ts' */

/** @type {Readonly<Record<Phase, { word: string, tone: Tone }>>} */
export const PHASES = {
  idle: { word: 'idle', tone: 'rest' },
  preparing: { word: 'preparing', tone: 'prepare' },
  ready: { word: 'ready', tone: 'ready' },
  warm: { word: 'warm', tone: 'warm' },
  cold: { word: 'cold', tone: 'cold' },
  active: { word: 'active', tone: 'ready' },
  changing: { word: 'changing', tone: 'change' },
  paused: { word: 'paused', tone: 'pause' },
  stopping: { word: 'stopping', tone: 'end' },
  stopped: { word: 'stopped', tone: 'end' },
  fault: { word: 'fault', tone: 'fault' },
  drying: { word: 'drying', tone: 'done' },
  done: { word: 'done', tone: 'done' },
};

/** @type {Readonly<Record<string, string>>} */
export const OPERATIONS = {
  purge: 'running the hot side warm',
  prove: 'testing the water',
  fill: 'filling',
  temper: 'bringing the water into its band',
  flush: 'flushing',
  drain: 'draining',
};

/** @type {Readonly<Record<ValveState, string>>} */
export const VALVE_WORDS = {
  open: 'open',
  closed: 'closed',
  opening: 'opening …',
  closing: 'closing …',
  unknown: 'unknown',
  failed: 'failed',
};

/** @type {Readonly<Record<string, string>>} */
export const VALVE_NAMES = { hot: 'Hot', cold: 'Cold', mixer: 'Mixer', drain: 'Drain', master: 'Master' };

/**
 * `4:05`; a rest of a second counts as one, so that 0:00 means over. Never negative.
 * @param {number} ms
 */
export function clockTime(ms) {
  const total = Math.max(0, Math.ceil(ms / 1_000 - 0.001));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

/**
 * `3 minutes 20 seconds`, for ears.
 * @param {number} ms
 */
export function spokenTime(ms) {
  const total = Math.max(0, Math.round(ms / 1_000));
  const [min, s] = [Math.floor(total / 60), total % 60];
  const parts = [
    min > 0 ? `${min} ${min === 1 ? 'minute' : 'minutes'}` : '',
    s > 0 || total === 0 ? `${s} ${s === 1 ? 'second' : 'seconds'}` : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/**
 * The time of day by the controller's clock, in the time zone of who looks.
 * @param {number} wallMs
 */
export function timeOfDay(wallMs) {
  const at = new Date(wallMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/**
 * The same, to the minute: for what is planned.
 * @param {number} wallMs
 */
export function shortTime(wallMs) {
  return timeOfDay(wallMs).slice(0, 5);
}

/**
 * A temperature as people read it, without its unit.
 * @param {number} valueC
 * @param {'celsius' | 'fahrenheit'} unit
 */
export function degrees(valueC, unit) {
  return (unit === 'celsius' ? valueC : (valueC * 9) / 5 + 32).toFixed(1);
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

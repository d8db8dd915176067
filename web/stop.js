/** @import { Accepted, Answer, PlaceState } from './types.d.ts' */

/** How long one try waits for its answer, and how long the next one waits to begin: milliseconds. */
export const STOP_TRY_MS = 1_500;
const PAUSES_MS = [200, 400, 800, 1_000, 1_000];
/** A press that reached nobody is still meant this much later, should the water then be found running. */
const MEANT_MS = 60_000;
/** A valve that has closed says so well within this. */
const CONFIRM_MS = 4_000;

const BY_HAND =
  'Press the button at the bath or pull the plug: the valves close by themselves within their lease.';

/** @typedef {'sending' | 'accepted' | 'closed' | 'unconfirmed' | 'failed'} StopPhase */
/** @typedef {{ phase: StopPhase, text: string }} StopWord what came of a stop, for people */

/**
 * STOP, from the press to every valve saying closed. It asks nobody whether the page is up to date, and a second press
 * begins anew.
 */
export class Stop {
  /** The press that counts. */
  #run = 0;
  /** @type {StopPhase | null} */
  #phase = null;
  /** What was told since the press, while its answer is on the way: the two come on ways of their own. @type {PlaceState | null} */
  #meanwhile = null;
  /** The session that was stopped. @type {string | null} */
  #session = null;
  /** Until when a press that reached nobody is made good. */
  #meantUntilMs = -Infinity;
  #send;
  #wait;
  #say;
  #nowMs;

  /**
   * @param {object} parts
   * @param {() => Promise<Answer<Accepted>>} parts.send one try; gives up by itself
   * @param {(ms: number) => Promise<void>} parts.wait
   * @param {(word: StopWord | null) => void} parts.say
   * @param {() => number} parts.nowMs
   */
  constructor({ send, wait, say, nowMs }) {
    this.#send = send;
    this.#wait = wait;
    this.#say = say;
    this.#nowMs = nowMs;
  }

  /** A person's press. */
  async press() {
    this.#meantUntilMs = this.#nowMs() + MEANT_MS;
    await this.#try();
  }

  async #try() {
    this.#run += 1;
    const run = this.#run;
    this.#meanwhile = null;
    this.#set('sending', 'Sending STOP …');
    for (const pauseMs of [...PAUSES_MS, null]) {
      const answer = await this.#send();
      if (run !== this.#run) return;
      if (answer.ok) {
        this.#meantUntilMs = -Infinity;
        await this.#accepted(run, answer.value.state);
        return;
      }
      // The controller is there and says why not: asking again changes nothing.
      if (!answer.again) {
        this.#meantUntilMs = -Infinity;
        this.#set('failed', `STOP was not taken: ${answer.message}. ${BY_HAND}`);
        return;
      }
      if (pauseMs === null) break;
      this.#set('sending', 'STOP has not reached the controller yet, trying again …');
      await this.#wait(pauseMs);
      if (run !== this.#run) return;
    }
    this.#set('failed', `STOP did not reach the controller. ${BY_HAND}`);
  }

  /**
   * Each state that the controller tells.
   * @param {PlaceState} state
   */
  observe(state) {
    if (this.#phase === 'sending') this.#meanwhile = state;
    if (this.#phase === null || this.#phase === 'sending') return;
    if (isGoing(state)) {
      // Somebody has started anew: what came of the last stop is past.
      if (this.#phase === 'closed' && state.session !== this.#session) this.forget();
      // It is back, and the water was never told.
      else if (this.#phase === 'failed' && this.#nowMs() < this.#meantUntilMs) void this.#try();
      return;
    }
    if (this.#phase === 'closed' || !allClosed(state)) return;
    if (this.#phase === 'failed')
      this.#set('closed', 'That STOP did not arrive, but everything is closed now.');
    else this.#closed(state);
  }

  /** Another station, or a new session. */
  forget() {
    this.#run += 1;
    this.#meantUntilMs = -Infinity;
    this.#phase = null;
    this.#say(null);
  }

  /**
   * @param {number} run
   * @param {PlaceState | undefined} state not told to a screen without a login
   */
  async #accepted(run, state) {
    this.#session = state?.session ?? this.#meanwhile?.session ?? null;
    this.#set('accepted', 'STOP was taken: the valves are closing …');
    for (const known of [state ?? null, this.#meanwhile]) if (known !== null) this.observe(known);
    await this.#wait(CONFIRM_MS);
    if (run !== this.#run || this.#phase !== 'accepted') return;
    if (state === undefined) {
      this.#set(
        'unconfirmed',
        `STOP was taken. Without the password nobody tells this screen what the valves say. ${BY_HAND}`,
      );
      return;
    }
    this.#set('unconfirmed', `STOP was taken, but not every valve says that it is closed. ${BY_HAND}`);
  }

  /** @param {PlaceState} state */
  #closed(state) {
    const hasValves = Object.keys(state.valves).length > 0;
    this.#set('closed', hasValves ? 'Stopped: every valve says closed.' : 'Stopped.');
  }

  /**
   * @param {StopPhase} phase
   * @param {string} text
   */
  #set(phase, text) {
    this.#phase = phase;
    this.#say({ phase, text });
  }
}

/** @param {PlaceState} state */
function isGoing({ state }) {
  return ['starting', 'running', 'restarting', 'holding', 'held'].includes(state);
}

/** @param {PlaceState} state */
function allClosed({ valves }) {
  return Object.values(valves).every((value) => value === 'closed');
}

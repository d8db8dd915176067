/** @import { ReadingNews, StateNews, Tick } from './types.d.ts' */

/** The first wait before a new try, and the longest, milliseconds. Each is drawn between half and the whole of it. */
const BACKOFF = { firstMs: 400, mostMs: 5_000 };
/** A connection that says nothing for this long is no connection, whatever the browser believes. */
const SILENT_MS = 6_000;
/** Browsers keep few connections to one host: a page that nobody sees leaves its own to the others. */
const HIDDEN_MS = 10_000;

/**
 * @typedef {object} Listener
 * @property {() => void} open
 * @property {() => void} lost
 * @property {(news: StateNews) => void} state
 * @property {(news: ReadingNews) => void} reading
 * @property {(tick: Tick) => void} tick
 */

/** The controller's events as they come, over and over: a lost connection is made again. */
export class Live {
  /** @type {EventSource | null} */
  #source = null;
  #tries = 0;
  #heardMs = 0;
  /** @type {number | undefined} */
  #retry;
  /** @type {number | undefined} */
  #hidden;
  #listener;
  /** Nobody looks, so nothing is asked for. */
  isResting = false;
  /** When somebody looked again last. */
  wokenMs = 0;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hidden);
      if (!document.hidden) this.#wake();
      else
        this.#hidden = setTimeout(() => {
          this.isResting = true;
          this.#end();
        }, HIDDEN_MS);
    });
    addEventListener('online', () => {
      this.connect();
    });
    addEventListener('pageshow', () => {
      this.#wake();
    });
    addEventListener('pagehide', () => {
      this.#end();
    });
  }

  /** At once, whatever was waited for. */
  connect() {
    this.#end();
    this.#heardMs = performance.now();
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.addEventListener('open', () => {
      this.#heardMs = performance.now();
      this.#listener.open();
    });
    source.addEventListener('error', () => {
      this.#again(source);
    });
    this.#hear(source, 'state', this.#listener.state);
    this.#hear(source, 'reading', this.#listener.reading);
    this.#hear(source, 'tick', (/** @type {Tick} */ tick) => {
      this.#tries = 0;
      this.#listener.tick(tick);
    });
  }

  /** Finds a connection that has gone silent. Called now and then. */
  check() {
    const source = this.#source;
    if (source !== null && performance.now() - this.#heardMs > SILENT_MS) this.#again(source);
  }

  /**
   * @template T
   * @param {EventSource} source
   * @param {string} name
   * @param {(value: T) => void} listener
   */
  #hear(source, name, listener) {
    source.addEventListener(name, ({ data }) => {
      if (source !== this.#source) return;
      this.#heardMs = performance.now();
      /** @type {unknown} */
      const value = JSON.parse(String(data));
      listener(/** @type {T} */ (value));
    });
  }

  /** @param {EventSource} source */
  #again(source) {
    if (source !== this.#source) return;
    this.#end();
    this.#listener.lost();
    const wholeMs = Math.min(BACKOFF.mostMs, BACKOFF.firstMs * 2 ** this.#tries);
    this.#tries += 1;
    this.#retry = setTimeout(
      () => {
        this.connect();
      },
      wholeMs * (0.5 + Math.random() / 2),
    );
  }

  #wake() {
    if (this.#source !== null) return;
    this.isResting = false;
    this.wokenMs = performance.now();
    this.connect();
  }

  #end() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }
}

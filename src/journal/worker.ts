import { parentPort, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Timer } from '../clock/clock.ts';
import { SystemClock } from '../clock/system.ts';
import { JournalError, messageOf } from '../model/errors.ts';
import { SAFETY_TYPES } from './journal.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';
import { JournalStore } from './store.ts';

/**
 * The thread that writes the journal. It may stand still for as long as the disk does; the control loop only posts
 * messages to it.
 */

/** How long lazy records wait for company. */
const LAZY_MS = 5_000;

/** Messages that go into one transaction at most: a sender that never stops must not hold up the answers. */
const MAX_BATCH = 256;

class Writer {
  readonly #port: MessagePort;
  readonly #store: JournalStore;
  readonly #delayMs: number;
  readonly #clock = new SystemClock();
  #timer: Timer | null = null;

  constructor(port: MessagePort, store: JournalStore, delayMs: number) {
    this.#port = port;
    this.#store = store;
    this.#delayMs = delayMs;
  }

  /** Takes the message and every one that came meanwhile: one transaction, one wait for the disk. */
  handle(first: ToWorker): void {
    if (this.#delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.#delayMs);
    const tickets: number[] = [];
    let now = false;
    let closing = false;
    let left = MAX_BATCH;
    for (let message: ToWorker | null = first; message !== null; message = left > 0 ? this.#next() : null) {
      left -= 1;
      if (message.type === 'close') {
        closing = true;
        break;
      }
      this.#store.add(message.records, message.lazy);
      if (message.ticket !== null) tickets.push(message.ticket);
      now ||=
        !message.lazy ||
        message.ticket !== null ||
        message.records.some(({ type }) => SAFETY_TYPES.has(type));
    }
    if (now || closing) this.#write(tickets, closing);
    else this.#later();
    if (closing) this.#close();
  }

  #next(): ToWorker | null {
    const received: { message: ToWorker } | undefined = receiveMessageOnPort(this.#port);
    return received?.message ?? null;
  }

  #write(tickets: readonly number[], closing: boolean): void {
    this.#timer?.cancel();
    this.#timer = null;
    try {
      this.#store.write(tickets.length > 0 || closing);
      if (tickets.length > 0) this.#say({ type: 'durable', tickets });
    } catch (error) {
      this.#say({ type: 'failed', tickets, message: messageOf(error), lost: this.#store.lost });
      this.#later();
    }
  }

  #later(): void {
    this.#timer ??= this.#clock.at(this.#clock.nowMs() + LAZY_MS, 'journal', () => {
      this.#timer = null;
      this.#write([], false);
    });
  }

  #close(): void {
    this.#timer?.cancel();
    this.#store.close();
    this.#port.close();
  }

  #say(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

function start(port: MessagePort, settings: WorkerSettings): void {
  const say = (message: FromWorker): void => {
    port.postMessage(message);
  };
  let store: JournalStore;
  try {
    store = new JournalStore(settings.path);
    if (settings.maxPages !== null) store.limitPages(settings.maxPages);
  } catch (error) {
    const known = error instanceof JournalError;
    say({
      type: 'refused',
      code: known ? error.code : null,
      message: messageOf(error),
      fields: known ? error.fields : {},
    });
    port.close();
    return;
  }
  const writer = new Writer(port, store, settings.delayMs);
  port.on('message', (message: ToWorker) => {
    writer.handle(message);
  });
  say({ type: 'ready' });
}

const parent = parentPort;
// The settings come as the first message.
parent?.once('message', (settings: WorkerSettings) => {
  start(parent, settings);
});

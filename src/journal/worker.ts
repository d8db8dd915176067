import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { z } from 'zod';
import type { Timer } from '../clock/clock.ts';
import { SystemClock } from '../clock/system.ts';
import { JournalError, messageOf } from '../model/errors.ts';
import { SAFETY_TYPES } from './journal.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { JournalStore } from './store.ts';

/**
 * The thread that writes the journal. It may stand still for as long as the disk does; the control loop only posts
 * messages to it.
 */

/** How long lazy records wait for company. */
const LAZY_MS = 5_000;

const settings = z
  .object({ path: z.string(), delayMs: z.number(), maxPages: z.number().nullable() })
  .parse(workerData);

class Writer {
  readonly #port: MessagePort;
  readonly #store: JournalStore;
  readonly #clock = new SystemClock();
  #timer: Timer | null = null;

  constructor(port: MessagePort, store: JournalStore) {
    this.#port = port;
    this.#store = store;
  }

  /** Takes the message and every one that came meanwhile: one transaction, one wait for the disk. */
  handle(first: ToWorker): void {
    if (settings.delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settings.delayMs);
    const tickets: number[] = [];
    let now = false;
    let closing = false;
    for (let message: ToWorker | null = first; message !== null; message = this.#next()) {
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

function start(port: MessagePort): void {
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
  const writer = new Writer(port, store);
  port.on('message', (message: ToWorker) => {
    writer.handle(message);
  });
  say({ type: 'ready' });
}

if (parentPort !== null) start(parentPort);

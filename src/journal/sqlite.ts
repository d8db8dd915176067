import { resolve as resolvePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import { JournalError, messageOf } from '../model/errors.ts';
import { silentLog, type Log } from '../model/log.ts';
import { openHistory } from './history.ts';
import type { AppendOptions, HistoryReader, Journal, JournalRecord } from './journal.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';

export interface OpenOptions {
  readonly log?: Log;
  /** For tests only: the worker stands still this long before each write, as a stalled disk does. */
  readonly workerDelayMs?: number;
  /** For tests only: the file may not grow past this many pages, as on a full disk. */
  readonly workerMaxPages?: number;
}

/**
 * Opens the journal of a controller, creating it where there is none: directory 0700, file 0600. One process at a
 * time may write it; others may read it with `openHistory`.
 * @throws JournalError journal_foreign, journal_newer, journal_damaged (the file is left untouched); journal_failed
 */
export async function openJournal(
  path: string,
  options: OpenOptions = {},
): Promise<{ journal: Journal; history: HistoryReader }> {
  const file = resolvePath(path);
  const worker = startWorker({
    path: file,
    delayMs: options.workerDelayMs ?? 0,
    maxPages: options.workerMaxPages ?? null,
  });
  await ready(worker, file);
  const journal = new WorkerJournal(worker, file, options.log ?? silentLog);
  try {
    return { journal, history: openHistory(file) };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

function startWorker(settings: WorkerSettings): Worker {
  // Run from the sources the worker is one of them; compiled, it lies beside this file as JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), { execArgv: [] });
  worker.postMessage(settings);
  return worker;
}

function ready(worker: Worker, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: JournalError | null): void => {
      // One by one: taking all listeners off would take Node's own off too, and the worker would be deaf.
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      if (error === null) resolve();
      else reject(error);
    };
    const onMessage = (message: FromWorker): void => {
      if (message.type !== 'refused') {
        done(null);
        return;
      }
      const { code, fields } = message;
      done(code === null ? failed(path, message.message) : new JournalError(code, message.message, fields));
    };
    const onError = (error: unknown): void => {
      done(failed(path, messageOf(error), error));
    };
    const onExit = (): void => {
      done(failed(path, 'its thread ended'));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}

function failed(path: string, why: string, cause?: unknown): JournalError {
  return new JournalError(
    'journal_failed',
    `the journal ${path} could not be written: ${why}. Nothing new is opened while that is so. ` +
      'Check that the disk has room and that the directory may be written',
    { path },
    cause,
  );
}

class WorkerJournal implements Journal {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #log: Log;
  readonly #callbacks = new Map<number, (error: Error | null) => void>();
  readonly #onFailure: ((error: JournalError) => void)[] = [];
  readonly #ended: Promise<void>;
  #tickets = 0;
  #closing = false;
  #dead: JournalError | null = null;

  constructor(worker: Worker, path: string, log: Log) {
    this.#worker = worker;
    this.#path = path;
    this.#log = log;
    worker.on('message', (message: FromWorker) => {
      this.#hear(message);
    });
    worker.on('error', (error: unknown) => {
      this.#dead = failed(path, messageOf(error), error);
    });
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end();
        resolve();
      });
    });
  }

  append(records: readonly JournalRecord[], options: AppendOptions = {}): void {
    const { durable, lazy = false } = options;
    if (this.#dead !== null || this.#closing) {
      const error = this.#dead ?? failed(this.#path, 'it has been closed');
      this.#log.error({ types: records.map(({ type }) => type) }, error.message);
      if (durable !== undefined) {
        queueMicrotask(() => {
          durable(error);
        });
      }
      return;
    }
    let ticket: number | null = null;
    if (durable !== undefined) {
      ticket = this.#tickets += 1;
      this.#callbacks.set(ticket, durable);
    }
    this.#post({ type: 'append', records, lazy, ticket });
  }

  onFailure(listener: (error: JournalError) => void): void {
    this.#onFailure.push(listener);
  }

  close(): Promise<void> {
    if (!this.#closing && this.#dead === null) this.#post({ type: 'close' });
    this.#closing = true;
    return this.#ended;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'durable':
        this.#answer(message.tickets, null);
        return;
      case 'failed': {
        const error = failed(this.#path, message.message);
        this.#log.error(
          { path: this.#path, lost: message.lost, error: message.message },
          'the journal could not be written',
        );
        this.#answer(message.tickets, error);
        for (const listener of this.#onFailure) listener(error);
        return;
      }
      case 'ready':
      case 'refused':
        return;
    }
  }

  #answer(tickets: readonly number[], error: JournalError | null): void {
    for (const ticket of tickets) {
      const callback = this.#callbacks.get(ticket);
      this.#callbacks.delete(ticket);
      callback?.(error);
    }
  }

  /** The thread is gone: as asked, or by a mistake of ours. Whoever waits is told. */
  #end(): void {
    if (this.#closing && this.#callbacks.size === 0 && this.#dead === null) return;
    const error = (this.#dead ??= failed(this.#path, 'its thread ended'));
    this.#log.error({ path: this.#path }, error.message);
    this.#answer([...this.#callbacks.keys()], error);
    for (const listener of this.#onFailure) listener(error);
  }
}

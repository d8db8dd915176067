import type { Clock } from '../clock/clock.ts';
import type { Journal, JsonObject } from '../journal/index.ts';
import type { CommandError, Source } from '../model/command.ts';
import type { StationId } from '../model/ids.ts';
import { Bucket } from './bucket.ts';
import type { CoreRecord } from './effects.ts';
import { isoOf, jsonOf } from './records.ts';

/** Refusals that the journal keeps; whoever asks on and on must not fill the disk. */
const REFUSALS = { burst: 50, perSecond: 0.1 };

/** What is said of a refusal is at most so long: parts of it may be somebody else's words. */
const MAX_MESSAGE = 300;

/** The body of a `refused` record. */
export function refusedBody(
  { command, code, message }: Pick<CommandError, 'command' | 'code' | 'message'>,
  source: Source,
): CoreRecord['body'] {
  return { command, code, source, message: message.slice(0, MAX_MESSAGE) };
}

/** How most records are written, made once: nobody waits for an answer. */
const AT_ONCE = {};
const LAZY = { lazy: true };

export interface RecordOptions {
  /** May wait for others before it is written. */
  readonly lazy?: boolean;
  readonly durable?: (error: Error | null) => void;
}

/** Writes the journal: what happened, with its time, its station and its session. */
export class Recorder {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #boot: string;
  readonly #refusals = new Bucket(REFUSALS);
  #leftOut = 0;

  constructor({ clock, journal, boot }: { clock: Clock; journal: Journal; boot: string }) {
    this.#clock = clock;
    this.#journal = journal;
    this.#boot = boot;
  }

  record(
    { type, body: given }: CoreRecord,
    station: StationId | null,
    session: string | null,
    { lazy, durable }: RecordOptions = {},
  ): void {
    const body = type === 'refused' ? this.#refusal(given) : jsonOf(given);
    if (body === null) return;
    const at = isoOf(this.#clock.wallMs());
    const atMs = Math.round(this.#clock.nowMs());
    const records = [{ at, atMs, boot: this.#boot, station, session, type, body }];
    if (durable === undefined) this.#journal.append(records, lazy === true ? LAZY : AT_ONCE);
    else this.#journal.append(records, lazy === true ? { lazy, durable } : { durable });
  }

  /** A command that was not carried out, and why, for whoever asks later. */
  refused(error: CommandError, source: Source, station: StationId | null, session: string | null): void {
    this.record({ type: 'refused', body: refusedBody(error, source) }, station, session);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** null where there were too many; the next one that is kept says how many. */
  #refusal(given: CoreRecord['body']): JsonObject | null {
    if (!this.#refusals.take(this.#clock.nowMs())) {
      this.#leftOut += 1;
      return null;
    }
    const leftOut = this.#leftOut === 0 ? {} : { left_out: this.#leftOut };
    this.#leftOut = 0;
    return jsonOf({ ...given, ...leftOut });
  }
}

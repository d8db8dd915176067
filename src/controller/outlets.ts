import { ENVELOPE } from '../../machines/envelope.ts';
import type { Flush } from '../../machines/session-run.ts';
import type { HistoryReader, RunStart } from '../journal/index.ts';
import { Timeline } from '../journal/index.ts';
import type { StationId } from '../model/ids.ts';
import type { CoreRecord } from './effects.ts';
import type { Now } from './starter.ts';

/** The last leg of the proof test: hot, cold and hot have run by then. */
const LAST_LEG = 2;
/** Enough to find a whole proof test among those that were broken off. */
const LOOK_BACK = 50;

/**
 * When the line of each station last ran on both sides: a whole proof test, or a flush. Safety (L18) asks for a flush
 * after 7 days without, and of a line that nobody knows anything of.
 */
export class Outlets {
  readonly #history: HistoryReader | null;
  readonly #start: RunStart;
  readonly #simulated: boolean;
  readonly #last = new Map<StationId, Now | null>();

  constructor(history: HistoryReader | null, start: RunStart, simulated: boolean) {
    this.#history = history;
    this.#start = start;
    this.#simulated = simulated;
  }

  /** What a station records now. */
  saw(station: StationId, { type, body }: CoreRecord, now: Now): void {
    if (hasRun(type, body)) this.#last.set(station, now);
  }

  /** Why the line has to be flushed before anybody comes; null: it was used lately. */
  flushFor(station: StationId, now: Now): Flush | null {
    const last = this.#lastOf(station);
    if (last === null) return { idleMs: null };
    // The longer of both: a computer that slept has counted no running time, and a flush too many harms nobody.
    const idleMs = Math.max(now.atMs - last.atMs, now.wallMs - last.wallMs);
    return idleMs > ENVELOPE.idleMs ? { idleMs } : null;
  }

  #lastOf(station: StationId): Now | null {
    let last = this.#last.get(station);
    if (last !== undefined) return last;
    last = this.#earlier(station) ?? (this.#history === null || this.#simulated ? this.#start : null);
    this.#last.set(station, last);
    return last;
  }

  /** What earlier runs of the controller recorded. Where there is no yesterday a line was used just now. */
  #earlier(station: StationId): Now | null {
    const history = this.#history;
    if (history === null) return null;
    const records = history.records({ station, types: ['proved', 'flushed'], limit: LOOK_BACK });
    const last = records.findLast(({ type, body }) => hasRun(type, body));
    if (last === undefined) return null;
    const wallMs = Date.parse(last.at);
    return { atMs: new Timeline(history, this.#start).atMs({ ...last, wallMs }), wallMs };
  }
}

function hasRun(type: string, body: CoreRecord['body']): boolean {
  return type === 'flushed' || (type === 'proved' && body['leg'] === LAST_LEG);
}

import type { Clock } from '../clock/clock.ts';
import type { SessionId, StationId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { SessionResult } from '../model/state.ts';
import type { CoreRecord } from './effects.ts';
import type { Past } from './past.ts';
import type { Slot } from './slot.ts';

/** The longest wait for the valves before interrupted sessions are recorded all the same. */
const RECOVERY_MS = 20_000;

export interface RestartEffects {
  record(record: CoreRecord, station: StationId, session: SessionId): void;
  result(station: StationId, result: SessionResult): void;
  readonly log: Log;
}

/** What a restart finds. A latched fault outlives it; a session does not: it is ended as aborted once its valves are closed. */
export class Restart {
  readonly #past: Past;
  readonly #clock: Clock;
  readonly #effects: RestartEffects;

  constructor(past: Past, clock: Clock, effects: RestartEffects) {
    this.#past = past;
    this.#clock = clock;
    this.#effects = effects;
  }

  /** At the start: the station's latched fault is restored, and its interrupted sessions wait for the valves. */
  find(slot: Slot): void {
    const { station } = slot;
    const { id } = station.settings;
    const atMs = this.#clock.nowMs();
    const fault = this.#past.faultAt(id);
    if (fault !== null) station.core.water.stationEvent({ type: 'restored', fault, atMs });
    slot.recovering = this.#past.openAt(id);
    station.recovering = slot.recovering.length > 0;
    if (!station.recovering) return;
    this.#clock.at(atMs + RECOVERY_MS, 'recovery', () => {
      this.#end(slot);
    });
  }

  /** After each input: is everything verified closed? */
  look(slot: Slot): void {
    if (slot.recovering.length > 0 && slot.station.core.allClosed) this.#end(slot);
  }

  #end(slot: Slot): void {
    const { id } = slot.station.settings;
    for (const session of slot.recovering) {
      const result = this.#past.abortedResult(session, id);
      this.#effects.record({ type: 'end', body: { result } }, id, session.session);
      this.#effects.log.warn(
        { station: id, session: session.session, contact_s: result.contact_s },
        'a session was cut off by a restart: everything is closed, and it is recorded as aborted',
      );
      this.#effects.result(id, result);
    }
    slot.recovering = [];
    slot.station.recovering = false;
  }
}

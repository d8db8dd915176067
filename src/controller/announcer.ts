import type { StationId } from '../model/ids.ts';
import type { News, NewsListener } from './news.ts';
import { Northbound } from './northbound.ts';
import type { NorthboundHost } from './northbound.ts';
import type { ControllerOptions } from './options.ts';
import type { Slot } from './slot.ts';

/** Tells what happens: over MQTT, and to whoever listens beside the controller. */
export class Announcer {
  readonly northbound: Northbound;
  readonly #options: ControllerOptions;
  /** The session under way at a station. */
  readonly #session: (station: StationId) => string | null;
  readonly #listeners = new Set<(station: StationId, news: News, atMs: number) => void>();

  constructor(
    options: ControllerOptions,
    session: (station: StationId) => string | null,
    host: Pick<NorthboundHost, 'command' | 'refused'>,
  ) {
    this.#options = options;
    this.#session = session;
    const { clock, bus, log } = options;
    const stations = [...options.stations, ...options.desks].map(({ settings }) => settings.id);
    this.northbound = new Northbound({ clock, bus, log, stations, ...host });
  }

  /** Listens to one station. Returns how to stop listening. */
  listen(station: StationId, listener: NewsListener): () => void {
    const filtered = (id: StationId, news: News, atMs: number): void => {
      if (id === station) listener(news, atMs);
    };
    this.#listeners.add(filtered);
    return () => this.#listeners.delete(filtered);
  }

  /** The state of a station, where it is another one than was told last. */
  look({ station, glance }: Slot): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const aheadMs = clock.wallMs() - nowMs;
    const { id } = station.settings;
    const changed = glance.changed(station, aheadMs, nowMs);
    if (!changed && !this.northbound.wantsState(id, station.resting)) return;
    const state = station.state((atMs) => atMs + aheadMs, nowMs);
    if (this.northbound.state(id, state, station.resting)) this.news(id, { type: 'state', state });
  }

  news(id: StationId, news: News): void {
    const atMs = this.#options.clock.nowMs();
    if (news.type === 'event') this.northbound.event(id, news.event, this.#session(id), news.detail);
    if (news.type === 'result') this.northbound.ended(id, news.result);
    if (news.type === 'desk') this.northbound.state(id, news.state, true);
    for (const listener of this.#listeners) listener(id, news, atMs);
  }
}

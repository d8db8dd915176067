import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { News } from '../controller/index.ts';
import type { Station } from '../controller/station.ts';
import type { StationId } from '../model/ids.ts';
import { SECOND_MS } from '../model/units.ts';
import { DeskMeters } from './desk-meters.ts';
import type { Served } from './served.ts';
import type { Streams } from './streams.ts';

/** A renewal is due with two thirds of its lease left; with less than half it is late. */
const LATE_SHARE = 0.5;
const NS_PER_S = 1e9;
const MARGIN_BUCKETS_S = [0, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30];
const STOP_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Who was turned away before a request was looked at; `connections`: closed for want of room. */
export type TurnedAway = 'host' | 'origin' | 'login' | 'rate' | 'malformed' | 'connections';

/** `/metrics`: what Prometheus reads of this controller. Its registry is its own. */
export class Meters {
  readonly registry = new Registry();
  readonly #turnedAway = this.#counter('ebb_http_turned_away_total', 'HTTP requests turned away, by why', [
    'why',
  ]);
  readonly #requests = this.#counter('ebb_http_requests_total', 'HTTP requests answered, by status', [
    'status',
  ]);
  readonly #sessions = this.#counter('ebb_sessions_total', 'Sessions that ended, by outcome', [
    'station',
    'outcome',
  ]);
  readonly #trips = this.#counter('ebb_trips_total', 'Trips, by detector', ['station', 'detector']);
  readonly #late = this.#counter(
    'ebb_lease_late_renewals_total',
    'Renewals sent with less than half of the lease left; they are due with two thirds left',
    ['station', 'device'],
  );
  readonly #margin = new Histogram({
    name: 'ebb_lease_margin_seconds',
    help: 'How much of a lease was left when its renewal was sent, in seconds of the controller',
    labelNames: ['station', 'device'],
    buckets: MARGIN_BUCKETS_S,
    registers: [this.registry],
  });
  readonly #stop = new Histogram({
    name: 'ebb_stop_seconds',
    help: 'From a stop reaching the controller to its closes being handed to the broker connection, in seconds of the controller',
    labelNames: ['station'],
    buckets: STOP_BUCKETS_S,
    registers: [this.registry],
  });
  readonly #commands = this.#counter('ebb_commands_total', 'Commands and presses, by source and answer', [
    'source',
    'answer',
  ]);
  /** When the open or the last renewal of a device ends by itself, and how long it was. */
  readonly #leases = new Map<string, { readonly endMs: number; readonly leaseMs: number }>();
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  readonly #desks = new DeskMeters([this.registry]);
  #unlisten: (() => void)[] = [];

  constructor() {
    this.#delay.enable();
    this.#gauge(
      'ebb_event_loop_delay_p99_seconds',
      'The 99th percentile of the delay of the event loop since the last scrape, in seconds',
      [],
      (gauge) => {
        const p99 = this.#delay.percentile(99);
        gauge.set(Number.isFinite(p99) ? p99 / NS_PER_S : 0);
        this.#delay.reset();
      },
    );
  }

  /** Counts what the controller tells from now on, and reads the rest off it at each scrape. */
  serve(served: Served, streams: Streams): void {
    const { controller } = served;
    this.#unlisten = controller.stations.map((station) =>
      controller.listen(station, (news, atMs) => {
        this.#news(station, news, atMs);
      }),
    );
    this.#unlisten.push(this.#desks.serve(controller, [this.registry]));
    for (const station of controller.stations) this.#answers(served, station);
    this.#ofStations(served);
    this.#gauge('ebb_http_streams', 'Live streams that are open', [], (gauge) => {
      gauge.set(streams.size);
    });
    this.#readAtScrape(
      'ebb_http_streams_dropped_total',
      'Live streams cut off because their reader was too slow',
      () => streams.dropped,
    );
    this.#readAtScrape(
      'ebb_http_streams_refused_total',
      'Live streams refused because there were too many',
      () => streams.refused,
    );
  }

  answered(status: number): void {
    this.#requests.inc({ status });
  }

  turnedAway(why: TurnedAway): void {
    this.#turnedAway.inc({ why });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  close(): void {
    this.#delay.disable();
    for (const end of this.#unlisten) end();
  }

  #answers({ controller }: Served, id: StationId): void {
    const meter = controller.station(id)?.meter;
    if (meter === undefined) return;
    meter.onAnswer = (source, answer) => {
      this.#commands.inc({ source, answer });
    };
    meter.onStop = (tookMs) => {
      this.#stop.observe({ station: id }, tookMs / SECOND_MS);
    };
  }

  #news(station: StationId, news: News, atMs: number): void {
    switch (news.type) {
      case 'result':
        this.#sessions.inc({ station, outcome: news.result.outcome });
        return;
      case 'event':
        if (news.event === 'trip') this.#trips.inc({ station, detector: String(news.detail['detector']) });
        return;
      case 'command':
        this.#command(station, news, atMs);
        return;
      case 'state':
      case 'reading':
      // A desk has no water to count.
      case 'desk':
      case 'guide':
        return;
    }
  }

  #command(station: StationId, news: Extract<News, { type: 'command' }>, atMs: number): void {
    const { device, action, leaseMs } = news;
    const key = `${station}/${device}`;
    const lease = this.#leases.get(key);
    if (action === 'renew' && lease !== undefined) {
      const leftMs = lease.endMs - atMs;
      this.#margin.observe({ station, device }, Math.max(0, leftMs) / SECOND_MS);
      if (leftMs < lease.leaseMs * LATE_SHARE) this.#late.inc({ station, device });
    }
    if (action === 'close') this.#leases.delete(key);
    else if (leaseMs !== null) this.#leases.set(key, { endMs: atMs + leaseMs, leaseMs });
  }

  #ofStations({ controller, clock }: Served): void {
    const each = (act: (id: StationId, station: Station) => void): void => {
      for (const id of controller.stations) {
        const station = controller.station(id);
        if (station !== null) act(id, station);
      }
    };
    this.#gauge('ebb_broker_up', '1 while the MQTT broker is connected', [], (gauge) => {
      gauge.set(controller.busUp ? 1 : 0);
    });
    this.#gauge('ebb_device_up', '1 while the device answers', ['station', 'device'], (gauge) => {
      each((station, { core }) => {
        for (const [device, { link }] of core.devices)
          gauge.set({ station, device }, link.value === 'up' ? 1 : 0);
      });
      for (const station of controller.desks.ids) {
        for (const [device, { link }] of controller.desks.desk(station)?.equipment.devices ?? [])
          gauge.set({ station, device }, link.value === 'up' ? 1 : 0);
      }
    });
    this.#gauge('ebb_queue_depth', 'Inputs that wait in the queue of a station', ['station'], (gauge) => {
      each((station) => {
        gauge.set({ station }, controller.queue(station)?.length ?? 0);
      });
    });
    this.#readAtScrape('ebb_queue_dropped_total', 'Inputs that a full queue dropped', () =>
      controller.stations.reduce((sum, id) => sum + (controller.queue(id)?.dropped ?? 0), 0),
    );
    this.#gauge(
      'ebb_clock_seconds',
      'The wall clock of the controller, Unix time in seconds',
      [],
      (gauge) => {
        gauge.set(clock.wallMs() / SECOND_MS);
      },
    );
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        read(this);
      },
    });
  }

  /** A count that somebody else keeps. */
  #readAtScrape(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}

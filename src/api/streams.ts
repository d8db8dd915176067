import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../clock/clock.ts';
import type { News } from '../controller/index.ts';
import type { Log } from '../model/log.ts';
import { messageOf } from '../model/errors.ts';
import type { StationId } from '../model/ids.ts';
import { SECOND_MS } from '../model/units.ts';
import { speedOf } from './served.ts';
import type { Served } from './served.ts';
import type { StreamData, StreamName } from './schemas.ts';
import { bandOf, placeState, placesOf } from './view.ts';

const MAX_STREAMS = 64;
/** Whoever leaves this much unread is cut off; it must not fill the controller's memory. */
const MAX_UNREAD_BYTES = 262_144;
const TICK_MS = SECOND_MS;

interface Stream {
  readonly response: ServerResponse;
  /** Whether whoever reads may still do so: a login ends. Asked with every tick. */
  readonly mayRead: () => boolean;
}

/**
 * The live streams of `/api/v1/events`. What the controller tells is written down in the moment and sent once it has
 * done what it was doing; nothing here ever reaches back into it, not even by throwing.
 */
export class Streams {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #open = new Set<Stream>();
  #served: Served | null = null;
  #unlisten: (() => void)[] = [];
  #timer: Timer | null = null;
  #waiting = '';
  /** Readers that were too slow. */
  dropped = 0;
  /** Readers that were turned away. */
  refused = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#open.size;
  }

  serve(served: Served): void {
    this.#served = served;
    const { controller } = served;
    this.#unlisten = placesOf(controller).map((station) =>
      controller.listen(station, (news, atMs) => {
        this.#news(served, station, news, atMs);
      }),
    );
    this.#tickLater();
  }

  /** False where there are as many as there may be. The headers are sent already. */
  get full(): boolean {
    return this.#open.size >= MAX_STREAMS;
  }

  open(response: ServerResponse, mayRead: () => boolean): void {
    const stream = { response, mayRead };
    // Whoever goes away in the middle of a write is gone, and that is all.
    response.on('error', () => undefined);
    response.on('close', () => this.#open.delete(stream));
    const served = this.#served;
    if (served !== null) {
      this.#send(stream, this.#everything(served));
      this.#send(stream, tickOf(served));
    }
    this.#open.add(stream);
  }

  close(): void {
    for (const end of this.#unlisten) end();
    this.#timer?.cancel();
    for (const { response } of this.#open) response.end();
    this.#open.clear();
  }

  #everything(served: Served): string {
    const at = isoOf(served.clock.wallMs());
    const { controller } = served;
    return placesOf(controller)
      .map((station) => {
        const state = placeState(controller, station);
        return state === null
          ? ''
          : frame('state', { station, at, band: bandOf(controller, station), state });
      })
      .join('');
  }

  /** Called from within the controller's own turn: short, and never throws. */
  #news(served: Served, station: StationId, news: News, atMs: number): void {
    if (this.#open.size === 0) return;
    try {
      const text = frameOf(served, station, news, atMs);
      if (text === '') return;
      if (this.#waiting === '')
        queueMicrotask(() => {
          this.#flush();
        });
      this.#waiting += text;
    } catch (error) {
      this.#log.error({ error: messageOf(error) }, 'news could not be told to the page');
    }
  }

  #flush(): void {
    const text = this.#waiting;
    this.#waiting = '';
    for (const stream of this.#open) this.#send(stream, text);
  }

  #tickLater(): void {
    this.#timer = this.#clock.at(this.#clock.nowMs() + TICK_MS, 'stream tick', () => {
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    if (this.#served === null || this.#open.size === 0) return;
    const text = tickOf(this.#served);
    for (const stream of this.#open) {
      if (stream.mayRead()) this.#send(stream, text);
      else stream.response.end();
    }
  }

  #send(stream: Stream, text: string): void {
    const { response } = stream;
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength <= MAX_UNREAD_BYTES) return;
    this.dropped += 1;
    this.#open.delete(stream);
    response.destroy();
  }
}

function tickOf({ clock }: Served): string {
  return frame('tick', { at: isoOf(clock.wallMs()), speed: speedOf(clock) });
}

function frameOf(served: Served, station: StationId, news: News, atMs: number): string {
  const { clock, controller } = served;
  const at = isoOf(clock.wallMs() + atMs - clock.nowMs());
  switch (news.type) {
    case 'state':
    case 'desk':
      return frame('state', { station, at, band: bandOf(controller, station), state: news.state });
    case 'reading': {
      const { device, kind, value } = news;
      return frame('reading', { station, at, device, kind, value });
    }
    case 'event': {
      const session = controller.station(station)?.session ?? null;
      return frame('event', { ...news.detail, station, at, event_type: news.event, session });
    }
    case 'result': {
      const { id: session, outcome, reason, protocol, person, contact_s } = news.result;
      const ended = { event_type: 'session_ended', session, outcome, reason, protocol, person, contact_s };
      return frame('event', { station, at, ...ended });
    }
    case 'command':
    // Told by the event `guide_ended`.
    case 'guide':
      return '';
  }
}

function frame<Name extends StreamName>(name: Name, data: StreamData<Name>): string {
  // One line of JSON: a line break inside of a text is escaped in it.
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function isoOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

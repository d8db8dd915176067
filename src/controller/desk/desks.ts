import type { Refusal } from '../../../machines/gate.ts';
import type { AnyCommand, CommandError, Source } from '../../model/command.ts';
import type { BusMessage } from '../../model/bus.ts';
import type { CalendarNews } from '../../model/calendar.ts';
import type { DeskState } from '../../model/desk.ts';
import { messageOf } from '../../model/errors.ts';
import type { StationId } from '../../model/ids.ts';
import type { News } from '../news.ts';
import type { ControllerOptions } from '../options.ts';
import { withTransaction } from '../parse.ts';
import type { Recorder } from '../recorder.ts';
import { Routes } from '../routes.ts';
import { nowOf } from '../starter.ts';
import { Desk } from './desk.ts';
import { earlierDesk, quietPast } from './earlier.ts';
import { FencedDesk } from './fence.ts';
import { suitedPast } from './past.ts';
import type { DeskPlace } from './place.ts';
import { Ticks } from '../ticks.ts';
import type { TickCommand } from '../ticks.ts';
import { SNOOZES } from './planned.ts';

export interface DesksHost {
  readonly options: Pick<
    ControllerOptions,
    'clock' | 'bus' | 'history' | 'log' | 'simulated' | 'newId' | 'items' | 'persons' | 'zone'
  >;
  readonly recorder: Recorder;
  news(desk: StationId, news: News): void;
  bathing(): boolean;
}

const MISTAKE: Refusal = {
  code: 'invariant',
  message: 'internal error at the desk, which ends its reminders; the log says which',
};

/** The desks of a home, beside its water: no message of theirs waits behind a bath's, and nothing of them moves a valve. */
export class Desks {
  readonly #host: DesksHost;
  readonly #desks = new Map<StationId, FencedDesk>();
  readonly #routes: Routes;
  readonly #ticks: Ticks;
  #bathing = false;

  constructor(places: readonly DeskPlace[], host: DesksHost) {
    this.#host = host;
    this.#ticks = new Ticks({
      ...host.options,
      wallMs: () => host.options.clock.wallMs(),
      record: (record, station) => {
        host.recorder.record(record, station, null);
      },
      acknowledge: (item, source) => this.#acknowledge(item, source),
    });
    this.#routes = new Routes(places.map(({ settings: { id }, devices }) => ({ id, devices })));
    for (const place of places) {
      const { id } = place.settings;
      const fenced = new FencedDesk(id, () => this.#deskOf(place), {
        ...{ log: host.options.log, simulated: host.options.simulated },
        now: () => nowOf(host.options.clock),
        tell: (state) => {
          host.news(id, { type: 'desk', state });
        },
      });
      this.#desks.set(id, fenced);
    }
  }

  get ids(): readonly StationId[] {
    return [...this.#desks.keys()];
  }

  /** null: there is none of that id, or it could not begin. */
  desk(id: StationId): Desk | null {
    return this.#desks.get(id)?.desk ?? null;
  }

  /** It is a desk, whether it works or not. */
  has(id: StationId): boolean {
    return this.#desks.has(id);
  }

  /** Those that ended by a mistake of ours. */
  get over(): readonly StationId[] {
    return [...this.#desks].flatMap(([id, { isOver }]) => (isOver ? [id] : []));
  }

  state(id: StationId): DeskState | null {
    return this.#desks.get(id)?.state ?? null;
  }

  /** When any of them wants to be woken, monotonic; Infinity: there is none. */
  get dueMs(): number {
    let dueMs = Infinity;
    for (const fenced of this.#desks.values()) dueMs = Math.min(dueMs, fenced.dueMs);
    return dueMs;
  }

  wake(nowMs: number): void {
    for (const fenced of this.#desks.values()) {
      for (const message of fenced.inflow.due(nowMs)) this.#deliver(fenced, message);
      fenced.wake(nowMs);
    }
  }

  /** Whoever is up is told everything anew. */
  link(up: boolean): void {
    for (const fenced of this.#desks.values()) {
      fenced.forgetTold();
      fenced.act((desk, now) => {
        desk.broker(up, now);
      });
    }
  }

  /** False: no desk listens to it. True: what a desk is to be woken for may be another moment now. */
  message(message: BusMessage): boolean {
    if (message.cut === true || this.#desks.size === 0) return false;
    const routes = this.#routes.of(message.topic);
    for (const { station } of routes) {
      const fenced = this.#desks.get(station);
      if (fenced?.inflow.admit(message, this.#host.options.clock.nowMs()) === true)
        this.#deliver(fenced, message);
    }
    return routes.length > 0;
  }

  command(id: StationId, command: AnyCommand, source: Source): CommandError | null {
    const fenced = this.#desks.get(id);
    if (command.command === 'done' || command.command === 'log') {
      const refusal = this.#tick(command, id, source);
      return refusal === null ? null : this.#refused(id, command, refusal, source);
    }
    if (fenced === undefined) {
      const message = `"${command.command}" is a word for a desk, and "${id}" is none`;
      return this.#refused(id, command, { code: 'bad_command', message }, source);
    }
    const answer = fenced.act((desk, now) => ({ refusal: desk.command(command, source, now) }));
    const refusal = answer === null ? MISTAKE : answer.refusal;
    return refusal === null ? null : this.#refused(id, command, refusal, source);
  }

  #tick(command: TickCommand, id: StationId, source: Source): Refusal | null {
    try {
      return this.#ticks.take(command, id, source);
    } catch (error) {
      this.#host.options.log.error(
        { error },
        `internal error as ${command.item} was ticked off: ${messageOf(error)}`,
      );
      return MISTAKE;
    }
  }

  #refused(id: StationId, command: AnyCommand, refusal: Refusal, source: Source): CommandError {
    const error = withTransaction({ command: command.command, ...refusal }, command.transaction);
    this.#host.recorder.refused(error, source, id, this.desk(id)?.exercise.run?.id ?? null);
    return error;
  }

  /** What was done by hand is a reminder of it done, ahead of its time too. */
  #acknowledge(item: string, source: Source): boolean {
    for (const [id, fenced] of this.#desks) {
      const reminder = fenced.act(
        (desk, now) =>
          desk.reminders.find((one) => one.text.protocol === item && one.answeredMs(now) === null)?.settings
            .id,
      );
      if (typeof reminder === 'string' && this.command(id, { command: 'ack', reminder }, source) === null)
        return true;
    }
    return false;
  }

  /** A bath began, or is over: a person with their feet in the water is reminded of nothing. */
  water(): void {
    if (this.#desks.size === 0) return;
    const bathing = this.#host.bathing();
    if (bathing === this.#bathing) return;
    this.#bathing = bathing;
    for (const fenced of this.#desks.values())
      fenced.act((desk, now) => {
        desk.bath(now);
      });
  }

  /** Something said past the broker; false: nobody here listens to it. */
  hear(topic: string, payload: string): boolean {
    return this.message({ topic, payload, retained: false });
  }

  /** What the calendars of a desk say. */
  calendar(id: StationId, news: CalendarNews): void {
    this.#desks.get(id)?.act((desk, now) => {
      desk.calendar(news, now);
    });
  }

  close(): void {
    for (const fenced of this.#desks.values()) fenced.close();
  }

  #deliver(fenced: FencedDesk, message: BusMessage): void {
    const route = this.#routes.of(message.topic).find(({ station }) => station === fenced.id);
    if (route === undefined) return;
    fenced.act((desk, now) => {
      desk.message(message, route.to, now);
    });
  }

  #deskOf({ settings, devices, texts }: DeskPlace): Desk {
    const { options, recorder } = this.#host;
    const { id } = settings;
    return new Desk(
      settings,
      devices,
      {
        log: options.log,
        texts,
        publish: (out) => {
          options.bus.publish(out);
        },
        simulated: options.simulated,
        newId: options.newId,
        record: (record, session) => {
          const { event, protocol } = record.body;
          if (record.type === 'reminder' && event === 'done' && typeof protocol === 'string')
            this.#ticks.saw(protocol);
          recorder.record(record, id, session ?? null);
        },
        news: (one) => {
          this.#host.news(id, one);
        },
        bathing: () => this.#host.bathing(),
        earlier: (cueing) => earlierDesk(options.history, settings, cueing, SNOOZES),
        quietUntil: () => quietPast(options.history, id),
        suited: () => suitedPast(options.history, id),
      },
      nowOf(options.clock),
    );
  }
}

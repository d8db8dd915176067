import { z } from 'zod';
import type { Refusal } from '../../../machines/gate.ts';
import type { AnyCommand, CommandError, Source } from '../../model/command.ts';
import { DONE_TYPES, doneOf } from '../../journal/index.ts';
import type { JsonObject, RecordType } from '../../journal/index.ts';
import type { BusMessage } from '../../model/bus.ts';
import type { CalendarNews } from '../../model/calendar.ts';
import type { DeskState, ReminderSettings } from '../../model/desk.ts';
import { REMINDER_OUTCOMES } from '../../model/desk.ts';
import { messageOf } from '../../model/errors.ts';
import type { StationId } from '../../model/ids.ts';
import type { News } from '../news.ts';
import type { ControllerOptions } from '../options.ts';
import { Inflow } from '../inflow.ts';
import { withTransaction } from '../parse.ts';
import type { Recorder } from '../recorder.ts';
import { Routes } from '../routes.ts';
import { nowOf } from '../starter.ts';
import type { Now } from '../starter.ts';
import { Desk } from './desk.ts';
import { deskState } from './desk-state.ts';
import { suitedPast } from './past.ts';
import type { DeskPlace } from './place.ts';
import { Ticks } from '../ticks.ts';
import type { EarlierReminder } from './planned.ts';

export interface DesksHost {
  readonly options: Pick<
    ControllerOptions,
    'clock' | 'bus' | 'history' | 'log' | 'simulated' | 'newId' | 'items' | 'persons' | 'zone'
  >;
  readonly recorder: Recorder;
  news(desk: StationId, news: News): void;
  bathing(): boolean;
}

const overSchema = z.object({
  reminder: z.string(),
  protocol: z.string(),
  event: z.enum(REMINDER_OUTCOMES),
  due_at: z.iso.datetime().nullable(),
});
const quietSchema = z.object({ until: z.iso.datetime().nullable() });
/** Enough to find the last outcome of each reminder of a desk among what is recorded on the way to it. */
const LOOK_BACK = 1_000;

/** The desks of a home, beside its water: no message of theirs waits behind a bath's, and nothing of them moves a valve. */
export class Desks {
  readonly #host: DesksHost;
  readonly #desks = new Map<StationId, { readonly desk: Desk; readonly inflow: Inflow; told: string }>();
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
      const desk = this.#deskOf(place);
      this.#desks.set(place.settings.id, { desk, inflow: new Inflow(), told: '' });
    }
  }

  get ids(): readonly StationId[] {
    return [...this.#desks.keys()];
  }

  desk(id: StationId): Desk | null {
    return this.#desks.get(id)?.desk ?? null;
  }

  state(id: StationId): DeskState | null {
    const desk = this.desk(id);
    return desk === null
      ? null
      : deskState(desk, nowOf(this.#host.options.clock), this.#host.options.simulated);
  }

  /** When any of them wants to be woken, monotonic; Infinity: there is none. */
  get dueMs(): number {
    let dueMs = Infinity;
    for (const { desk, inflow } of this.#desks.values())
      dueMs = Math.min(dueMs, desk.deadlineMs(), inflow.dueMs ?? Infinity);
    return dueMs;
  }

  wake(nowMs: number): void {
    for (const [id, { desk, inflow }] of this.#desks) {
      for (const message of inflow.due(nowMs)) this.#deliver(id, message);
      if (desk.deadlineMs() <= nowMs)
        this.#act(id, (now) => {
          desk.clock(now);
        });
    }
  }

  /** Whoever is up is told everything anew. */
  link(up: boolean): void {
    for (const [id, place] of this.#desks) {
      place.told = '';
      this.#act(id, (now) => {
        place.desk.broker(up, now);
      });
    }
  }

  message(message: BusMessage): void {
    if (message.cut === true || this.#desks.size === 0) return;
    for (const { station } of this.#routes.of(message.topic)) {
      const place = this.#desks.get(station);
      if (place?.inflow.admit(message, this.#host.options.clock.nowMs()) === true)
        this.#deliver(station, message);
    }
  }

  command(id: StationId, command: AnyCommand, source: Source): CommandError | null {
    const desk = this.desk(id);
    if (command.command === 'done' || command.command === 'log') {
      const refusal = this.#ticks.take(command, id, source);
      return refusal === null ? null : this.#refused(id, command, refusal, source);
    }
    if (desk === null) {
      const message = `"${command.command}" is a word for a desk, and "${id}" is none`;
      return this.#refused(id, command, { code: 'bad_command', message }, source);
    }
    const failed: Refusal = { code: 'invariant', message: 'internal error at the desk; the log says which' };
    const refusal = this.#do(
      id,
      () => desk.command(command, source, nowOf(this.#host.options.clock)),
      failed,
    );
    return refusal === null ? null : this.#refused(id, command, refusal, source);
  }

  #refused(id: StationId, command: AnyCommand, refusal: Refusal, source: Source): CommandError {
    const error = withTransaction({ command: command.command, ...refusal }, command.transaction);
    this.#host.recorder.refused(error, source, id, this.desk(id)?.exercise.run?.id ?? null);
    return error;
  }

  /** What was done by hand is a reminder of it done, ahead of its time too. */
  #acknowledge(item: string, source: Source): boolean {
    for (const [id, { desk }] of this.#desks) {
      const one = desk.reminders.find(({ text }) => text.protocol === item);
      if (one === undefined || one.answeredMs(nowOf(this.#host.options.clock)) !== null) continue;
      if (this.command(id, { command: 'ack', reminder: one.settings.id }, source) === null) return true;
    }
    return false;
  }

  /** A bath began, or is over: a person with their feet in the water is reminded of nothing. */
  water(): void {
    if (this.#desks.size === 0) return;
    const bathing = this.#host.bathing();
    if (bathing === this.#bathing) return;
    this.#bathing = bathing;
    for (const [id, { desk }] of this.#desks)
      this.#act(id, (now) => {
        desk.bath(now);
      });
  }

  /** Something said past the broker; false: nobody here listens to it. */
  hear(topic: string, payload: string): boolean {
    if (this.#routes.of(topic).length === 0) return false;
    this.message({ topic, payload, retained: false });
    return true;
  }

  /** What the calendars of a desk say. */
  calendar(id: StationId, news: CalendarNews): void {
    this.#act(id, (now) => {
      this.desk(id)?.calendar(news, now);
    });
  }

  close(): void {
    for (const { desk } of this.#desks.values()) desk.close(nowOf(this.#host.options.clock));
  }

  #deliver(id: StationId, message: BusMessage): void {
    const desk = this.desk(id);
    const route = this.#routes.of(message.topic).find(({ station }) => station === id);
    if (desk === null || route === undefined) return;
    this.#act(id, (now) => {
      desk.message(message, route.to, now);
    });
  }

  #act(id: StationId, act: (now: Now) => void): void {
    this.#do(
      id,
      () => {
        act(nowOf(this.#host.options.clock));
      },
      undefined,
    );
  }

  /** A mistake of ours at a desk must not reach the water. */
  #do<Result>(id: StationId, act: () => Result, failed: Result): Result {
    try {
      return act();
    } catch (error) {
      this.#host.options.log.error({ station: id, error }, `internal error at a desk: ${messageOf(error)}`);
      return failed;
    } finally {
      this.#tell(id);
    }
  }

  #tell(id: StationId): void {
    const place = this.#desks.get(id);
    const revision = place?.desk.revision;
    if (place === undefined || revision === undefined || revision === place.told) return;
    place.told = revision;
    const state = this.state(id);
    if (state !== null) this.#host.news(id, { type: 'desk', state });
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
        earlier: (reminder) => this.#earlier(id, reminder),
        quietUntil: () => this.#quiet(id),
        suited: () => suitedPast(options.history, id),
        leftOn: () => this.#last(id, 'reminder')?.['event'] === 'shown',
      },
      nowOf(options.clock),
    );
  }

  /** How a reminder ended last, in this run of the controller or in one before. */
  #earlier(station: StationId, { id: reminder, protocols }: ReminderSettings): EarlierReminder | null {
    const records =
      this.#host.options.history?.records({ station, types: DONE_TYPES, limit: LOOK_BACK }) ?? [];
    for (const record of records.toReversed()) {
      const { at, body } = record;
      const tick = record.type === 'tick' ? doneOf(record) : null;
      // Ticked off by hand while no controller ran.
      if (tick?.kind === 'done' && protocols.includes(tick.item))
        return { outcome: 'done', protocol: tick.item, wallMs: tick.wallMs, dueWallMs: null };
      const over = overSchema.safeParse(body).data;
      if (over?.reminder !== reminder) continue;
      const dueWallMs = over.due_at === null ? null : Date.parse(over.due_at);
      return { outcome: over.event, protocol: over.protocol, wallMs: Date.parse(at), dueWallMs };
    }
    return null;
  }

  #quiet(station: StationId): number | null {
    const until = quietSchema.safeParse(this.#last(station, 'quiet')).data?.until ?? null;
    return until === null ? null : Date.parse(until);
  }

  #last(station: StationId, type: RecordType): JsonObject | null {
    const [last] = this.#host.options.history?.records({ station, types: [type], limit: 1 }) ?? [];
    return last?.body ?? null;
  }
}

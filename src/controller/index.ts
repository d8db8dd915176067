import { ENVELOPE_HASH } from '../../machines/envelope-hash.ts';
import type { BusMessage } from '../model/bus.ts';
import { isDeskCommand } from '../model/command.ts';
import type { AnyCommand, CommandError, Source } from '../model/command.ts';
import type { CalendarNews } from '../model/calendar.ts';
import type { Device } from '../model/device.ts';
import type { PersonId, StationId } from '../model/ids.ts';
import type { StateObject } from '../model/state.ts';
import type { StationSettings } from '../model/station.ts';
import { presenceTopic } from '../model/presence.ts';
import type { PresenceWord } from '../model/presence.ts';
import { TAKEN_OVER } from './news.ts';
import type { NewsListener } from './news.ts';
import { Alarm } from './alarm.ts';
import { Announcer } from './announcer.ts';
import { ClockCheck } from './clock-check.ts';
import { Desks } from './desk/desks.ts';
import { Outlets } from './outlets.ts';
import { Past } from './past.ts';
import { People, type ScreeningResult } from './people.ts';
import type { QueueClass } from './queue.ts';
import { Recorder } from './recorder.ts';
import { Restart } from './restart.ts';
import type { ControllerOptions } from './options.ts';
import { Routes } from './routes.ts';
import type { Route } from './routes.ts';
import { Slot, closeAfterMistake, untilClosed } from './slot.ts';
import type { Asked, Input } from './slot.ts';
import { Station } from './station.ts';
import { stationHost } from './station-host.ts';

/** Owns the queues and the one timer: events in, effects out. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #slots = new Map<StationId, Slot>();
  /** The same in a list: they are gone through after each input. */
  readonly #all: Slot[] = [];
  readonly #routes: Routes;
  readonly #recorder: Recorder;
  readonly #past: Past;
  readonly #people: People;
  readonly #outlets: Outlets;
  readonly #restart: Restart;
  readonly #announcer: Announcer;
  readonly #alarm: Alarm;
  #busUp = false;
  readonly #clockCheck: ClockCheck;
  readonly desks: Desks;
  #closed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options);
    this.#alarm = new Alarm(options.clock, () => {
      this.#wake();
    });
    const nowMs = options.clock.nowMs();
    const start = { atMs: nowMs, wallMs: options.clock.wallMs() };
    this.#past = new Past(options.history, start, options.simulated);
    this.#outlets = new Outlets(options.history, start, options.simulated);
    this.#people = new People(this.#past, this.#recorder, options);
    this.#clockCheck = new ClockCheck(options.clock);
    const { clock, bus, log, version, simulated } = options;
    // The first record of a run: desks write theirs as they are made.
    const body = { version, simulated, envelope: ENVELOPE_HASH };
    this.#recorder.record({ type: 'boot', body }, null, null);
    this.desks = new Desks(options.desks, {
      options,
      recorder: this.#recorder,
      news: (desk, news) => {
        this.#announcer.news(desk, news);
      },
      bathing: () => this.#anybodyAtIt(),
    });
    const session = (station: StationId): string | null => this.station(station)?.session ?? null;
    this.#announcer = new Announcer(options, session, {
      command: (station, command, answer) => {
        this.ask(station, command, 'mqtt', answer);
      },
      refused: (station, error) => {
        this.#recorder.refused(error, 'mqtt', station, session(station));
      },
    });
    for (const { settings, devices } of options.stations) this.#add(settings, devices, nowMs);
    this.#routes = new Routes(options.stations.map(({ settings: { id }, devices }) => ({ id, devices })));
    this.#restart = new Restart(this.#past, clock, {
      record: (record, station, session) => {
        this.#recorder.record(record, station, session);
      },
      result: (station, result) => {
        this.#announcer.news(station, { type: 'result', result });
      },
      log,
    });
    for (const slot of this.#slots.values()) this.#restart.find(slot);
    bus.onMessage((message) => {
      this.#message(message);
    });
    const places = [...options.stations, ...options.desks];
    bus.subscribe(places.flatMap(({ devices }) => devices.flatMap(({ topics }) => topics)));
    bus.onLink((up) => {
      this.#link(up);
    });
    bus.onTakenOver(() => {
      this.#takenOver();
    });
  }

  /** Listens to one station. Returns how to stop listening. */
  listen(station: StationId, listener: NewsListener): () => void {
    return this.#announcer.listen(station, listener);
  }

  get stations(): readonly StationId[] {
    return [...this.#slots.keys()];
  }

  state(station: StationId): StateObject | null {
    const nowMs = this.#options.clock.nowMs();
    return this.station(station)?.state((atMs) => this.#options.clock.wallMs() + atMs - nowMs, nowMs) ?? null;
  }

  station(id: StationId): Station | null {
    return this.#slots.get(id)?.station ?? null;
  }

  /** The broker is connected. */
  get busUp(): boolean {
    return this.#busUp;
  }

  /** What waits for a station, and what its full queue has dropped. */
  queue(id: StationId): { readonly length: number; readonly dropped: number } | null {
    return this.#slots.get(id)?.queue ?? null;
  }

  /** A command from beside the controller: its own terminal, its control socket, a page. */
  command(station: StationId, command: AnyCommand, source: Source): Promise<CommandError | null> {
    return new Promise((resolve) => {
      this.ask(station, command, source, resolve);
    });
  }

  /** The screening of a person was answered; what was answered stays elsewhere. Counts at once, for 90 days. */
  screened(person: PersonId, screening: ScreeningResult): void {
    this.#people.screened(person, screening);
  }

  /** Closes the water at every station, tells that it is stopping, and lets go. The first line is the one that counts. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#checkClock(this.#options.clock.nowMs());
    for (const slot of this.#slots.values()) {
      slot.station.leaving = true;
      if (!slot.station.resting) slot.station.core.stop('cli', this.#options.clock.nowMs());
      slot.lookAhead(this.#options.clock.nowMs());
    }
    this.#arm();
    this.#announcer.northbound.status('stopping');
    await untilClosed(this.#options.clock, this.#slots.values(), () => this.#busUp);
    this.desks.close();
    this.#closed = true;
    this.#alarm.cancel();
    this.#announcer.northbound.status('offline');
    this.#announcer.northbound.close();
    await this.#options.bus.close();
    this.#recorder.record({ type: 'halt', body: {} }, null, null);
    await this.#recorder.close();
  }

  // --- in ----------------------------------------------------------------------------------------------------------

  #message(message: BusMessage): void {
    if (this.#announcer.northbound.message(message)) return;
    if (this.desks.message(message)) this.#arm();
    const nowMs = this.#options.clock.nowMs();
    for (const route of this.#routes.of(message.topic)) {
      const slot = this.#slots.get(route.station);
      // A device says nothing that long; the beginning of it must not pass for the whole.
      if (slot === undefined || message.cut === true) continue;
      if (slot.inflow.admit(message, nowMs)) this.#deliver(route, message);
      else if (route.urgent && !slot.station.resting) {
        // A button that has gone mad is a stop: which of its presses was meant cannot be told.
        this.ask(route.station, { command: 'stop' }, 'button', () => undefined);
      } else {
        slot.lookAhead(nowMs);
        this.#arm();
      }
    }
  }

  #deliver({ station, to, urgent }: Route, message: BusMessage): void {
    this.#post(station, urgent ? 'stop' : 'device', { type: 'message', message, to });
  }

  /** The same, with the answer told as soon as it is known: in virtual time within the call. */
  ask(
    id: StationId,
    command: AnyCommand,
    source: Source,
    answer: (error: CommandError | null) => void,
  ): void {
    if (this.desks.has(id) || isDeskCommand(command)) {
      answer(this.desks.command(id, command, source));
      this.#arm();
      return;
    }
    const sentAtMs = this.#options.clock.nowMs();
    const kind = command.command === 'stop' || command.command === 'report' ? 'stop' : 'command';
    this.#post(id, kind, { type: 'command', command, source, sentAtMs, answer });
  }

  /** What the calendars of a desk say. */
  calendar(desk: StationId, news: CalendarNews): void {
    if (this.#closed) return;
    this.desks.calendar(desk, news);
    this.#arm();
  }

  /** What `ebb presence` says to a program beside the broker. False: no desk asked for it. */
  presence(name: string, word: PresenceWord): boolean {
    const taken = this.desks.hear(presenceTopic(name), JSON.stringify(word));
    if (taken) this.#arm();
    return taken;
  }

  #link(up: boolean): void {
    this.#busUp = up;
    this.#announcer.northbound.link(up);
    for (const id of this.#slots.keys()) this.#post(id, 'device', { type: 'link', up });
    this.desks.link(up);
    this.#arm();
  }

  /** Everything closed with the link already; who did it and what to do is for the record, and for people. */
  #takenOver(): void {
    this.#recorder.record({ type: 'taken_over', body: {} }, null, null);
    for (const id of this.#slots.keys())
      this.#announcer.news(id, { type: 'event', event: 'taken_over', detail: { message: TAKEN_OVER } });
  }

  #post(id: StationId, kind: QueueClass, input: Input): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || this.#closed) return;
    if (!slot.queue.push(kind, input) && input.type === 'command') this.#tooMany(slot, input);
    this.#drain(slot);
  }

  /** Everything queued, in order of its class; what an input causes is queued behind what is there. */
  #drain(slot: Slot): void {
    if (slot.draining) return;
    slot.draining = true;
    try {
      for (let input = slot.queue.shift(); input !== undefined; input = slot.queue.shift())
        this.#process(slot, input);
    } finally {
      slot.draining = false;
    }
    this.#announcer.look(slot);
    this.desks.water();
    if (this.#busUp) this.#restart.look(slot);
    slot.lookAhead(this.#options.clock.nowMs());
    this.#arm();
  }

  #process(slot: Slot, input: Input): void {
    const atMs = this.#options.clock.nowMs();
    try {
      this.#checkClock(atMs);
      slot.take(input, this.#options.clock, (asked, error) => {
        this.#refused(slot, asked, error);
      });
    } catch (error) {
      closeAfterMistake(slot, input, error, atMs, this.#options.log);
    }
  }

  #tooMany(slot: Slot, input: Asked): void {
    const error = { command: input.command.command, code: 'busy', message: 'too many commands at once' };
    this.#refused(slot, input, error);
    input.answer(error);
  }

  /** For the record: a command that never reached its station. */
  #refused({ station }: Slot, { source }: Asked, error: CommandError): void {
    this.#recorder.refused(error, source, station.settings.id, station.session);
  }

  // --- time --------------------------------------------------------------------------------------------------------

  #arm(): void {
    if (this.#closed) return;
    let dueMs = Infinity;
    for (const slot of this.#all) dueMs = Math.min(dueMs, slot.dueMs);
    dueMs = Math.min(dueMs, this.desks.dueMs);
    if (this.#anybodyAtIt()) dueMs = Math.min(dueMs, this.#clockCheck.dueMs);
    this.#alarm.set(dueMs);
  }

  #wake(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const slot of this.#all) {
      if (slot.dueMs > nowMs) continue;
      const { id } = slot.station.settings;
      for (const message of slot.inflow.due(nowMs)) {
        for (const route of this.#routes.of(message.topic))
          if (route.station === id) this.#deliver(route, message);
      }
      if (slot.coreDueMs <= nowMs) this.#post(id, 'rest', { type: 'clock' });
      else slot.lookAhead(nowMs);
    }
    this.#checkClock(nowMs);
    this.desks.wake(nowMs);
    this.#arm();
  }

  #anybodyAtIt(): boolean {
    for (const { station } of this.#all) if (!station.resting) return true;
    return false;
  }

  #checkClock(nowMs: number): void {
    const trip = this.#clockCheck.look(nowMs);
    if (trip === null) return;
    this.#options.log.warn({ message: trip.message }, 'the clock jumped');
    // With the time by both clocks: what is counted after a restart must not count the jump.
    this.#recorder.record({ type: 'clock', body: { message: trip.message } }, null, null);
    for (const slot of this.#slots.values()) {
      if (slot.station.resting) continue;
      slot.station.core.trip(trip, nowMs);
      this.#announcer.look(slot);
      slot.lookAhead(nowMs);
    }
  }

  // --- stations, ledgers and what a restart finds ------------------------------------------------------------------

  #add(settings: StationSettings, devices: readonly Device[], nowMs: number): void {
    const { id } = settings;
    const host = stationHost(settings, {
      options: this.#options,
      recorder: this.#recorder,
      past: this.#past,
      people: this.#people,
      outlets: this.#outlets,
      news: (news) => {
        this.#announcer.news(id, news);
      },
      elsewhere: (person) => this.#elsewhere(id, person),
      ask: (other, command, source) => {
        this.ask(other, command, source, () => undefined);
      },
      journalled: (token, ok) => {
        this.#post(id, 'rest', { type: 'journalled', token, ok });
      },
    });
    const slot = new Slot(new Station(settings, devices, host, nowMs));
    this.#slots.set(id, slot);
    this.#all.push(slot);
  }

  #elsewhere(id: StationId, person: PersonId): readonly StationId[] {
    return this.stations.filter((other) => other !== id && this.station(other)?.person === person);
  }
}

export type { News, NewsListener } from './news.ts';
export type { ControllerOptions } from './options.ts';
export type { PlanRequest, Planned, Starter } from './station.ts';
export { exitCodeOf, REASON_TEXT } from './reasons.ts';
export { NO_PAST, pastOf } from './past.ts';
export { Soonest } from './soonest.ts';
export { Equipment, type EquipmentEvents } from './equipment.ts';
export { inventoryOf } from './inventory.ts';
export { readingAge } from './station-settings.ts';

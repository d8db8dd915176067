import type { Timer } from '../clock/clock.ts';
import type { BusMessage } from '../model/bus.ts';
import type { CommandError, SetCommand, Source } from '../model/command.ts';
import type { Device } from '../model/device.ts';
import type { StationId } from '../model/ids.ts';
import type { StateObject } from '../model/state.ts';
import type { StationSettings } from '../model/station.ts';
import { messageOf } from '../model/errors.ts';
import type { CoreRecord } from './effects.ts';
import type { News, NewsListener } from './news.ts';
import { receiveSet, withTransaction } from './parse.ts';
import { ClockCheck } from './clock-check.ts';
import { Past } from './past.ts';
import type { QueueClass } from './queue.ts';
import { isoOf, jsonOf, seconds } from './records.ts';
import { Restart } from './restart.ts';
import type { ControllerOptions } from './options.ts';
import { Slot } from './slot.ts';
import type { Input } from './slot.ts';
import { Station } from './station.ts';

/** A command is stale after this long on its way to its station. */
const STALE_MS = 5_000;
/** `water_c` alone is told no more often than this. */
const WATER_EVERY_MS = 5_000;
/** Owns the queues, the one timer and everything northbound: events in, effects out. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #slots = new Map<StationId, Slot>();
  readonly #listeners = new Set<(station: StationId, news: News, atMs: number) => void>();
  readonly #past: Past;
  readonly #restart: Restart;
  #timer: Timer | null = null;
  #timerAtMs = Infinity;
  #busUp = false;
  readonly #clockCheck: ClockCheck;
  #closed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#past = new Past(options.history, options.boot);
    const nowMs = options.clock.nowMs();
    this.#clockCheck = new ClockCheck(options.clock);
    for (const { settings, devices } of options.stations) this.#add(settings, devices, nowMs);
    this.#record(
      { type: 'boot', body: { version: options.version, simulated: options.simulated } },
      null,
      null,
      {},
    );
    this.#restart = new Restart(this.#past, options.clock, {
      record: (record, station, session) => {
        this.#record(record, station, session, {});
      },
      result: (station, result) => {
        this.#news(station, { type: 'result', result });
      },
      log: options.log,
    });
    for (const slot of this.#slots.values()) this.#restart.find(slot);
    const { bus } = options;
    bus.onMessage((message) => {
      this.#message(message);
    });
    bus.subscribe([
      ...options.stations.map(({ settings }) => `ebb/${settings.id}/set`),
      ...options.stations.flatMap(({ devices }) => devices.flatMap(({ topics }) => topics)),
    ]);
    bus.onLink((up) => {
      this.#link(up);
    });
  }

  /** Listens to one station. Returns how to stop listening. */
  listen(station: StationId, listener: NewsListener): () => void {
    const filtered = (id: StationId, news: News, atMs: number): void => {
      if (id === station) listener(news, atMs);
    };
    this.#listeners.add(filtered);
    return () => this.#listeners.delete(filtered);
  }

  get stations(): readonly StationId[] {
    return [...this.#slots.keys()];
  }

  state(station: StationId): StateObject | null {
    return this.#slots.get(station)?.station.state((atMs) => this.#toWall(atMs)) ?? null;
  }

  station(id: StationId): Station | null {
    return this.#slots.get(id)?.station ?? null;
  }

  /** A command from beside the controller: its own terminal, its control socket, a page. */
  command(station: StationId, command: SetCommand, source: Source): Promise<CommandError | null> {
    return new Promise((resolve) => {
      const sentAtMs = this.#options.clock.nowMs();
      this.#post(station, command.command === 'stop' ? 'stop' : 'command', {
        type: 'command',
        command,
        source,
        sentAtMs,
        answer: resolve,
      });
    });
  }

  /** Closes the water at every station, tells that it is stopping, and lets go. The first line is the one that counts. */
  async close(): Promise<void> {
    if (this.#closed) return;
    for (const { station } of this.#slots.values()) {
      if (!station.resting) station.core.stop('cli', this.#options.clock.nowMs());
    }
    this.#options.bus.publish({ topic: 'ebb/status', payload: 'stopping', qos: 1, retain: true });
    await this.#untilClosed();
    this.#closed = true;
    this.#timer?.cancel();
    this.#options.bus.publish({ topic: 'ebb/status', payload: 'offline', qos: 1, retain: true });
    await this.#options.bus.close();
    await this.#options.journal.close();
  }

  /** At most 1.5 s for the valves to say that they are closed, so that the journal can tell how it ended. */
  #untilClosed(): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + 1_500;
    return new Promise((resolve) => {
      const look = (): void => {
        const over = [...this.#slots.values()].every(({ station }) => station.resting);
        if (over || !this.#busUp || clock.nowMs() >= endMs) resolve();
        else clock.at(clock.nowMs() + 20, 'closing', look);
      };
      look();
    });
  }

  // --- in ----------------------------------------------------------------------------------------------------------

  #message(message: BusMessage): void {
    for (const [id, slot] of this.#slots) {
      if (message.topic === `ebb/${id}/set`) this.#set(id, message);
      const { to, urgent } = slot.route(message.topic);
      if (to.length > 0) this.#post(id, urgent ? 'stop' : 'device', { type: 'message', message, to });
    }
  }

  #set(id: StationId, message: BusMessage): void {
    const answer = (error: CommandError | null): void => {
      if (error === null) return;
      this.#options.bus.publish({ topic: `ebb/${id}/error`, payload: JSON.stringify(error), qos: 1 });
    };
    const received = receiveSet(message);
    if ('error' in received) {
      answer(received.error);
      return;
    }
    const { command } = received;
    const sentAtMs = this.#options.clock.nowMs();
    const kind = command.command === 'stop' ? 'stop' : 'command';
    this.#post(id, kind, { type: 'command', command, source: 'mqtt', sentAtMs, answer });
  }

  #link(up: boolean): void {
    this.#busUp = up;
    if (up) this.#options.bus.publish({ topic: 'ebb/status', payload: 'online', qos: 1, retain: true });
    for (const [id, slot] of this.#slots) {
      slot.told = '';
      this.#post(id, 'device', { type: 'link', up });
    }
  }

  #post(id: StationId, kind: QueueClass, input: Input): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || this.#closed) return;
    if (!slot.queue.push(kind, input) && input.type === 'command') {
      input.answer({ command: input.command.command, code: 'busy', message: 'too many commands at once' });
    }
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
    this.#tell(slot);
    if (this.#busUp) this.#restart.look(slot);
    this.#arm();
  }

  #process(slot: Slot, input: Input): void {
    const atMs = this.#options.clock.nowMs();
    try {
      this.#checkClock(atMs);
      slot.station.at(atMs, (core) => {
        switch (input.type) {
          case 'message':
            core.message(input.message, input.to, atMs);
            return;
          case 'link':
            core.broker(input.up, atMs);
            return;
          case 'journalled':
            core.journalled(input.token, input.ok, atMs);
            return;
          case 'clock':
            core.clock(atMs);
            return;
          case 'command':
            input.answer(this.#command(slot, input, atMs));
            return;
        }
      });
    } catch (error) {
      this.#failed(slot, error, atMs);
      // Whoever asked must not wait for ever.
      if (input.type === 'command') {
        const message = `internal error: ${messageOf(error)}; the water is being closed`;
        input.answer({ command: input.command.command, code: 'invariant', message });
      }
    }
  }

  #command(
    slot: Slot,
    { command, source, sentAtMs }: Extract<Input, { type: 'command' }>,
    atMs: number,
  ): CommandError | null {
    const stale = atMs - sentAtMs > STALE_MS;
    if (!stale || command.command === 'stop') return slot.station.command(command, source, atMs);
    const message = `the command is ${seconds(atMs - sentAtMs)} s old`;
    return withTransaction({ command: command.command, code: 'stale', message }, command.transaction);
  }

  /** Our own mistake: the water closes, and the station needs a person. */
  #failed(slot: Slot, error: unknown, atMs: number): void {
    this.#options.log.error(
      { station: slot.station.settings.id, error },
      `internal error: ${messageOf(error)}; the water is being closed`,
    );
    try {
      slot.station.core.stop('cli', atMs);
    } catch (again) {
      this.#options.log.error(
        { error: again },
        'the close after an internal error failed; the leases close the valves',
      );
    }
  }

  // --- time --------------------------------------------------------------------------------------------------------

  #arm(): void {
    if (this.#closed) return;
    let dueMs = Infinity;
    for (const { station } of this.#slots.values())
      dueMs = Math.min(dueMs, station.core.deadlineMs() ?? Infinity);
    if (this.#anybodyAtIt()) dueMs = Math.min(dueMs, this.#clockCheck.dueMs);
    if (dueMs === this.#timerAtMs && this.#timer !== null) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerAtMs = dueMs;
    if (dueMs === Infinity) return;
    this.#timer = this.#options.clock.at(dueMs, 'controller', () => {
      this.#timer = null;
      this.#timerAtMs = Infinity;
      this.#wake();
    });
  }

  #wake(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [id, { station }] of this.#slots) {
      const dueMs = station.core.deadlineMs();
      if (dueMs !== null && dueMs <= nowMs) this.#post(id, 'rest', { type: 'clock' });
    }
    this.#checkClock(nowMs);
    this.#arm();
  }

  #anybodyAtIt(): boolean {
    return [...this.#slots.values()].some(({ station }) => !station.resting);
  }

  #checkClock(nowMs: number): void {
    const trip = this.#clockCheck.look(nowMs);
    if (trip === null) return;
    this.#options.log.warn({ message: trip.message }, 'the clock jumped');
    for (const slot of this.#slots.values()) {
      if (slot.station.resting) continue;
      slot.station.core.trip(trip, nowMs);
      this.#tell(slot);
    }
  }

  #toWall(atMs: number): number {
    return this.#options.clock.wallMs() + atMs - this.#options.clock.nowMs();
  }

  // --- out ---------------------------------------------------------------------------------------------------------

  /** Tells the state where it changed; the water temperature alone at most every 5 s. */
  #tell(slot: Slot): void {
    const state = slot.station.state((atMs) => this.#toWall(atMs));
    const told = JSON.stringify({ ...state, water_c: null });
    const nowMs = this.#options.clock.nowMs();
    const waterDue = nowMs - slot.toldWaterMs >= WATER_EVERY_MS && !slot.station.resting;
    if (told === slot.told && !waterDue) return;
    slot.told = told;
    slot.toldWaterMs = nowMs;
    const { id } = slot.station.settings;
    // Without a link nobody hears it; once it is up, everything is told again.
    if (this.#busUp) {
      const payload = JSON.stringify(state);
      this.#options.bus.publish({ topic: `ebb/${id}/state`, payload, qos: 1, retain: true });
    }
    this.#news(id, { type: 'state', state });
  }

  #news(id: StationId, news: News): void {
    const atMs = this.#options.clock.nowMs();
    for (const listener of this.#listeners) listener(id, news, atMs);
  }

  #record(
    record: CoreRecord,
    station: StationId | null,
    session: string | null,
    { lazy, durable }: { lazy?: boolean; durable?: (error: Error | null) => void },
  ): void {
    const { clock, journal, boot } = this.#options;
    const body = jsonOf(record.body);
    journal.append(
      [
        {
          at: isoOf(clock.wallMs()),
          atMs: Math.round(clock.nowMs()),
          boot,
          station,
          session,
          type: record.type,
          body,
        },
      ],
      { ...(lazy === true ? { lazy } : {}), ...(durable === undefined ? {} : { durable }) },
    );
  }

  // --- stations, ledgers and what a restart finds ------------------------------------------------------------------

  #add(settings: StationSettings, devices: readonly Device[], nowMs: number): void {
    const { id } = settings;
    const options = this.#options;
    const station = new Station(
      settings,
      devices,
      {
        simulated: options.simulated,
        log: options.log,
        defaultProtocol: options.defaultProtocol,
        publish: (out) => {
          options.bus.publish(out);
        },
        record: (record, session, how) => {
          this.#record(record, id, session, how);
        },
        news: (news) => {
          this.#news(id, news);
        },
        starter: (person) => options.starter(person, (who) => this.#past.ledger(who), options.clock.wallMs()),
        ledger: (person) => this.#past.ledger(person),
        plan: (request) => options.plan(request),
        elsewhere: (person) =>
          [...this.#slots].find(([other, slot]) => other !== id && slot.station.person === person)?.[0] ??
          null,
        finished: (result) => {
          this.#past.count(result, options.clock.nowMs());
        },
        newId: options.newId,
        wallMs: () => options.clock.wallMs(),
        journalled: (token, ok) => {
          this.#post(id, 'rest', { type: 'journalled', token, ok });
        },
      },
      nowMs,
    );
    this.#slots.set(id, new Slot(station, devices));
  }
}

export type { News, NewsListener } from './news.ts';
export type { PlanRequest, Planned, Starter } from './station.ts';
export { exitCodeOf, REASON_TEXT } from './reasons.ts';
export { ledgerOf } from './past.ts';

import type { Clock, Timer } from '../clock/clock.ts';
import type { Bus, BusMessage } from '../model/bus.ts';
import type { AnyCommand, CommandError } from '../model/command.ts';
import type { DeskState } from '../model/desk.ts';
import { idSchema } from '../model/ids.ts';
import type { StationId } from '../model/ids.ts';
import type { EventType } from '../model/events.ts';
import type { Log } from '../model/log.ts';
import type { SessionResult, StateObject } from '../model/state.ts';
import { Bucket } from './bucket.ts';
import { meansStop, receiveSet } from './parse.ts';
import { isoOf } from './records.ts';

/** `water_c` alone is told no more often than this. */
const WATER_EVERY_MS = 5_000;
/** Commands over MQTT that are looked at, for each station: nobody means more. A stop is outside of it. */
const COMMANDS = { burst: 20, perSecond: 5 };
/** Commands for stations that do not exist, all together. */
const STRAY = { burst: 5, perSecond: 1 };
/** What was left out is counted and told once in this time. */
const COUNT_MS = 1_000;
/** Events that are worth telling late, and how many wait for the link at most: the oldest go first. */
const KEPT: ReadonlySet<EventType> = new Set([
  'session_started',
  'session_continued',
  'session_ended',
  'trip',
  'cleared',
  'locked',
  'taken_over',
  'reminder_done',
  'reminder_skipped',
  'reminder_missed',
  'guide_ended',
]);
const MAX_KEPT = 100;
/** All others: a device that comes and goes all the time must not flood whoever listens. */
const EVENTS = { burst: 50, perSecond: 2 };

const STATUS = 'ebb/status';
const SET = /^ebb\/([^/]+)\/set$/;

/** What is published of one station, and what was told last. */
interface Told {
  /** The state as it was told; empty: it has to be told anew. */
  state: string;
  waterMs: number;
  waterC: number | null;
  readonly commands: Bucket;
  readonly events: Bucket;
  eventsLeftOut: number;
  flooded: number;
  timer: Timer | null;
}

export interface NorthboundHost {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
  readonly stations: readonly StationId[];
  /** Hands a command to its station. */
  command(station: StationId, command: AnyCommand, answer: (error: CommandError | null) => void): void;
  /** For the record: what came was not even handed to its station. */
  refused(station: StationId, error: CommandError): void;
}

/** The topics that other programs see (docs/mqtt.md): status, state, event, error out; set in. */
export class Northbound {
  readonly #host: NorthboundHost;
  readonly #told = new Map<StationId, Told>();
  readonly #stray: Told = newTold(STRAY);
  readonly #kept: { readonly topic: string; readonly payload: string }[] = [];
  /** At most one answer a second to whoever says that we are gone. */
  readonly #contradict = new Bucket({ burst: 2, perSecond: 1 });
  #statusTimer: Timer | null = null;
  #up = false;
  #status: 'online' | 'stopping' | 'offline' = 'online';

  constructor(host: NorthboundHost) {
    this.#host = host;
    for (const id of host.stations) this.#told.set(id, newTold(COMMANDS));
    host.bus.subscribe(['ebb/+/set', STATUS]);
  }

  // --- out ---------------------------------------------------------------------------------------------------------

  /** The link came up or went down. Whatever is up is told everything anew, and what happened meanwhile. */
  link(up: boolean): void {
    this.#up = up;
    for (const told of this.#told.values()) told.state = '';
    if (!up) return;
    if (this.#status === 'online') this.status('online');
    for (const { topic, payload } of this.#kept.splice(0)) {
      this.#host.bus.publish({ topic, payload, qos: 1 });
    }
  }

  status(status: 'online' | 'stopping' | 'offline'): void {
    this.#status = status;
    this.#host.bus.publish({ topic: STATUS, payload: status, qos: 1, retain: true });
  }

  /** Whether the state is due though nothing changed: it was never told, or its water temperature is old. */
  wantsState(id: StationId, resting: boolean): boolean {
    const told = this.#told.get(id);
    if (told === undefined) return false;
    return told.state === '' || (!resting && this.#host.clock.nowMs() - told.waterMs >= WATER_EVERY_MS);
  }

  /** Tells the state where it changed; true if it did. At rest the water temperature alone is no change. */
  state(id: StationId, state: StateObject | DeskState, resting: boolean): boolean {
    const told = this.#told.get(id);
    if (told === undefined) return false;
    const nowMs = this.#host.clock.nowMs();
    const payload = JSON.stringify(state);
    const waterC = 'water_c' in state ? state.water_c : null;
    const waterDue = nowMs - told.waterMs >= WATER_EVERY_MS && !resting;
    if (!waterDue && told.state !== '') {
      if (payload === told.state) return false;
      // The same but for the water: made once more with the figure that was told.
      if (waterC !== told.waterC && JSON.stringify({ ...state, water_c: told.waterC }) === told.state)
        return false;
    }
    told.state = payload;
    told.waterMs = nowMs;
    told.waterC = waterC;
    // Without a link nobody hears it; once it is up, everything is told again.
    if (this.#up) this.#host.bus.publish({ topic: `ebb/${id}/state`, payload, qos: 1, retain: true });
    return true;
  }

  event(
    id: StationId,
    type: EventType,
    session: string | null,
    detail: Readonly<Record<string, unknown>>,
  ): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    const { clock } = this.#host;
    if (!KEPT.has(type) && !told.events.take(clock.nowMs())) {
      told.eventsLeftOut += 1;
      return;
    }
    const leftOut = told.eventsLeftOut === 0 ? {} : { left_out: told.eventsLeftOut };
    told.eventsLeftOut = 0;
    const head = { event_type: type, at: isoOf(clock.wallMs()), session };
    const payload = JSON.stringify({ ...head, ...without(detail), ...leftOut });
    const message = { topic: `ebb/${id}/event`, payload };
    if (this.#up) {
      this.#host.bus.publish({ ...message, qos: 1 });
    } else if (KEPT.has(type)) {
      this.#kept.push(message);
      if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    }
  }

  ended(id: StationId, { id: session, outcome, reason, protocol, person, contact_s }: SessionResult): void {
    this.event(id, 'session_ended', session, { outcome, reason, protocol, person, contact_s });
  }

  close(): void {
    this.#statusTimer?.cancel();
    for (const { timer } of [this.#stray, ...this.#told.values()]) timer?.cancel();
  }

  // --- in ----------------------------------------------------------------------------------------------------------

  /** True where the message was for us and not for a device. */
  message(message: BusMessage): boolean {
    // Most of what comes is of devices.
    if (!message.topic.startsWith('ebb/')) return false;
    if (message.topic === STATUS) {
      this.#contradictStatus(message.payload);
      return true;
    }
    const id = SET.exec(message.topic)?.[1];
    if (id === undefined) return false;
    if (this.#told.has(id)) this.#set(id, message);
    else if (idSchema.safeParse(id).success) this.#strayCommand(id, message);
    return true;
  }

  /** The broker says the last will of a connection that ended, also when the next one is there already. */
  #contradictStatus(payload: string): void {
    if (!this.#up || payload === this.#status) return;
    const { clock } = this.#host;
    if (this.#contradict.take(clock.nowMs())) {
      this.status(this.#status);
      return;
    }
    // Later, but surely: what lies retained must not stay wrong.
    this.#statusTimer ??= clock.at(clock.nowMs() + COUNT_MS, 'status', () => {
      this.#statusTimer = null;
      if (this.#up) this.status(this.#status);
    });
  }

  #set(id: StationId, message: BusMessage): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    const answer = (error: CommandError | null): void => {
      if (error !== null) this.#error(id, error);
    };
    if (!told.commands.take(this.#host.clock.nowMs())) {
      // In a flood nothing is parsed any more; a stop is found in it all the same.
      if (meansStop(message.payload)) this.#host.command(id, { command: 'stop' }, answer);
      else this.#leaveOut(id, told);
      return;
    }
    const received = receiveSet(message);
    if ('error' in received) {
      this.#host.refused(id, received.error);
      answer(received.error);
    } else this.#host.command(id, received.command, answer);
  }

  #strayCommand(id: string, message: BusMessage): void {
    if (!this.#stray.commands.take(this.#host.clock.nowMs())) {
      this.#leaveOut(id, this.#stray);
      return;
    }
    const received = receiveSet(message);
    const { command, transaction } = 'error' in received ? received.error : received.command;
    // A stop is never refused: another Ebb at this broker may have that station.
    if (command === 'stop') return;
    const known = this.#host.stations.join(', ');
    this.#error(id, {
      command,
      code: 'unknown_station',
      message: `there is no station "${id}"; there ${this.#host.stations.length === 1 ? 'is' : 'are'} ${known}`,
      ...(transaction === undefined ? {} : { transaction }),
    });
  }

  /** Counts what is not looked at, and tells the count once a second. */
  #leaveOut(id: string, told: Told): void {
    told.flooded += 1;
    if (told.timer !== null) return;
    const { clock, log } = this.#host;
    told.timer = clock.at(clock.nowMs() + COUNT_MS, 'flood', () => {
      const count = told.flooded;
      told.flooded = 0;
      told.timer = null;
      const { perSecond } = told === this.#stray ? STRAY : COMMANDS;
      const message =
        `${count} ${count === 1 ? 'command' : 'commands'} too many, not carried out; ` +
        `more than ${perSecond} a second are not looked at, but a stop always is`;
      log.warn({ station: id, count }, 'a flood of commands was left out');
      const error: CommandError = { command: '', code: 'flooded', message };
      if (told !== this.#stray) this.#host.refused(id, error);
      this.#error(id, error);
    });
  }

  #error(id: string, error: CommandError): void {
    this.#host.bus.publish({ topic: `ebb/${id}/error`, payload: JSON.stringify(error), qos: 1 });
  }
}

function newTold(budget: { readonly burst: number; readonly perSecond: number }): Told {
  return {
    state: '',
    waterMs: -Infinity,
    waterC: null,
    commands: new Bucket(budget),
    events: new Bucket(EVENTS),
    eventsLeftOut: 0,
    flooded: 0,
    timer: null,
  };
}

/** A detail may not stand where the event itself stands. */
function without(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { event_type: _type, at: _at, session: _session, ...rest } = detail;
  return rest;
}

import type { Refusal } from '../../machines/gate.ts';
import { hasLine, isMoved } from '../../machines/session-run.ts';
import type { Flush, SessionEvent } from '../../machines/session-run.ts';
import type { CommandError, CommandWord, SetCommand, Source } from '../model/command.ts';
import type { ButtonAction, Device, Outgoing } from '../model/device.ts';
import type { PersonId, SessionId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { StationSettings } from '../model/station.ts';
import type { Outcome, StateObject } from '../model/state.ts';
import { unreachable } from '../model/errors.ts';
import { Admission } from './admission.ts';
import type { AdmissionHost } from './admission.ts';
import { meaningOf } from './buttons.ts';
import {
  clear,
  measured,
  missingText,
  refuseBuckets,
  refuseDry,
  refuseMissing,
  refuseSource,
  refuseState,
} from './commands.ts';
import type { CoreRecord } from './effects.ts';
import { RESTING, StationCore } from './core.ts';
import { Meter } from './meter.ts';
import type { Locked } from './people.ts';
import { Repeats } from './repeats.ts';
import { resultOf } from './records.ts';
import { refusedBody } from './recorder.ts';
import { NOBODY } from './starter.ts';
import type { PlanRequest, Planned, Starter } from './starter.ts';
import { isaState, stateObject } from './state-object.ts';

export type { PlanRequest, Planned, Starter } from './starter.ts';

/** What one station asks of its controller. */
export interface StationHost extends AdmissionHost {
  readonly simulated: boolean;
  readonly log: Log;
  publish(out: Outgoing): void;
  record(
    record: CoreRecord,
    session: string | null,
    options: { lazy?: boolean; durable?: (error: Error | null) => void },
  ): void;
  /** Who `person` is; without one the guest. null: nobody of that name. */
  starter(person: PersonId | undefined): Starter | null;
  plan(request: PlanRequest): Planned;
  /** Why the line has to be flushed first (L18); null: it was used lately. */
  flush(atMs: number): Flush | null;
  newId(): string;
  journalled(token: number, ok: boolean): void;
  defaultProtocol: string;
}

const LEAVING: Refusal = { code: 'not_ready', message: 'the controller is stopping; start it again first' };

/** One station: its core, what its commands and buttons mean, and what it tells. */
export class Station {
  readonly settings: StationSettings;
  readonly core: StationCore;
  readonly meter = new Meter();
  readonly #host: StationHost;
  readonly #admission: Admission;
  #startedMs = 0;
  #startedWallMs = 0;
  #atMs = 0;
  readonly #repeats = new Repeats();
  /** Sessions that a crash cut off: nothing starts before they are recorded. */
  recovering = false;
  /** The controller is ending: what would put water on again is refused. */
  leaving = false;

  constructor(settings: StationSettings, devices: readonly Device[], host: StationHost, atMs: number) {
    this.settings = settings;
    this.#host = host;
    this.#admission = new Admission(settings.id, host);
    this.#atMs = atMs;
    this.core = new StationCore(
      settings,
      devices,
      {
        publish: (out) => {
          host.publish(out);
        },
        record: (record) => {
          host.record(record, this.#sessionId(), {});
        },
        askJournal: (token, record) => {
          host.record(record, this.#sessionId(), {
            durable: (error) => {
              host.journalled(token, error === null);
            },
          });
        },
        news: (news) => {
          if (
            news.type === 'reading' &&
            news.kind === 'temperature' &&
            !RESTING.has(this.core.sessionState)
          ) {
            host.record(
              { type: 'reading', body: { device: news.device, value: news.value } },
              this.#sessionId(),
              { lazy: true },
            );
          }
          this.#admission.tripped(news, this.core.session.context.run);
          host.news(news);
        },
        ended: (outcome) => {
          this.#ended(outcome);
        },
        button: (device, action) => {
          this.#button(device, action);
        },
      },
      host.log,
      atMs,
    );
  }

  get resting(): boolean {
    return RESTING.has(this.core.sessionState);
  }

  /** Whose session is under way; null: nobody's. */
  get person(): PersonId | null {
    return this.resting ? null : this.#shown;
  }

  /** The id of the session that is under way or on show; null: none. */
  get session(): SessionId | null {
    return this.#sessionId();
  }

  /** When the session under way was accepted, monotonic. */
  get startedMs(): number {
    return this.#startedMs;
  }

  state(toWall: (atMs: number) => number, nowMs: number): StateObject {
    return stateObject(this.core, this.locked(nowMs), toWall, nowMs, this.#host.simulated);
  }

  /** The lock of whoever has the station; null: it is not locked. */
  locked(nowMs: number): Locked | null {
    return this.#admission.locked(this.#shown, nowMs);
  }

  /** Whose session is under way or on show; null: nobody's. */
  get #shown(): PersonId | null {
    return this.#sessionId() === null ? null : (this.core.session.context.run?.person ?? null);
  }

  /** When it wants to be woken, monotonic; null: not by itself. */
  deadlineMs(nowMs: number): number | null {
    const dueMs = Math.min(this.core.deadlineMs() ?? Infinity, this.locked(nowMs)?.untilMs ?? Infinity);
    return dueMs === Infinity ? null : dueMs;
  }

  /** Everything that reaches a station asks for its core here, so that all of one input happens at one time. */
  at(atMs: number): StationCore {
    this.#atMs = atMs;
    return this.core;
  }

  /** Carries a command out, or says why not. A stop is never refused. */
  command(command: SetCommand, source: Source, atMs: number): CommandError | null {
    const error = this.#take(command, source, atMs);
    this.meter.onAnswer(source, error?.code ?? 'accepted');
    return error;
  }

  #take(command: SetCommand, source: Source, atMs: number): CommandError | null {
    this.#atMs = atMs;
    if (command.command === 'stop') {
      const closed = this.resting && this.core.allClosed;
      if (!this.#repeats.isRepeat(closed, atMs)) {
        this.core.stop(source, atMs);
        this.#repeats.stopped(atMs);
      }
      return null;
    }
    this.#repeats.other();
    if (command.command === 'report') {
      const refused = this.#report(command, source, atMs);
      return refused === null ? null : this.#refuse(command, refused, source);
    }
    const refusal =
      (this.leaving ? LEAVING : null) ??
      refuseSource(this.settings, command.command, source) ??
      refuseState(this.core, command.command, atMs) ??
      refuseBuckets(this.core, command.command, atMs) ??
      refuseMissing(this.core, command.command) ??
      this.#carryOut(command, source, atMs);
    return refusal === null ? null : this.#refuse(command, refusal, source);
  }

  #refuse(command: SetCommand, refusal: Refusal, source: Source): CommandError {
    this.#host.record(
      { type: 'refused', body: refusedBody({ command: command.command, ...refusal }, source) },
      this.#sessionId(),
      {},
    );
    const { transaction } = command;
    return {
      command: command.command,
      code: refusal.code,
      message: refusal.message,
      ...(transaction === undefined ? {} : { transaction }),
    };
  }

  #carryOut(
    command: Exclude<SetCommand, { command: 'stop' | 'report' }>,
    source: Source,
    atMs: number,
  ): Refusal | null {
    switch (command.command) {
      case 'start':
        return this.#start(command, source, atMs);
      case 'continue':
        return this.#continue(source, atMs);
      case 'begin':
        this.#host.record({ type: 'begin', body: { source, ...measured(this.core) } }, this.#sessionId(), {});
        this.core.sessionEvent({ type: 'begin', source, atMs });
        return null;
      case 'resume': {
        const begins = this.settings.beginFrom.includes(source);
        this.#taken(command, source);
        this.core.sessionEvent({ type: 'resume', source, begins, atMs });
        return null;
      }
      case 'pause':
        this.core.sessionEvent({ type: 'pause', source, atMs });
        this.#taken(command, source);
        return null;
      case 'answer':
        this.core.sessionEvent({ type: 'answer', atMs });
        this.#taken(command, source);
        return null;
      case 'clear':
        return clear(this.core, atMs);
      default:
        return unreachable(command);
    }
  }

  /** For the record: a command that leaves no other. */
  #taken({ command }: SetCommand, source: Source): void {
    this.#host.record({ type: 'taken', body: { command, source } }, this.#sessionId(), {});
  }

  #start(command: Extract<SetCommand, { command: 'start' }>, source: Source, atMs: number): Refusal | null {
    const dry = command.dry === true;
    const refused = dry ? refuseDry(this.settings, command.person) : null;
    if (refused !== null) return refused;
    const starter = dry ? NOBODY : this.#host.starter(command.person);
    if (starter === null) {
      return {
        code: 'unknown_person',
        message: `there is no person "${command.person ?? ''}" in the config`,
      };
    }
    const refusal = this.#refuseStart(starter, atMs);
    if (refusal !== null) return refusal;
    const protocol = command.protocol ?? this.#host.defaultProtocol;
    const planned = this.#host.plan({
      protocol,
      person: starter,
      choices: command.with ?? {},
      station: this.settings,
    });
    if ('refusal' in planned) return planned.refusal;
    const dose = this.#admission.dose(starter, planned.plan.totals.dose, atMs);
    if ('refusal' in dose) return dose.refusal;
    const id = this.#host.newId();
    this.#startedMs = atMs;
    this.#startedWallMs = this.#host.wallMs();
    this.#host.record(
      {
        type: 'start',
        body: {
          ...{ person: starter.id, protocol, source, simulated: this.#host.simulated, plan: planned.plan },
          ...(dry ? { dry } : {}),
        },
      },
      id,
      {},
    );
    const detail = { protocol, person: starter.id, source, ...(dry ? { dry } : {}) };
    this.core.beginSums(false, { cycles: planned.plan.cycles, doseBefore: dose.before }, atMs);
    const flush = hasLine(this.core.settings.session) ? this.#host.flush(atMs) : null;
    const event: SessionEvent = {
      type: 'start',
      request: { id, plan: planned.plan, person: starter.id, dry, ...(flush === null ? {} : { flush }) },
      source,
      atMs,
    };
    this.core.sessionEvent(event);
    this.#host.news({ type: 'event', event: 'session_started', detail });
    return null;
  }

  #refuseStart(starter: Starter, atMs: number): Refusal | null {
    if (this.recovering) {
      return {
        code: 'not_ready',
        message: 'the controller has just restarted and is still closing and checking the valves',
      };
    }
    if (!this.core.ready) {
      return { code: 'not_ready', message: missingText(this.core) };
    }
    return this.#refuseWater(starter, null, atMs);
  }

  /** What speaks against more water for a person now. `run` is their own session, where they go on with it. */
  #refuseWater(starter: Starter, run: SessionId | null, atMs: number): Refusal | null {
    const { fault } = this.core.fault.context;
    const latched =
      this.core.fault.matches('latched') && fault !== null
        ? { code: fault.code, message: fault.message }
        : null;
    return this.#admission.refuse(starter, run, latched, atMs);
  }

  /** Water first, whoever it was: then the record, and the lock. */
  #report(
    { person, symptom }: Extract<SetCommand, { command: 'report' }>,
    source: Source,
    atMs: number,
  ): Refusal | null {
    const said = symptom ?? 'not said';
    const session = this.resting ? null : this.#sessionId();
    const shown = this.#shown;
    this.core.report(source, said, atMs);
    if (person !== undefined && this.#host.starter(person) === null) {
      const message = `there is no person "${person}" in the config, so nobody was locked; the water is closed`;
      return { code: 'unknown_person', message };
    }
    this.#admission.symptom({ person: person ?? shown, symptom: said, source }, session, atMs);
    return null;
  }

  #continue(source: Source, atMs: number): Refusal | null {
    const { run } = this.core.session.context;
    if (run === null) return { code: 'bad_state', message: 'there is no session to continue' };
    if (this.core.fault.value !== 'usable')
      return { code: 'latched', message: 'a fault waits for a clear first' };
    if (!this.core.ready) return { code: 'not_ready', message: missingText(this.core) };
    const starter = this.#host.starter(run.person ?? undefined);
    if (starter === null) return { code: 'unknown_person', message: 'the person is not in the config' };
    const refusal = this.#refuseWater(starter, run.id, atMs);
    if (refusal !== null) return refusal;
    this.#host.record({ type: 'continue', body: { source } }, run.id, {});
    this.core.beginSums(true, { cycles: run.plan.cycles, doseBefore: 0 }, atMs);
    this.core.sessionEvent({ type: 'continue', source, id: run.id, atMs });
    this.#host.news({ type: 'event', event: 'session_continued', detail: { source } });
    return null;
  }

  /** A press at the station is a command like any other. */
  #button(device: Device, action: ButtonAction): void {
    const atMs = this.#atMs;
    const act = (command: CommandWord): void => {
      if (command !== 'stop' && !this.#repeats.press(atMs)) {
        // A report that is one too many closes the water all the same.
        if (command === 'report') this.command({ command: 'stop' }, 'button', atMs);
        return;
      }
      const error = this.command({ command }, 'button', atMs);
      if (error !== null) this.#host.news({ type: 'event', event: 'refused', detail: { ...error } });
    };
    const meaning = meaningOf(device.role, action, {
      moves: isMoved(this.core.settings.session),
      state: this.core.sessionState,
      resting: this.resting,
      faulty: this.core.fault.value !== 'usable',
    });
    if (meaning !== null) act(meaning);
  }

  #ended(outcome: Outcome): void {
    const { run } = this.core.session.context;
    if (run === null) return;
    const times = { startedWallMs: this.#startedWallMs, endedWallMs: this.#host.wallMs() };
    const result = resultOf(this.settings, run, this.core.tally, outcome, times, this.#host.simulated);
    this.#host.record({ type: 'end', body: { result } }, run.id, {});
    this.#host.people.count(result);
    this.#host.news({ type: 'result', result });
  }

  #sessionId(): string | null {
    return isaState(this.core.sessionState) === 'idle' ? null : (this.core.session.context.run?.id ?? null);
  }
}

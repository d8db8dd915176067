import { CUES } from '../../machines/cues.ts';
import { stateName } from '../../machines/engine.ts';
import type { InterlockInput, InterlockOutput, InterlockState } from '../../machines/interlock.ts';
import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import { session } from '../../machines/session.ts';
import { deadlineOf } from '../../machines/session-run.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import { station as stationMachine } from '../../machines/station.ts';
import type { StationEvent } from '../../machines/station.ts';
import type { Tally } from '../../machines/tally.ts';
import { NO_TALLY, tallyExposed, tallyReading, tallyStep, tallyStepEnd } from '../../machines/tally.ts';
import type { ValveEdge } from '../../machines/valve.ts';
import type { WatchEdge, WatchInput, WatchState } from '../../machines/watch/index.ts';
import { hottest } from '../../machines/watch/facts.ts';
import { watchInit, watchStep } from '../../machines/watch/index.ts';
import type { ButtonAction, Device, DeviceCommand, Outgoing } from '../model/device.ts';
import { isWaterRole } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { StationSettings } from '../model/station.ts';
import type { Reason } from '../model/state.ts';
import type { Trip, Want } from '../model/want.ts';
import { Equipment } from './equipment.ts';
import type { DeviceRuntime, EquipmentEvents, TemperatureReading } from './equipment.ts';
import type { News } from './news.ts';
import { stepResultOf } from './records.ts';
import type { CoreSettings } from './station-settings.ts';
import { coreSettings } from './station-settings.ts';

/** One entry of the journal, as the core words it; the controller adds time, boot, station and session. */
export interface CoreRecord {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the core does to the world. Everything is data; nothing of it calls back into the core. */
export interface CoreEffects {
  publish(out: Outgoing): void;
  record(record: CoreRecord): void;
  /** Journal this open; the answer comes back as an input `journalled`. */
  askJournal(token: number, record: CoreRecord): void;
  news(news: News): void;
  /** A session is over: the controller makes the result of it. */
  ended(outcome: 'complete' | 'stopped' | 'aborted'): void;
  /** A button was used; what it means depends on the state (interfaces: Buttons). */
  button(device: Device, action: ButtonAction): void;
}

/**
 * Everything of one station between a decoded input and the bytes and records it causes: drivers, links, valves, watch,
 * interlock and session, wired as the picture in the architecture. No I/O and no clock; time comes in as data.
 */
export class StationCore {
  readonly station: StationSettings;
  readonly settings: CoreSettings;
  readonly #effects: CoreEffects;
  readonly #equipment: Equipment;
  session: ReturnType<typeof session.initial>;
  /** The session machine. A test puts one in its place that ignores everything: the water must still close. */
  machine: Pick<typeof session, 'step'> = session;
  fault: ReturnType<typeof stationMachine.initial>;
  lock: InterlockState;
  watch: WatchState;
  tally: Tally = NO_TALLY;
  lastTrip: Trip | null = null;
  /** What the last proof test measured, for the summary. */
  proof: { deadTimeMs: number | null; lagMs: number | null } = { deadTimeMs: null, lagMs: null };
  #sampling = false;
  readonly #tripping = new Set<Reason>();
  #clockedMs = -Infinity;

  constructor(
    station: StationSettings,
    devices: readonly Device[],
    effects: CoreEffects,
    log: Log,
    atMs: number,
  ) {
    this.station = station;
    this.settings = coreSettings(station, devices);
    this.#effects = effects;
    this.session = session.initial(this.settings.session);
    this.fault = stationMachine.initial(undefined);
    this.lock = interlockInit(this.settings.interlock);
    this.watch = watchInit();
    this.#equipment = new Equipment(devices, this.#equipmentEvents(effects), log, atMs);
  }

  get devices(): ReadonlyMap<DeviceId, DeviceRuntime> {
    return this.#equipment.devices;
  }

  get valves(): Equipment['valves'] {
    return this.#equipment.valves;
  }

  /** Every water device is verified closed. */
  get allClosed(): boolean {
    return this.#equipment.allClosed;
  }

  /** Every device that a session needs is there. */
  get ready(): boolean {
    return this.missing.length === 0;
  }

  /** The devices that a session needs and that have not answered, or are gone. */
  get missing(): readonly DeviceId[] {
    return [...this.devices.values()]
      .filter(
        ({ device: { role }, link: way }) =>
          way.value !== 'up' && (isWaterRole(role) || role === 'thermometer'),
      )
      .map(({ device }) => device.id);
  }

  get sessionState(): string {
    return stateName(this.session);
  }

  deadlineMs(): number | null {
    const due = [
      ...this.#equipment.deadlines(),
      interlockDeadline(this.settings.interlock, this.lock),
      this.watch.deadlineMs,
      deadlineOf(this.session.context),
    ]
      .filter((at) => at !== null)
      // What was due at the last clock and has not moved since is asked for again later, and never spins the loop.
      .map((at) => (at <= this.#clockedMs ? this.#clockedMs + UNSERVED_MS : at));
    return due.length === 0 ? null : Math.min(...due);
  }

  /** The broker connection came up or went down. */
  broker(up: boolean, atMs: number): void {
    this.#equipment.broker(up, atMs);
    this.#settle(atMs);
  }

  /** A message of the bus. */
  message(
    input: { topic: string; payload: string; retained: boolean },
    to: readonly DeviceId[],
    atMs: number,
  ): void {
    this.#equipment.message(input, to, atMs);
    this.#settle(atMs);
  }

  journalled(token: number, ok: boolean, atMs: number): void {
    this.#interlock({ type: 'journalled', token, ok }, atMs);
    this.#settle(atMs);
  }

  /** T10. Water first; then the machine; the record last. */
  stop(source: Extract<SessionEvent, { type: 'stop' }>['source'], atMs: number): void {
    this.#interlock({ type: 'stop' }, atMs);
    this.sessionEvent({ type: 'stop', source, atMs });
    this.#effects.record({ type: 'stop', body: { source } });
  }

  sessionEvent(event: SessionEvent): void {
    this.#session(event);
    this.#settle(event.atMs);
  }

  stationEvent(event: StationEvent): void {
    const step = stationMachine.step(this.fault, event);
    this.fault = step.snapshot;
    for (const { fault } of step.wants) {
      this.#interlock({ type: 'clear' }, event.atMs);
      this.#effects.record({ type: 'clear', body: { code: fault.code, detector: fault.detector } });
    }
  }

  /** A trip that no detector of the watch makes: a clock that jumped, a journal that stalled. */
  trip(trip: Trip, atMs: number): void {
    this.#trip(trip, atMs);
    this.#settle(atMs);
  }

  clock(atMs: number): void {
    this.#clockedMs = atMs;
    this.#equipment.clockDrivers(atMs);
    if (this.watch.deadlineMs !== null && this.watch.deadlineMs <= atMs) this.#watch({ type: 'clock' }, atMs);
    this.#interlock({ type: 'clock' }, atMs);
    this.#equipment.clockValves(atMs);
    // One moment may serve several deadlines of a state; each event serves one.
    for (let served = 0; served < 10; served += 1) {
      const before = this.session;
      const dueMs = deadlineOf(before.context);
      if (dueMs === null || dueMs > atMs) break;
      this.#session({ type: 'clock', atMs });
      if (this.session.context === before.context && this.session.value === before.value) break;
    }
    this.#settle(atMs);
  }

  // --- one layer after the other, in the order of the picture --------------------------------------------------

  /** What the devices tell goes to the watch first, to the interlock second, to people last. */
  #equipmentEvents(effects: CoreEffects): EquipmentEvents {
    return {
      publish: (out) => {
        effects.publish(out);
      },
      record: (record) => {
        effects.record(record);
      },
      news: (news) => {
        effects.news(news);
      },
      button: (device, action) => {
        effects.button(device, action);
      },
      temperature: (reading, atMs) => {
        this.#temperature(reading, atMs);
      },
      ack: ({ device, leaseMs }, atMs) => {
        this.#watch({ type: 'ack', device, leaseMs }, atMs);
      },
      valveEdge: (id, edge, atMs) => {
        this.#valveEdge(id, edge, atMs);
      },
      up: (device, atMs) => {
        this.#interlock({ type: 'close-due', device }, atMs);
      },
      lost: (device, atMs) => {
        this.#interlock({ type: 'lost', device }, atMs);
      },
      gone: (device, why, message, atMs) => {
        if (this.valves.has(device)) this.#watch({ type: 'gone', device, why, message }, atMs);
      },
    };
  }

  #temperature({ device, valueC, takenAtMs }: TemperatureReading, atMs: number): void {
    this.#watch({ type: 'temperature', device, valueC, takenAtMs }, atMs);
    if (valueC === null) return;
    this.tally = tallyReading(this.tally, hottest(this.watch.facts) ?? valueC, atMs);
    this.#interlock({ type: 'reading', takenAtMs: this.#oldestReading() }, atMs);
    this.#condition(atMs);
  }

  /** Warm water rests on every needed thermometer, so on the one that has been silent longest. */
  #oldestReading(): number {
    const { thermometers } = this.settings.watch;
    return Math.min(...thermometers.map((id) => this.watch.facts.latest[id]?.takenAtMs ?? -Infinity));
  }

  /** For a latched fault: is the water still what it was latched for? */
  #condition(atMs: number): void {
    if (!this.fault.matches('latched')) return;
    const valueC = hottest(this.watch.facts);
    const limitC = (this.settings.watch.guardMaxC ?? 41) + 1;
    this.stationEvent({ type: 'condition', holds: valueC === null || valueC > limitC, atMs });
  }

  #valveEdge(id: DeviceId, edge: ValveEdge, atMs: number): void {
    switch (edge.type) {
      case 'verified-open':
        this.#watch({ type: 'verified', device: id, status: 'open' }, atMs);
        return;
      case 'verified-closed':
        this.#watch({ type: 'verified', device: id, status: 'closed' }, atMs);
        this.#interlock({ type: 'verified-closed', device: id }, atMs);
        return;
      case 'renewal-due':
      case 'close-due':
        this.#interlock({ type: edge.type, device: id }, atMs);
        return;
      case 'disagrees':
        this.#watch({ type: 'disagrees', device: id, expected: edge.expected }, atMs);
        return;
    }
  }

  #watch(input: WatchInput, atMs: number): void {
    const step = watchStep(this.settings.watch, this.watch, input, atMs);
    this.watch = step.state;
    for (const trip of step.trips) this.#trip(trip, atMs);
    for (const edge of step.edges) this.#watchEdge(edge, atMs);
  }

  #watchEdge(edge: WatchEdge, atMs: number): void {
    if (edge.type === 'steady') {
      if (edge.deadTimeMs !== null) this.proof = { deadTimeMs: edge.deadTimeMs, lagMs: edge.lagMs };
      this.#effects.record({ type: 'proved', body: { ...edge } });
      this.#session({ type: 'steady', plateauC: edge.plateauC, atMs });
      return;
    }
    this.#session({ type: edge.type, atMs });
  }

  /** The interlock first, the machine second, the record last: losing the journal delays nothing. */
  #trip(trip: Trip, atMs: number): void {
    // The closing that a trip causes is itself looked at by the watch, which finds the same again.
    if (this.#tripping.has(trip.reason)) return;
    this.#tripping.add(trip.reason);
    try {
      this.#carryOutTrip(trip, atMs);
    } finally {
      this.#tripping.delete(trip.reason);
    }
  }

  #carryOutTrip(trip: Trip, atMs: number): void {
    const repeated = this.lock.block?.kind === 'trip' && this.lock.block.trip.reason === trip.reason;
    this.#interlock({ type: 'trip', trip }, atMs);
    if (!repeated) this.lastTrip = trip;
    this.stationEvent({ type: 'trip', trip, atMs });
    this.#session({ type: 'trip', trip, atMs });
    if (repeated) return;
    const readings = Object.fromEntries(
      Object.entries(this.watch.facts.latest).map(([id, { valueC }]) => [id, valueC]),
    );
    this.#effects.record({
      type: 'trip',
      body: {
        detector: trip.detector,
        code: trip.reason,
        latched: trip.latch,
        message: trip.message,
        readings,
      },
    });
    this.#effects.news({
      type: 'event',
      event: 'trip',
      detail: { detector: trip.detector, code: trip.reason, latched: trip.latch, message: trip.message },
    });
  }

  #interlock(input: InterlockInput, atMs: number): void {
    const step = interlockStep(this.settings.interlock, this.lock, input, atMs);
    this.lock = step.state;
    for (const output of step.out) this.#letOut(output, atMs);
  }

  #letOut(output: InterlockOutput, atMs: number): void {
    switch (output.type) {
      case 'ask':
        this.#effects.askJournal(output.token, {
          type: 'open',
          body: { device: output.device, target_c: output.targetC },
        });
        return;
      case 'dropped':
        this.#trip(
          {
            detector: 'journal',
            reason: 'journal_stalled',
            response: 'abort',
            latch: false,
            message: 'the journal did not record the opening in time, so nothing was opened; check the disk',
          },
          atMs,
        );
        return;
      case 'close':
        this.#send(output.device, { action: 'close' }, atMs);
        this.#watch(
          { type: 'sent', device: output.device, action: 'close', side: null, leaseMs: 0, targetC: null },
          atMs,
        );
        this.#equipment.valve(output.device, { type: 'close-sent', atMs });
        this.#effects.record({ type: 'close', body: { device: output.device } });
        return;
      case 'open':
      case 'renew': {
        const { type, device, leaseMs, targetC, side } = output;
        this.#send(device, { action: type, leaseMs, targetC }, atMs);
        this.#watch({ type: 'sent', device, action: type, side, leaseMs, targetC }, atMs);
        this.#equipment.valve(device, { type: `${type}-sent`, leaseMs, atMs });
        if (type === 'renew') this.#effects.record({ type: 'renew', body: { device, lease_ms: leaseMs } });
        return;
      }
    }
  }

  #send(id: DeviceId, command: DeviceCommand, atMs: number): void {
    this.#equipment.command(id, command, atMs);
  }

  #session(event: SessionEvent): void {
    const step = this.machine.step(this.session, event);
    this.session = step.snapshot;
    for (const want of step.wants) this.#want(want, event.atMs);
  }

  #want(want: Want, atMs: number): void {
    switch (want.type) {
      case 'water':
        // Cues only: the water is the person's own affair.
        if (this.station.plumbing !== 'cues') this.#interlock({ type: 'want', water: want.water }, atMs);
        return;
      case 'expect': {
        const was = this.watch.facts.expectation.exposed;
        const { exposed } = want.expectation;
        this.#watch({ type: 'expect', expectation: want.expectation }, atMs);
        this.tally = tallyExposed(this.tally, exposed, atMs);
        if (was !== exposed) this.#effects.record({ type: 'exposed', body: { on: exposed } });
        return;
      }
      case 'release':
        this.#interlock({ type: 'release' }, atMs);
        return;
      case 'cue':
        for (const { device } of this.devices.values()) {
          if (device.role === 'light' || device.role === 'buzzer')
            this.#send(device.id, { action: 'cue', cue: CUES[want.cue] }, atMs);
        }
        this.#effects.news({ type: 'event', event: 'cue', detail: { cue: want.cue } });
        return;
      case 'step-began': {
        const { band, side } = this.watch.facts.expectation;
        const kind = this.session.context.run?.plan.steps[want.index]?.kind ?? side ?? 'warm';
        this.tally = tallyStep(this.tally, want.index, kind, band, atMs);
        this.#effects.record({ type: 'step', body: { index: want.index, kind, on: true } });
        return;
      }
      case 'step-ended':
        this.tally = tallyStepEnd(this.tally, want.elapsedMs, atMs);
        this.#recordStep(want.index, want.over);
        return;
      case 'ended':
        this.#effects.ended(want.outcome);
        return;
    }
  }

  /** A step that is over is recorded with its result, so that a crash later in the session does not lose it. */
  #recordStep(index: number, over: boolean): void {
    const { run } = this.session.context;
    const tally = this.tally.steps.find((step) => step.index === index);
    const result = run === null || tally === undefined ? null : stepResultOf(this.station, run, tally);
    this.#effects.record({ type: 'step', body: over ? { index, result } : { index, on: false } });
  }

  /** A session begins: sums begin again, unless it continues the one before. */
  beginSums(again: boolean, atMs: number): void {
    this.lastTrip = null;
    if (again) return;
    this.tally = NO_TALLY;
    this.proof = { deadTimeMs: null, lagMs: null };
    this.#watch({ type: 'session' }, atMs);
  }

  /** Says to the session what holds now: everything closed, or the side wanted open. Repeats until it rests. */
  #settle(atMs: number): void {
    for (let round = 0; round < 8; round += 1) {
      const before = this.session;
      const state = this.sessionState;
      if (AWAITS_CLOSED.has(state) && this.allClosed) this.#session({ type: 'closed', atMs });
      else if (state === 'running.switching') this.#sayOpened(atMs);
      if (this.session === before) break;
    }
    this.#sample(atMs);
  }

  #sayOpened(atMs: number): void {
    const { want } = this.lock;
    const target = this.settings.interlock.devices.find(
      ({ side }) => side === 'mixer' || side === want?.side,
    );
    if (want === null || target === undefined) return;
    const known = this.lock.devices[target.id];
    const isSet = known?.status === 'open' && (target.side !== 'mixer' || known.targetC === want.targetC);
    if (!isSet || known.sentAtMs === null || this.valves.get(target.id)?.value !== 'open') return;
    this.#session({ type: 'opened', side: want.side, sentAtMs: known.sentAtMs, atMs });
  }

  /** Thermometers sample while water is on or wanted, and while a latched fault waits to be cleared. */
  #sample(atMs: number): void {
    const wanted = !RESTING.has(this.sessionState) || this.fault.matches('latched');
    if (wanted === this.#sampling) return;
    this.#sampling = wanted;
    for (const { device } of this.devices.values()) {
      if (device.role === 'thermometer') this.#send(device.id, { action: 'sample', on: wanted }, atMs);
    }
  }
}

/** After this long a deadline that nobody served is delivered once more. */
const UNSERVED_MS = 100;
const AWAITS_CLOSED: ReadonlySet<string> = new Set([
  'starting.closing',
  'holding',
  'completing',
  'stopping',
  'aborting',
]);
/** The states in which no water is on or wanted. */
export const RESTING: ReadonlySet<string> = new Set(['idle', 'complete', 'stopped', 'aborted']);

import { TRIPS } from '../../machines/envelope.ts';
import type { InterlockInput, InterlockOutput, InterlockState } from '../../machines/interlock.ts';
import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import { station as stationMachine } from '../../machines/station.ts';
import type { StationEvent } from '../../machines/station.ts';
import type { ValveEdge } from '../../machines/valve.ts';
import { hottest } from '../../machines/watch/facts.ts';
import type { WatchEdge, WatchInput, WatchState } from '../../machines/watch/index.ts';
import { watchInit, watchStep } from '../../machines/watch/index.ts';
import type { Device, DeviceCommand } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { Reason } from '../model/state.ts';
import type { Trip } from '../model/want.ts';
import type { CoreEffects } from './effects.ts';
import { Equipment } from './equipment.ts';
import type { EquipmentEvents, TemperatureReading } from './equipment.ts';
import type { CoreSettings } from './station-settings.ts';

/** What the water tells the session: edges and trips as events, and each reading for the tally. */
export interface WaterEvents {
  session(event: SessionEvent): void;
  reading(valueC: number, atMs: number): void;
}

/**
 * The half of a station that keeps the water safe and needs no session for it: devices, watch, interlock, and the fault
 * that outlives a session. A trip goes to the interlock first; the session hears of it second.
 */
export class Water {
  readonly equipment: Equipment;
  fault: ReturnType<typeof stationMachine.initial>;
  lock: InterlockState;
  watch: WatchState;
  lastTrip: Trip | null = null;
  readonly #settings: CoreSettings;
  readonly #effects: CoreEffects;
  readonly #events: WaterEvents;
  /** The thermometers that have read something since the broker's link last changed. */
  readonly #heard = new Set<DeviceId>();
  readonly #tripping = new Set<Reason>();
  readonly #told = new Set<Reason>();

  constructor(
    settings: CoreSettings,
    devices: readonly Device[],
    effects: CoreEffects,
    events: WaterEvents,
    log: Log,
    atMs: number,
  ) {
    this.#settings = settings;
    this.#effects = effects;
    this.#events = events;
    this.fault = stationMachine.initial(undefined);
    this.lock = interlockInit(settings.interlock);
    this.watch = watchInit();
    this.equipment = new Equipment(devices, this.#equipmentEvents(effects), log, atMs);
  }

  deadlines(): readonly (number | null)[] {
    return [
      ...this.equipment.deadlines(),
      interlockDeadline(this.#settings.interlock, this.lock),
      this.watch.deadlineMs,
    ];
  }

  clock(atMs: number): void {
    this.equipment.clockDrivers(atMs);
    if (this.watch.deadlineMs !== null && this.watch.deadlineMs <= atMs)
      this.observe({ type: 'clock' }, atMs);
    this.judge({ type: 'clock' }, atMs);
    this.equipment.clockValves(atMs);
  }

  stationEvent(event: StationEvent): void {
    const step = stationMachine.step(this.fault, event);
    this.fault = step.snapshot;
    for (const { fault } of step.wants) {
      this.judge({ type: 'clear' }, event.atMs);
      const body = { code: fault.code, detector: fault.detector };
      this.#effects.record({ type: 'clear', body });
      this.#effects.news({ type: 'event', event: 'cleared', detail: body });
    }
  }

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
        this.observe({ type: 'ack', device, leaseMs }, atMs);
      },
      valveEdge: (id, edge, atMs) => {
        this.#valveEdge(id, edge, atMs);
      },
      up: (device, atMs) => {
        this.judge({ type: 'close-due', device }, atMs);
      },
      lost: (device, atMs) => {
        this.judge({ type: 'lost', device }, atMs);
      },
      blind: (atMs) => {
        this.#heard.clear();
        this.judge({ type: 'blind' }, atMs);
      },
      gone: (device, why, message, atMs) => {
        if (this.equipment.valves.has(device)) this.observe({ type: 'gone', device, why, message }, atMs);
      },
    };
  }

  #temperature({ device, valueC, takenAtMs }: TemperatureReading, atMs: number): void {
    this.observe({ type: 'temperature', device, valueC, takenAtMs }, atMs);
    if (valueC === null) return;
    this.#heard.add(device);
    this.#events.reading(hottest(this.watch.facts) ?? valueC, atMs);
    this.judge({ type: 'reading', takenAtMs: this.#oldestReading() }, atMs);
    this.#condition(atMs);
  }

  /** Every needed thermometer has spoken lately (L20). */
  hasFreshReadings(atMs: number): boolean {
    return atMs - this.#oldestReading() <= this.#settings.watch.readingAgeMs;
  }

  /** Warm water rests on every needed thermometer, so on the one that has been silent longest. */
  #oldestReading(): number {
    const { thermometers } = this.#settings.watch;
    return Math.min(
      ...thermometers.map((id) =>
        this.#heard.has(id) ? (this.watch.facts.latest[id]?.takenAtMs ?? -Infinity) : -Infinity,
      ),
    );
  }

  /** For a latched fault: is the water still what it was latched for? */
  #condition(atMs: number): void {
    if (!this.fault.matches('latched')) return;
    const valueC = hottest(this.watch.facts);
    const { ceilingC } = TRIPS.t2;
    this.stationEvent({ type: 'condition', holds: valueC === null || valueC > ceilingC, atMs });
  }

  #valveEdge(id: DeviceId, edge: ValveEdge, atMs: number): void {
    switch (edge.type) {
      case 'verified-open':
        this.observe({ type: 'verified', device: id, status: 'open' }, atMs);
        return;
      case 'verified-closed':
        this.observe({ type: 'verified', device: id, status: 'closed' }, atMs);
        this.judge({ type: 'verified-closed', device: id }, atMs);
        return;
      case 'renewal-due':
      case 'close-due':
        this.judge({ type: edge.type, device: id }, atMs);
        return;
      case 'disagrees':
        this.observe({ type: 'disagrees', device: id, expected: edge.expected }, atMs);
        return;
    }
  }

  observe(input: WatchInput, atMs: number): void {
    const step = watchStep(this.#settings.watch, this.watch, input, atMs);
    this.watch = step.state;
    for (const trip of step.trips) this.trip(trip, atMs);
    for (const edge of step.edges) this.#watchEdge(edge, atMs);
  }

  #watchEdge(edge: WatchEdge, atMs: number): void {
    if (edge.type === 'steady') {
      this.#effects.record({ type: 'proved', body: { ...edge } });
      this.#events.session({ type: 'steady', plateauC: edge.plateauC, atMs });
      return;
    }
    this.#events.session({ type: edge.type, atMs });
  }

  /** The interlock first, the machine second, the record last: losing the journal delays nothing. */
  trip(trip: Trip, atMs: number): void {
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
    // Each cause once until it is cleared: the same water trips at every reading.
    if (this.lock.block?.kind !== 'trip') this.#told.clear();
    const repeated = this.#told.has(trip.reason);
    this.#told.add(trip.reason);
    this.judge({ type: 'trip', trip }, atMs);
    if (!repeated) this.lastTrip = trip;
    this.stationEvent({ type: 'trip', trip, atMs });
    this.#events.session({ type: 'trip', trip, atMs });
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

  judge(input: InterlockInput, atMs: number): void {
    const step = interlockStep(this.#settings.interlock, this.lock, input, atMs);
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
        this.trip(
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
        this.send(output.device, { action: 'close' }, atMs);
        this.observe(
          { type: 'sent', device: output.device, action: 'close', side: null, leaseMs: 0, targetC: null },
          atMs,
        );
        this.equipment.valve(output.device, { type: 'close-sent', atMs });
        this.#effects.record({ type: 'close', body: { device: output.device } });
        return;
      case 'open':
      case 'renew': {
        const { type, device, leaseMs, targetC, side } = output;
        this.send(device, { action: type, leaseMs, targetC }, atMs);
        this.observe({ type: 'sent', device, action: type, side, leaseMs, targetC }, atMs);
        this.equipment.valve(device, { type: `${type}-sent`, leaseMs, atMs });
        if (type === 'renew') this.#effects.record({ type: 'renew', body: { device, lease_ms: leaseMs } });
        return;
      }
    }
  }

  send(id: DeviceId, command: DeviceCommand, atMs: number): void {
    this.equipment.command(id, command, atMs);
  }
}

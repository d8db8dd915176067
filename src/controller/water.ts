import type { InterlockInput, InterlockState } from '../../machines/interlock.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import { station as stationMachine } from '../../machines/station.ts';
import type { StationEvent } from '../../machines/station.ts';
import type { ValveEdge } from '../../machines/valve.ts';
import { hottest } from '../../machines/watch/facts.ts';
import type { WatchEdge, WatchInput, WatchState } from '../../machines/watch/index.ts';
import type { Device, DeviceCommand, SenseReading } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { Reason } from '../model/state.ts';
import type { Expectation, Trip } from '../model/want.ts';
import { NOTHING_EXPECTED } from '../model/want.ts';
import type { CoreEffects } from './effects.ts';
import { Equipment } from './equipment.ts';
import type { EquipmentEvents, TemperatureReading } from './equipment.ts';
import { Outbox } from './outbox.ts';
import type { LetOut } from './outbox.ts';
import type { Soonest } from './soonest.ts';
import type { CoreSettings } from './station-settings.ts';
import { Basins } from './basins.ts';
import type { BasinHost } from './basins.ts';
import { JOURNAL_STALLED, tellTrip } from './trips.ts';
import { Vessel } from './vessel.ts';

/** A fault of which nobody knows any more how warm it may be: no limit of a session lies below this, degrees Celsius. */
const CLEARS_ANYTHING_C = 36;

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
  /** Each body of water that feet go into, with an interlock and a watch of its own. */
  readonly vessels: readonly [Vessel, ...Vessel[]];
  readonly basins: Basins;
  /** What the session says of the moment; each vessel is told its part of it. */
  expectation: Expectation = NOTHING_EXPECTED;
  lastTrip: Trip | null = null;
  /** The vessels of each device, which never change. */
  readonly #belongs = new Map<DeviceId, readonly Vessel[]>();
  /** The flow meter is silent: nobody sees water that runs unasked. */
  flowSilent = false;
  readonly #effects: CoreEffects;
  readonly #events: WaterEvents;
  /** The opens that the journal has not answered for, by the token it was given: each interlock counts its own. */
  readonly #asked = new Map<number, { readonly vessel: Vessel; readonly token: number }>();
  #tokens = 0;
  readonly #outbox = new Outbox(
    (one) => {
      this.#sendOut(one);
    },
    (one) => {
      this.#tellOf(one);
    },
  );
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
    this.#effects = effects;
    this.#events = events;
    this.fault = stationMachine.initial(undefined);
    const [first, ...others] = settings.vessels;
    this.vessels = [new Vessel(first), ...others.map((vessel) => new Vessel(vessel))];
    this.basins = new Basins(this.vessels, this.#basinHost());
    this.equipment = new Equipment(devices, this.#equipmentEvents(effects), log, atMs, {
      stops: settings.stops,
    });
  }

  /** Of the vessel that the feet are in, or are to go into. */
  get current(): Vessel {
    const { side } = this.expectation;
    return (
      this.vessels.find(({ settings }) => side !== null && settings.basin?.name === side) ?? this.vessels[0]
    );
  }

  get lock(): InterlockState {
    return this.current.lock;
  }

  get watch(): WatchState {
    return this.current.watch;
  }

  deadlines(soonest: Soonest): void {
    this.equipment.deadlines(soonest);
    for (const vessel of this.vessels) vessel.deadlines(soonest);
    this.basins.deadlines(soonest);
  }

  clock(atMs: number): void {
    this.equipment.clockDrivers(atMs);
    for (const vessel of this.vessels) {
      const { deadlineMs } = vessel.watch;
      if (deadlineMs !== null && deadlineMs <= atMs) this.#observeIn(vessel, { type: 'clock' }, atMs);
    }
    this.judge({ type: 'clock' }, atMs);
    this.basins.clock(atMs);
    this.equipment.clockValves(atMs);
  }

  stationEvent(event: StationEvent): void {
    const step = stationMachine.step(this.fault, event);
    this.fault = step.snapshot;
    // What was latched before a restart holds the interlock too: it does not rest on the gate alone.
    if (event.type === 'restored') this.judge({ type: 'trip', trip: { response: 'abort' } }, event.atMs);
    for (const { fault } of step.wants) {
      this.judge({ type: 'clear' }, event.atMs);
      const body = { code: fault.code, detector: fault.detector };
      this.#effects.record({ type: 'clear', body });
      this.#effects.news({ type: 'event', event: 'cleared', detail: body });
    }
  }

  #basinHost(): BasinHost {
    return {
      judge: (vessel, input, atMs) => {
        this.#judgeIn(vessel, input, atMs);
      },
      expect: (vessel, atMs) => {
        this.#expectIn(vessel, atMs);
      },
      session: (event) => {
        this.#events.session(event);
      },
      trip: (trip, atMs) => {
        this.trip(trip, atMs);
      },
    };
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
      sense: (reading, atMs) => {
        this.#sense(reading, atMs);
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
        this.judge({ type: 'blind' }, atMs);
      },
      gone: (device, why, message, atMs) => {
        this.observe({ type: 'gone', device, why, message }, atMs);
      },
    };
  }

  #temperature({ device, valueC, takenAtMs }: TemperatureReading, atMs: number): void {
    const input: WatchInput = { type: 'temperature', device, valueC, takenAtMs };
    if (valueC === null) {
      this.observe(input, atMs);
      return;
    }
    for (const vessel of this.#vesselsOf(device)) {
      const step = vessel.observe(input, atMs);
      for (const trip of step.trips) this.trip(trip, atMs);
      // Before the machines hear of it: what they want then is judged by this reading, and not by the one before.
      const hottestC = hottest(vessel.watch.facts);
      this.#judgeIn(vessel, { type: 'reading', takenAtMs: vessel.oldestReading(), hottestC }, atMs);
      for (const edge of step.edges) this.#watchEdge(vessel, edge, atMs);
      if (vessel === this.current) this.#events.reading(hottestC ?? valueC, atMs);
    }
    this.#condition(atMs);
  }

  #sense(reading: SenseReading, atMs: number): void {
    // The level first: what is full by it must not be filled on.
    if (reading.kind === 'level') {
      for (const vessel of this.#vesselsOf(reading.device)) {
        const filling = vessel.filling(reading.level, reading.takenAtMs);
        if (vessel.settings.basin !== null) this.#judgeIn(vessel, { type: 'level', filling }, atMs);
      }
    }
    this.observe({ type: 'sense', device: reading.device, reading }, atMs);
  }

  /** T10: everything closes before anything else; a basin is let out then. */
  stop(atMs: number): void {
    this.judge({ type: 'stop' }, atMs);
    this.basins.letOut(atMs);
  }

  /** What the session expects of the moment, for each vessel. */
  expect(expectation: Expectation, atMs: number): void {
    this.expectation = expectation;
    this.basins.occupied(expectation.exposed || expectation.rehearsed, atMs);
    for (const vessel of this.vessels) this.#expectIn(vessel, atMs);
  }

  #expectIn(vessel: Vessel, atMs: number): void {
    const expectation = this.basins.expectationOf(vessel, this.expectation);
    this.#observeIn(vessel, { type: 'expect', expectation }, atMs);
  }

  /** Every needed thermometer has spoken lately (L20). */
  hasFreshReadings(atMs: number): boolean {
    return this.vessels.every((vessel) => vessel.hasFreshReadings(atMs));
  }

  /** For a latched fault: is the water still what it was latched for? */
  #condition(atMs: number): void {
    if (!this.fault.matches('latched')) return;
    const atMostC = this.fault.context.fault?.clearsAtC ?? CLEARS_ANYTHING_C;
    const holds = this.vessels.some(({ watch }) => (hottest(watch.facts) ?? Infinity) > atMostC);
    this.stationEvent({ type: 'condition', holds, atMs });
  }

  #valveEdge(id: DeviceId, edge: ValveEdge, atMs: number): void {
    switch (edge.type) {
      case 'verified-open':
        this.observe({ type: 'verified', device: id, status: 'open' }, atMs);
        for (const vessel of this.#vesselsOf(id)) {
          if (vessel.settings.watch.basin?.drain === id) this.basins.shut(vessel, atMs);
        }
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

  /** What is of one device goes to its vessel, everything else to all of them. */
  observe(input: WatchInput, atMs: number): void {
    const concerned = 'device' in input ? this.#vesselsOf(input.device) : this.vessels;
    for (const vessel of concerned) this.#observeIn(vessel, input, atMs);
  }

  #observeIn(vessel: Vessel, input: WatchInput, atMs: number): void {
    const step = vessel.observe(input, atMs);
    for (const trip of step.trips) this.trip(trip, atMs);
    for (const edge of step.edges) this.#watchEdge(vessel, edge, atMs);
  }

  #vesselsOf(device: DeviceId): readonly Vessel[] {
    const known = this.#belongs.get(device);
    if (known !== undefined) return known;
    const vessels = this.vessels.filter((vessel) => vessel.has(device));
    this.#belongs.set(device, vessels);
    return vessels;
  }

  #watchEdge(vessel: Vessel, edge: WatchEdge, atMs: number): void {
    if (this.basins.edge(vessel, edge, atMs)) return;
    if (edge.type === 'flow-silent' || edge.type === 'flow-heard') {
      this.flowSilent = edge.type === 'flow-silent';
      this.#effects.record({ type: 'flow', body: { silent: this.flowSilent } });
      return;
    }
    if (edge.type === 'steady') {
      this.#effects.record({ type: 'proved', body: { ...edge } });
      this.#events.session({ type: 'steady', plateauC: edge.plateauC, atMs });
      return;
    }
    if (edge.type === 'fresh' || edge.type === 'seen' || edge.type === 'banded' || edge.type === 'unbanded')
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
    // A pause keeps what is in a basin.
    if (trip.response !== 'hold') this.basins.letOut(atMs);
    if (!repeated) this.lastTrip = trip;
    this.stationEvent({ type: 'trip', trip, atMs });
    this.#events.session({ type: 'trip', trip, atMs });
    if (!repeated) tellTrip(trip, this.vessels, this.#effects);
  }

  judge(input: InterlockInput, atMs: number): void {
    const concerned = 'device' in input ? this.#vesselsOf(input.device) : this.vessels;
    for (const vessel of concerned) this.#outbox.put(vessel, vessel.judge(input, atMs), atMs);
    this.#outbox.flush();
  }

  /** The journal has an open, or could not take it. */
  journalled(token: number, ok: boolean, atMs: number): void {
    const asked = this.#asked.get(token);
    this.#asked.delete(token);
    if (asked !== undefined)
      this.#judgeIn(asked.vessel, { type: 'journalled', token: asked.token, ok }, atMs);
  }

  #judgeIn(vessel: Vessel, input: InterlockInput, atMs: number): void {
    this.#outbox.put(vessel, vessel.judge(input, atMs), atMs);
    this.#outbox.flush();
  }

  /** On the wire: nothing is told of it yet. */
  #sendOut({ output, atMs }: LetOut): void {
    if (output.type === 'close') this.send(output.device, { action: 'close' }, atMs);
    else if (output.type === 'open' || output.type === 'renew') {
      const { type, device, leaseMs, targetC } = output;
      this.send(device, { action: type, leaseMs, targetC }, atMs);
    }
  }

  /** What is known of a valve first: the watch may find something, and what it closes then is the newer command. */
  #tellOf({ vessel, output, atMs }: LetOut): void {
    const { type, device } = output;
    switch (type) {
      case 'ask':
        this.#tokens += 1;
        this.#asked.set(this.#tokens, { vessel, token: output.token });
        this.#effects.askJournal(this.#tokens, {
          type: 'open',
          body: { device, target_c: output.targetC },
        });
        return;
      case 'dropped':
        this.trip(JOURNAL_STALLED, atMs);
        return;
      case 'close':
        this.equipment.valve(device, { type: 'close-sent', atMs });
        this.observe({ type: 'sent', device, action: 'close', side: null, leaseMs: 0, targetC: null }, atMs);
        this.#effects.record({ type: 'close', body: { device } });
        return;
      case 'open':
      case 'renew': {
        const { leaseMs, targetC, side } = output;
        this.equipment.valve(device, { type: `${type}-sent`, leaseMs, atMs });
        this.observe({ type: 'sent', device, action: type, side, leaseMs, targetC }, atMs);
        if (type === 'renew') this.#effects.record({ type: 'renew', body: { device, lease_ms: leaseMs } });
        return;
      }
    }
  }

  send(id: DeviceId, command: DeviceCommand, atMs: number): void {
    this.equipment.command(id, command, atMs);
  }
}

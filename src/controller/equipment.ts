import { link } from '../../machines/link.ts';
import type { LinkEvent } from '../../machines/link.ts';
import { ENVELOPE } from '../../machines/envelope.ts';
import { valve, valveDeadline } from '../../machines/valve.ts';
import type { ValveEdge, ValveEvent } from '../../machines/valve.ts';
import type {
  Ack,
  ButtonAction,
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DeviceFault,
  DriverInput,
  DriverStep,
  Outgoing,
  Reading,
  SenseReading,
} from '../model/device.ts';
import { isOutputRole } from '../model/device.ts';
import type { DeviceId } from '../model/ids.ts';
import type { Log } from '../model/log.ts';
import type { CoreRecord } from './effects.ts';
import type { News } from './news.ts';
import type { Soonest } from './soonest.ts';

export interface DeviceRuntime {
  readonly device: Device;
  state: unknown;
  deadlineMs: number | null;
  link: ReturnType<typeof link.initial>;
}

export type TemperatureReading = Extract<Reading, { kind: 'temperature' }>;

/** What the devices of a station tell the rest of it. */
export interface EquipmentEvents {
  publish(out: Outgoing): void;
  record(record: CoreRecord): void;
  news(news: News): void;
  button(device: Device, action: ButtonAction): void;
  temperature(reading: TemperatureReading, atMs: number): void;
  sense(reading: SenseReading, atMs: number): void;
  ack(ack: Ack, atMs: number): void;
  valveEdge(id: DeviceId, edge: ValveEdge, atMs: number): void;
  /** A water device came up: it is closed and verified before anything else. */
  up(id: DeviceId, atMs: number): void;
  /** A water device cannot be reached: nothing is known of it. */
  lost(id: DeviceId, atMs: number): void;
  /** The link to the broker changed: no reading from before it counts any more. */
  blind(atMs: number): void;
  /** Of what water rests on: an output, or a button that is to stop it. */
  gone(id: DeviceId, why: 'offline' | 'rebooted' | 'refused', message: string, atMs: number): void;
}

/** The devices of a station: their drivers, the links to them, and what is known of their valves. */
export class Equipment {
  readonly devices = new Map<DeviceId, DeviceRuntime>();
  readonly valves = new Map<DeviceId, ReturnType<typeof valve.initial>>();
  /** The devices in a list: their deadlines are asked for after each input. */
  readonly #runtimes: DeviceRuntime[] = [];
  /** What each device told last, for people. */
  readonly readings = new Map<DeviceId, { readonly value: number | string | null; readonly atMs: number }>();
  readonly #events: EquipmentEvents;
  readonly #log: Log;
  /** Devices that said they cannot do what their role needs, and why. They count as not there. */
  readonly #unfit = new Map<DeviceId, string>();
  /** What a device answered last that is no use, for the person who asks why nothing starts. */
  readonly #refusals = new Map<DeviceId, string>();
  readonly #stops: readonly DeviceId[];
  readonly #ownLink: (device: Device) => boolean;
  readonly #believesRetained: boolean;
  #brokerUp = false;

  /**
   * @param stops the buttons without which no water runs
   * @param ownLink devices of which the broker's coming and going says nothing; at a bath every device counts as gone with it
   * @param believesRetained who was there counts though nobody knows when that was said: never at a bath
   */
  constructor(
    devices: readonly Device[],
    events: EquipmentEvents,
    log: Log,
    atMs: number,
    {
      stops = [],
      ownLink = () => false,
      believesRetained = false,
    }: {
      readonly stops?: readonly DeviceId[];
      readonly ownLink?: (device: Device) => boolean;
      readonly believesRetained?: boolean;
    } = {},
  ) {
    this.#stops = stops;
    this.#ownLink = ownLink;
    this.#believesRetained = believesRetained;
    this.#events = events;
    this.#log = log;
    for (const device of devices) {
      const step = device.init(atMs);
      const runtime: DeviceRuntime = {
        device,
        state: step.state,
        deadlineMs: step.nextDeadlineMs,
        link: link.initial(undefined),
      };
      if (ownLink(device)) runtime.link = link.step(runtime.link, { type: 'broker-up', atMs }).snapshot;
      this.devices.set(device.id, runtime);
      this.#runtimes.push(runtime);
      if (isOutputRole(device.role)) {
        const { travelMs, reportMs } = device.declaration;
        this.valves.set(device.id, valve.initial({ travelMs, reportMs }));
      }
    }
  }

  /** Every device that opens water is verified closed, and a heater off. A drain may be held shut meanwhile. */
  get allClosed(): boolean {
    for (const [id, { value }] of this.valves)
      if (value !== 'closed' && this.devices.get(id)?.device.role !== 'drain') return false;
    return true;
  }

  /** Why a device that is not there cannot be used, in its own or its driver's words; null where it is just silent. */
  whyNot(id: DeviceId): string | null {
    return this.#unfit.get(id) ?? this.#refusals.get(id) ?? null;
  }

  /** The broker connection came up or went down. */
  broker(up: boolean, atMs: number): void {
    this.#brokerUp = up;
    this.#events.blind(atMs);
    for (const runtime of this.devices.values()) {
      if (this.#ownLink(runtime.device)) continue;
      this.#linkEvent(runtime, { type: up ? 'broker-up' : 'broker-down', atMs });
      this.#driver(runtime, { type: 'link', up }, atMs);
    }
  }

  message(
    input: { topic: string; payload: string; retained: boolean },
    to: readonly DeviceId[],
    atMs: number,
  ): void {
    const { topic, payload, retained } = input;
    const heard: DriverInput = { type: 'message', topic, payload, retained };
    for (const id of to) {
      const runtime = this.devices.get(id);
      if (runtime !== undefined) this.#driver(runtime, heard, atMs);
    }
  }

  /** Hands a command to its driver, and so to the bus. */
  command(id: DeviceId, command: DeviceCommand, atMs: number): void {
    const runtime = this.devices.get(id);
    if (runtime === undefined) return;
    // The bytes first, the news of them second.
    this.#driver(runtime, { type: 'command', command }, atMs);
    if (command.action !== 'sample') this.#events.news(commandNews(id, command));
  }

  /** Drivers poll and play their patterns. */
  clockDrivers(atMs: number): void {
    for (const runtime of this.#runtimes) {
      if (runtime.deadlineMs !== null && runtime.deadlineMs <= atMs)
        this.#driver(runtime, { type: 'clock' }, atMs);
    }
  }

  clockValves(atMs: number): void {
    for (const [id, snapshot] of this.valves) {
      const dueMs = valveDeadline(snapshot.context);
      if (dueMs !== null && dueMs <= atMs) this.valve(id, { type: 'clock', atMs });
    }
  }

  deadlines(soonest: Soonest): void {
    for (const { deadlineMs } of this.#runtimes) soonest.add(deadlineMs);
    for (const { context } of this.valves.values()) soonest.add(valveDeadline(context));
  }

  valve(id: DeviceId, event: ValveEvent): void {
    const before = this.valves.get(id);
    if (before === undefined) return;
    const step = valve.step(before, event);
    this.valves.set(id, step.snapshot);
    for (const edge of step.wants) this.#events.valveEdge(id, edge, event.atMs);
  }

  #driver(runtime: DeviceRuntime, input: DriverInput, atMs: number): void {
    const { device } = runtime;
    let step: DriverStep<unknown>;
    try {
      step = device.step(runtime.state, input, atMs);
    } catch (error) {
      // A driver that throws is our mistake; its device is as good as gone, and the rest goes on.
      this.#log.error({ device: device.id, error: String(error) }, 'driver failed');
      if (this.valves.has(device.id) || this.#stops.includes(device.id))
        this.#events.gone(device.id, 'refused', 'its driver failed', atMs);
      return;
    }
    runtime.state = step.state;
    runtime.deadlineMs = step.nextDeadlineMs;
    for (const out of step.out) this.#events.publish(out);
    for (const fault of step.faults) this.#deviceFault(runtime, fault, atMs);
    for (const ack of step.acks) this.#events.ack(ack, atMs);
    for (const reading of step.readings) this.#reading(runtime, reading, atMs);
  }

  #deviceFault(runtime: DeviceRuntime, fault: DeviceFault, atMs: number): void {
    switch (fault.type) {
      case 'presence':
        this.#linkEvent(runtime, { type: fault.online ? 'device-up' : 'device-down', atMs });
        return;
      case 'rebooted':
        this.#log.warn({ device: fault.device }, 'device restarted');
        this.#events.record({ type: 'rebooted', body: { device: fault.device } });
        this.#events.news({ type: 'event', event: 'device_restarted', detail: { device: fault.device } });
        if (!this.valves.has(fault.device)) return;
        this.#events.gone(fault.device, 'rebooted', 'it restarted by itself', atMs);
        this.#events.up(fault.device, atMs);
        return;
      case 'refused':
        this.#log.warn({ device: fault.device, message: fault.message }, 'device refused');
        this.#refusals.set(fault.device, fault.message);
        if (this.valves.has(fault.device)) {
          this.#events.gone(fault.device, 'refused', fault.message, atMs);
        }
        return;
      case 'declared':
        this.#declared(runtime, fault.declaration, fault.model, atMs);
        return;
    }
  }

  /** What the model promises is looked at before the device counts as there, and again whenever it says so. */
  #declared(runtime: DeviceRuntime, declaration: DeviceDeclaration, model: string, atMs: number): void {
    const { id, role } = runtime.device;
    if (!isOutputRole(role)) return;
    const why = unfitForStream(declaration);
    if (why === null) {
      this.#unfit.delete(id);
      const { travelMs, reportMs } = declaration;
      const known = this.valves.get(id)?.context;
      if (known?.travelMs !== travelMs || known.reportMs !== reportMs)
        this.valves.set(id, valve.initial({ travelMs, reportMs }));
      return;
    }
    this.#unfit.set(id, `${id} is a ${model}: ${why}`);
    this.#log.warn({ device: id, model, why }, 'device does not fit its role');
    this.#linkEvent(runtime, { type: 'device-down', atMs });
    this.#events.gone(id, 'refused', why, atMs);
  }

  #linkEvent(runtime: DeviceRuntime, event: LinkEvent): void {
    if (event.type === 'device-up' && this.#unfit.has(runtime.device.id)) return;
    const step = link.step(runtime.link, event);
    runtime.link = step.snapshot;
    const { id } = runtime.device;
    for (const edge of step.wants) {
      this.#events.news({
        type: 'event',
        event: edge.type === 'up' ? 'device_up' : 'device_lost',
        detail: { device: id },
      });
      if (edge.type === 'up') this.#refusals.delete(id);
      if (this.#stops.includes(id) && edge.type === 'lost')
        this.#events.gone(
          id,
          'offline',
          `${this.#whyLost()}, and this button could stop nothing`,
          event.atMs,
        );
      if (!this.valves.has(id)) continue;
      if (edge.type === 'up') {
        this.#events.up(id, event.atMs);
      } else {
        this.#events.gone(id, 'offline', this.#whyLost(), event.atMs);
        this.valve(id, { type: 'lost', atMs: event.atMs });
        this.#events.lost(id, event.atMs);
      }
    }
  }

  #whyLost(): string {
    return this.#brokerUp
      ? 'it went offline; look at its power and its network'
      : 'the broker went away; look at the broker and the network';
  }

  #reading(runtime: DeviceRuntime, reading: Reading, atMs: number): void {
    if (reading.kind === 'presence' && reading.retained === true && !this.#believesRetained) return;
    this.readings.set(reading.device, { value: valueOf(reading), atMs });
    // A device that speaks is there, whatever its status topic says or does not say.
    if (runtime.link.value === 'connecting' && !isSilence(reading))
      this.#linkEvent(runtime, { type: 'device-up', atMs });
    switch (reading.kind) {
      case 'temperature': {
        this.#events.temperature(reading, atMs);
        this.#events.news({
          type: 'reading',
          device: reading.device,
          kind: 'temperature',
          value: reading.valueC,
        });
        return;
      }
      case 'valve':
        this.#events.news({ type: 'reading', device: reading.device, kind: 'valve', value: reading.status });
        this.valve(reading.device, {
          type: reading.status === 'open' ? 'reported-open' : 'reported-closed',
          atMs,
        });
        return;
      case 'button':
        this.#events.news({
          type: 'reading',
          device: reading.device,
          kind: 'button',
          value: reading.action.type,
        });
        this.#events.button(runtime.device, reading.action);
        return;
      case 'flow':
      case 'level':
      case 'leak':
      case 'presence':
      case 'busy':
        this.#events.sense(reading, atMs);
        this.#events.news({
          type: 'reading',
          device: reading.device,
          kind: reading.kind,
          value: valueOf(reading),
        });
        return;
    }
  }
}

/** A driver that says it knows nothing of whoever it watches: that is no word of the device. */
function isSilence(reading: Reading): boolean {
  return (
    (reading.kind === 'presence' && reading.present === null) ||
    (reading.kind === 'busy' && reading.busy === null)
  );
}

/** What a reading says, for people: a figure in the unit of its kind, or a word; null where it is no value. */
function valueOf(reading: Reading): number | string | null {
  const word = (yes: boolean | null, [one, other]: readonly [string, string]): string | null =>
    yes === null ? null : yes ? one : other;
  switch (reading.kind) {
    case 'temperature':
      return reading.valueC;
    case 'valve':
      return reading.status;
    case 'button':
      return reading.action.type;
    case 'flow':
      return reading.valueLpm;
    case 'level':
      if (reading.level?.by === 'volume') return reading.level.litres;
      return word(reading.level?.high ?? null, ['high', 'low']);
    case 'leak':
      return word(reading.leaking, ['wet', 'dry']);
    case 'presence':
      return word(reading.present, ['present', 'absent']);
    case 'busy':
      return word(reading.busy, ['busy', 'free']);
  }
}

/** On a stream the valves switch within a step: one that is slow to move or to say so, or that never closes, cannot. */
function unfitForStream({ deadline, travelMs, reportMs }: DeviceDeclaration): string | null {
  const limitS = ENVELOPE.streamTravelMs / 1_000;
  if (deadline === 'none')
    return 'it has no deadline of its own, so it would stay open when Ebb dies; use a relay with a timer';
  if (travelMs > ENVELOPE.streamTravelMs)
    return `it takes ${travelMs / 1_000} s to move, and on a stream a valve moves within ${limitS} s; use a solenoid valve behind a relay`;
  if (travelMs + reportMs > ENVELOPE.streamTravelReportMs)
    return `it moves and reports within ${(travelMs + reportMs) / 1_000} s, and on a stream that is at most ${ENVELOPE.streamTravelReportMs / 1_000} s`;
  return null;
}

function commandNews(device: DeviceId, command: DeviceCommand): News {
  const lease = 'leaseMs' in command ? command : { leaseMs: null, targetC: null };
  return {
    type: 'command',
    device,
    action: command.action === 'sample' ? 'set' : command.action,
    leaseMs: lease.leaseMs,
    targetC: lease.targetC,
    cue: command.action === 'cue' ? command.cue.name : null,
  };
}

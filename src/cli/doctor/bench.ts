import { createDevice } from '../../../devices/index.ts';
import type { Clock, Timer } from '../../clock/clock.ts';
import type { Config } from '../../config/index.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import type {
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DriverInput,
  DriverStep,
  Reading,
} from '../../model/device.ts';
import { isOutputRole } from '../../model/device.ts';
import type { StationId } from '../../model/ids.ts';
import type { DeviceSettings, StationSettings } from '../../model/station.ts';
import { topicMatches } from '../../transports/topics.ts';

/** A device on the bench, and what it has said since it lies there. Times are monotonic milliseconds. */
export interface Seat {
  /** The station that it belongs to. */
  readonly place: StationId;
  /** What of that has to do with water; null at a desk or a spot. */
  readonly station: StationSettings | null;
  readonly settings: DeviceSettings;
  readonly device: Device;
  /** What its driver promises, or its model once the driver knows which one it is. */
  declaration: DeviceDeclaration;
  /** It has said that it is there, or has said anything, and not that it is gone. */
  up: boolean;
  /** What it said last of why it is no use, in words; null once it is there. */
  why: string | null;
  /** What it said last is of the way to it: nobody answers there. */
  unreached: boolean;
  /** The last word of an output: true, its coil is held. null: nothing since it was lost. */
  held: { readonly held: boolean; readonly atMs: number } | null;
  /** The last leases that it granted, newest last. */
  readonly grants: { readonly leaseMs: number; readonly atMs: number }[];
  /** The last readings of whatever it senses, newest last. */
  readonly readings: { readonly reading: Reading; readonly atMs: number }[];
  /** How often it said that it restarted. */
  restarts: number;
}

interface Running extends Seat {
  state: unknown;
  deadlineMs: number | null;
}

/** Why nothing may be opened any more. */
export interface Halt {
  /** `person`: by a press or an interrupt; `home`: another controller, or the link to the broker. */
  readonly by: 'person' | 'home';
  /** In words, after a colon. */
  readonly why: string;
}

const LINK_DOWN: Halt = { by: 'home', why: 'the link to the broker is down' };

/** As many as a slow look at one device can need. */
const KEPT = 500;

/**
 * The devices of a home, each with its driver, and nobody who controls them: nothing is opened but by `command`. As
 * everywhere, a driver that meets its device closes it first.
 */
export class Bench {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #water: boolean;
  readonly #running: readonly Running[];
  #timer: Timer | null = null;
  #linkUp = false;
  #ended = false;
  /** Another controller has come online, or a person pressed stop: whatever is open closes, and nothing opens again. */
  #halt: Halt | null = null;

  /**
   * @param water valves may be opened, so each press of a button or stop button ends it; else a press only shows that
   *   the button is there
   * @param changed told after each word of a device
   */
  constructor(
    home: Pick<Config, 'stations' | 'desks'>,
    bus: Bus,
    clock: Clock,
    water: boolean,
    changed: () => void,
  ) {
    this.#bus = bus;
    this.#clock = clock;
    this.#water = water;
    this.#changed = changed;
    const atMs = clock.nowMs();
    this.#running = [
      ...home.stations.flatMap((bath) => bath.devices.map((one) => seatOf(bath.id, bath, one, atMs))),
      ...home.desks.flatMap((desk) => desk.devices.map((one) => seatOf(desk.id, null, one, atMs))),
    ];
    bus.onMessage((message) => {
      this.#deliver(message);
    });
    bus.subscribe(['ebb/status', ...this.#running.flatMap(({ device }) => device.topics)]);
    bus.onLink((up) => {
      this.#linkUp = up;
      for (const seat of this.#running) {
        if (!up) this.#lose(seat);
        this.#step(seat, { type: 'link', up });
      }
      this.#arm();
      changed();
    });
  }

  get seats(): readonly Seat[] {
    return this.#running;
  }

  get outputs(): readonly Seat[] {
    return this.#running.filter(({ device }) => isOutputRole(device.role));
  }

  get linkUp(): boolean {
    return this.#linkUp;
  }

  /** Why nothing may be opened any more; null while it may. */
  get stopped(): Halt | null {
    return this.#halt ?? (this.#linkUp ? null : LINK_DOWN);
  }

  /** Closes everything at once, and opens nothing again. A person's stop is never taken for another one's. */
  stop(halt: Halt): void {
    if (this.#halt?.by !== 'person') this.#halt = halt;
    this.closeAll();
    this.#changed();
  }

  /** An open once the bench was stopped is not sent. */
  command(seat: Seat, command: DeviceCommand): void {
    const running = this.#running.find((one) => one === seat);
    if (running === undefined || this.#ended) return;
    if (command.action === 'open' && this.stopped !== null) return;
    this.#step(running, { type: 'command', command });
    this.#arm();
  }

  closeAll(): void {
    for (const seat of this.outputs) this.command(seat, { action: 'close' });
  }

  end(): void {
    this.closeAll();
    this.#ended = true;
    this.#timer?.cancel();
  }

  #deliver(message: BusMessage): void {
    if (this.#ended) return;
    if (message.topic === 'ebb/status' && message.payload === 'online') {
      this.stop({ by: 'home', why: 'a controller came online: the devices are its own' });
      return;
    }
    for (const seat of this.#running) {
      const isHeard = seat.device.topics.some((filter) => topicMatches(filter, message.topic));
      if (isHeard) this.#step(seat, { ...message, type: 'message' });
    }
    this.#arm();
    this.#changed();
  }

  #step(seat: Running, input: DriverInput): void {
    const atMs = this.#clock.nowMs();
    const step: DriverStep<unknown> = seat.device.step(seat.state, input, atMs);
    seat.state = step.state;
    seat.deadlineMs = step.nextDeadlineMs;
    for (const out of step.out) this.#bus.publish(out);
    for (const fault of step.faults) {
      if (fault.type === 'refused') {
        seat.why = fault.message;
        seat.unreached = fault.unreached === true;
      } else if (fault.type === 'rebooted') seat.restarts += 1;
      else if (fault.type === 'declared') seat.declaration = fault.declaration;
      else if (fault.online) this.#meet(seat);
      else this.#lose(seat);
    }
    for (const { leaseMs } of step.acks) keep(seat.grants, { leaseMs, atMs });
    for (const reading of step.readings) {
      // What lay at the broker is no word of a device that is there.
      if (reading.kind === 'presence' && reading.retained === true) continue;
      // A device that speaks is there, whatever its status topic says or does not say.
      if (!seat.up) this.#meet(seat);
      if (reading.kind === 'valve') seat.held = { held: reading.status === 'open', atMs };
      else if (reading.kind === 'button' && this.#water)
        this.stop({ by: 'person', why: `${seat.device.id} was pressed` });
      else keep(seat.readings, { reading, atMs });
    }
  }

  #meet(seat: Running): void {
    if (seat.up) return;
    seat.up = true;
    seat.why = null;
    // What was said before it came counts for nothing, and most devices say closed only where they are told to.
    if (isOutputRole(seat.device.role)) this.#step(seat, { type: 'command', command: { action: 'close' } });
  }

  #lose(seat: Running): void {
    seat.up = false;
    seat.held = null;
  }

  #arm(): void {
    this.#timer?.cancel();
    const due = this.#running.map(({ deadlineMs }) => deadlineMs ?? Infinity);
    const dueMs = Math.min(Infinity, ...due);
    if (this.#ended || dueMs === Infinity) return;
    this.#timer = this.#clock.at(dueMs, 'doctor', () => {
      const nowMs = this.#clock.nowMs();
      for (const seat of this.#running) {
        if (seat.deadlineMs !== null && seat.deadlineMs <= nowMs) this.#step(seat, { type: 'clock' });
      }
      this.#arm();
      this.#changed();
    });
  }
}

function seatOf(
  place: StationId,
  station: StationSettings | null,
  settings: DeviceSettings,
  atMs: number,
): Running {
  const device = createDevice(settings);
  const { state, nextDeadlineMs } = device.init(atMs);
  return {
    place,
    station,
    settings,
    device,
    declaration: device.declaration,
    up: false,
    why: null,
    unreached: false,
    held: null,
    grants: [],
    readings: [],
    restarts: 0,
    state,
    deadlineMs: nextDeadlineMs,
  };
}

function keep<Kept>(list: Kept[], one: Kept): void {
  list.push(one);
  if (list.length > KEPT) list.shift();
}

import { createDevice } from '../../devices/index.ts';
import type { Timer } from '../../src/clock/clock.ts';
import type {
  Ack,
  Device,
  DeviceCommand,
  DeviceFault,
  DriverInput,
  DriverStep,
  Reading,
  Role,
} from '../../src/model/device.ts';
import { silentLog } from '../../src/model/log.ts';
import type { Plug } from '../../src/model/port.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';
import { avrBody } from '../firmware-sim/boards/body.ts';
import { bytesOf } from '../firmware-sim/boards/talk.ts';

export const PORT = '/dev/ttyUSB0';

/** A device with what it has said, and when. */
export class Seat {
  readonly device: Device;
  still = false;
  readings: (Reading & { readonly atMs: number })[] = [];
  acks: (Ack & { readonly atMs: number })[] = [];
  faults: DeviceFault[] = [];
  readonly #bench: BoardBench;
  #state: unknown;
  #timer: Timer | null = null;

  constructor(bench: BoardBench, role: Role, part: Record<string, unknown>) {
    this.#bench = bench;
    const options = { port: PORT, ...part };
    this.device = createDevice({ id: `foot-bath-${role}`, role, driver: 'board', options, travelMs: null });
    this.#take(this.device.init(bench.clock.nowMs()));
  }

  feed(input: DriverInput): void {
    if (this.still) return;
    this.#take(this.device.step(this.#state, input, this.#bench.clock.nowMs()));
  }

  command(command: DeviceCommand): void {
    this.feed({ type: 'command', command });
  }

  open(leaseMs = 2_000): void {
    this.command({ action: 'open', leaseMs, targetC: null });
  }

  renew(leaseMs = 2_000): void {
    this.command({ action: 'renew', leaseMs, targetC: null });
  }

  close(): void {
    this.command({ action: 'close' });
  }

  forget(): this {
    [this.readings, this.acks, this.faults] = [[], [], []];
    return this;
  }

  get statuses(): string[] {
    return this.readings.flatMap((reading) => (reading.kind === 'valve' ? [reading.status] : []));
  }

  get presses(): string[] {
    return this.readings.flatMap((reading) =>
      reading.kind !== 'button'
        ? []
        : [reading.action.type === 'hold' ? `hold ${reading.action.heldMs}` : reading.action.type],
    );
  }

  get said(): string[] {
    return this.faults.map((fault) => {
      if (fault.type === 'presence') return fault.online ? 'there' : 'gone';
      return fault.type === 'refused' ? fault.message : fault.type;
    });
  }

  #take(step: DriverStep<unknown>): void {
    const atMs = this.#bench.clock.nowMs();
    this.#state = step.state;
    for (const out of step.out) this.#bench.bus.publish(out);
    this.readings.push(...step.readings.map((reading) => ({ ...reading, atMs })));
    this.acks.push(...step.acks.map((ack) => ({ ...ack, atMs })));
    this.faults.push(...step.faults);
    this.#timer?.cancel();
    const { nextDeadlineMs } = step;
    this.#timer =
      nextDeadlineMs === null
        ? null
        : this.#bench.clock.at(nextDeadlineMs, 'driver', () => {
            this.feed({ type: 'clock' });
          });
  }
}

/** Drivers, transport and a wire, and at its end the committed firmware in the emulated chip. */
export class BoardBench {
  readonly body = avrBody();
  readonly clock = this.body.clock;
  readonly ports = new MemoryPorts(this.clock);
  readonly bus = withPorts(
    new MemoryBroker({ clock: this.clock, random: new Random(1, 'bus') }).connect({ clientId: 'ebb' }),
    { ports: this.ports, clock: this.clock, random: new Random(1, 'ports'), log: silentLog },
  );
  /** What went over the wire, both ways, without ends of lines. */
  readonly wire: { readonly from: 'controller' | 'device'; readonly line: string; readonly atMs: number }[] =
    [];
  /** What the line does to what goes to the board and comes from it; null loses it. */
  disturb: (from: 'controller' | 'device', line: string) => string | null = (_, line) => line;
  #plug: Plug | null = null;
  readonly #seats: Seat[] = [];
  #saying = '';
  #hearing = '';

  constructor() {
    this.body.onByte((byte) => {
      this.#saying += String.fromCharCode(byte);
      this.#pass('device');
    });
    this.bus.onMessage(({ topic, payload, retained }) => {
      for (const seat of this.#seats) {
        if (seat.device.topics.includes(topic)) seat.feed({ type: 'message', topic, payload, retained });
      }
    });
    this.plugIn();
  }

  plugIn(): void {
    const plug = this.ports.plug(PORT);
    plug.onOpen((open) => {
      if (open) this.body.rig.reset();
    });
    plug.onData((bytes) => {
      this.#hearing += String.fromCharCode(...bytes);
      this.#pass('controller');
    });
    this.#plug = plug;
  }

  unplug(noticed = true): void {
    this.#plug?.unplug({ noticed });
    this.#plug = null;
  }

  add(role: Role, part: Record<string, unknown>): Seat {
    const seat = new Seat(this, role, part);
    this.#seats.push(seat);
    return seat;
  }

  /** Everything that was added meets the board. */
  meet(): this {
    this.bus.subscribe(this.#seats.flatMap(({ device }) => device.topics));
    this.run(500);
    return this;
  }

  run(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  /** Renews as the controller does, every third of a lease. */
  hold(seat: Seat, ms: number, leaseMs = 2_000): void {
    for (const endMs = this.clock.nowMs() + ms; this.clock.nowMs() < endMs;) {
      this.run(leaseMs / 3);
      seat.renew(leaseMs);
    }
  }

  /** The drivers do nothing any more, as in a process that is stopped. */
  standStill(): void {
    for (const seat of this.#seats) seat.still = true;
  }

  close(): void {
    void this.body.close();
  }

  #pass(from: 'controller' | 'device'): void {
    const lines = (from === 'device' ? this.#saying : this.#hearing).split('\n');
    const rest = lines.pop() ?? '';
    if (from === 'device') this.#saying = rest;
    else this.#hearing = rest;
    for (const line of lines) {
      this.wire.push({ from, line, atMs: this.clock.nowMs() });
      const heard = this.disturb(from, line);
      if (heard === null) continue;
      if (from === 'device') this.#plug?.write(bytesOf(`${heard}\n`));
      else this.body.send(bytesOf(`${heard}\n`));
    }
  }
}

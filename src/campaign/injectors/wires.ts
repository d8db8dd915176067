import type { BusFaults, Disturbance } from '../../../firmware-sim/faults/index.ts';
import type { Clock } from '../../clock/clock.ts';
import type { Bus, BusMessage, BusOptions } from '../../model/bus.ts';
import type { Random } from '../../random/random.ts';
import type { MemoryBroker } from '../../transports/memory.ts';

export interface WiresOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly broker: MemoryBroker;
  /** The controller's client id. */
  readonly clientId: string;
}

/** From a stranger's goodbye to the controller trying again, milliseconds. */
const AGAIN_MS = 1_000;
/** Within so long everybody finds a broker that is back, milliseconds. */
const FOUND_MS = 1_000;

/** Every connection of the world: what gets lost, doubled, late or cut on its way to the broker and from it. */
export class Wires implements BusFaults {
  readonly #options: WiresOptions;
  readonly #wires = new Map<string, Wire>();
  /** Every one that there ever was: of one id there may be two. */
  readonly #all: Wire[] = [];
  readonly #disturbed = new Map<string, Disturbance>();
  #stranger: Bus | null = null;

  constructor(options: WiresOptions) {
    this.#options = options;
  }

  /** As the broker's own `connect`, through a wire that can be broken. */
  readonly connect = (options: BusOptions): Wire => {
    const { broker, clock, random } = this.#options;
    const { clientId } = options;
    const wire = new Wire(clientId, broker.connect(options), clock, random);
    wire.how = this.#disturbed.get(clientId);
    this.#wires.set(clientId, wire);
    this.#all.push(wire);
    return wire;
  };

  disturb(client: string, how: Disturbance | null): void {
    if (how === null) this.#disturbed.delete(client);
    else this.#disturbed.set(client, how);
    for (const wire of this.#all) if (wire.clientId === client) wire.how = how ?? undefined;
  }

  cut(
    client: string,
    {
      clientAfterMs,
      brokerAfterMs,
      backMs,
    }: { readonly clientAfterMs: number; readonly brokerAfterMs: number; readonly backMs: number },
  ): void {
    const wire = this.#wires.get(client);
    if (wire === undefined) return;
    this.#options.broker.drop(wire.end, { clientAfterMs, brokerAfterMs });
    this.#restore(wire, backMs);
  }

  restartBroker(backMs: number): void {
    const { broker, clock } = this.#options;
    broker.stop();
    clock.at(clock.nowMs() + backMs, 'broker is back', () => {
      broker.start(FOUND_MS);
    });
  }

  publish(topic: string, payload: string, retain: boolean): void {
    const { broker, clock } = this.#options;
    this.#stranger ??= broker.connect({ clientId: 'a-stranger' });
    const stranger = this.#stranger;
    // It has to be connected first, which takes a few milliseconds.
    clock.at(clock.nowMs() + 50, 'a stranger publishes', () => {
      stranger.publish({ topic, payload, qos: 1, retain });
    });
  }

  takeOver(forMs: number): void {
    const { broker, clock, clientId } = this.#options;
    const wire = this.#wires.get(clientId);
    const thief = broker.connect({ clientId });
    clock.at(clock.nowMs() + forMs, 'the thief leaves', () => {
      void thief.close();
      if (wire !== undefined) this.rejoin(wire);
    });
  }

  /** The process at this end is gone: the broker hears of it, and nothing brings the connection back. */
  died(wire: Wire): void {
    const { broker, clock } = this.#options;
    wire.gone = true;
    // What was written before is in the kernel's hands, and still goes out.
    clock.at(clock.nowMs() + 10, 'the socket of a dead process', () => {
      broker.drop(wire.end);
    });
  }

  /** Whoever was thrown out comes back, after looking whether the other one is still there. */
  rejoin(wire: Wire): void {
    this.#restore(wire, AGAIN_MS);
  }

  #restore(wire: Wire, afterMs: number): void {
    const { broker, clock } = this.#options;
    clock.at(clock.nowMs() + afterMs, 'the wire is whole', () => {
      if (wire.gone) return;
      this.#wires.set(wire.clientId, wire);
      broker.restore(wire.end);
    });
  }
}

/** One connection. */
export class Wire implements Bus {
  readonly clientId: string;
  /** The broker's end. */
  readonly end: Bus;
  gone = false;
  /** What happens to all that goes over it; undefined: nothing. */
  how: Disturbance | undefined = undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  /** What was under way on an earlier connection is lost. */
  #epoch = 0;
  /** When the last of each topic comes through, out and in. */
  readonly #outMs = new Map<string, number>();
  readonly #inMs = new Map<string, number>();

  constructor(clientId: string, end: Bus, clock: Clock, random: Random) {
    this.clientId = clientId;
    this.end = end;
    this.#clock = clock;
    this.#random = random;
    end.onLink(() => {
      this.#epoch += 1;
    });
  }

  publish(message: Parameters<Bus['publish']>[0]): void {
    const { how } = this;
    if (how === undefined) this.end.publish(message);
    else
      this.#disturb(how, this.#outMs, message.topic, () => {
        this.end.publish(message);
      });
  }

  subscribe(filters: readonly string[]): void {
    this.end.subscribe(filters);
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.end.onMessage((message) => {
      const { how } = this;
      if (how === undefined) listener(message);
      else
        this.#disturb(how, this.#inMs, message.topic, () => {
          listener(message);
        });
    });
  }

  onLink(listener: (up: boolean) => void): void {
    this.end.onLink(listener);
  }

  onTakenOver(listener: () => void): void {
    this.end.onTakenOver(listener);
  }

  close(): Promise<void> {
    return this.end.close();
  }

  /** What MQTT promises holds: of one topic nothing overtakes anything, and a second copy follows the first. */
  #disturb(how: Disturbance, throughMs: Map<string, number>, topic: string, pass: () => void): void {
    const random = this.#random;
    if (random.chance(how.drop)) return;
    const lane = how.reorder ? topic : '';
    const copies = random.chance(how.duplicate) ? 2 : 1;
    const epoch = this.#epoch;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = this.#clock.nowMs() + random.between(how.reorder ? 0 : how.delayMs / 2, how.delayMs);
      const atMs = Math.max(lateMs, throughMs.get(lane) ?? 0);
      throughMs.set(lane, atMs);
      this.#clock.at(atMs, 'disturbed wire', () => {
        if (epoch === this.#epoch) pass();
      });
    }
  }
}

import type { Clock } from '../../../src/clock/clock.ts';
import type { ProbePort } from '../../gadgets/ports.ts';
import { packed, SYSEX, unpacked } from './words.ts';

/** A probe on a one-wire pin. */
export interface OneWireProbe {
  /** Its eight bytes: the family 0x28, six of its own, a checksum. `romOf` makes them. */
  readonly rom: readonly number[];
  /** NaN: its wire is cut. */
  readonly port: ProbePort;
}

const FAMILY = 0x28;
const CONVERT = 0x44;
const READ_SCRATCHPAD = 0xbe;
/** A conversion of 12 bits. */
const CONVERT_MS = 750;

/** The address of the DS18B20 with this serial number (six bytes, the last one first on the wire). */
export function romOf(serial: number): readonly number[] {
  const bytes = [FAMILY];
  for (let rest = serial; bytes.length < 7; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  return [...bytes, crc8(bytes)];
}

/** The checksum of Maxim's one-wire devices: X8 + X5 + X4 + 1, the lowest bit first. */
export function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}

/** A DS18B20 by its commands: what it holds is the conversion before, and 85 C after power. */
class Ds18b20 {
  readonly probe: OneWireProbe;
  readonly #clock: Clock;
  #heldC = 85;
  #converting: { readonly doneMs: number } | null = null;

  constructor(probe: OneWireProbe, clock: Clock) {
    this.probe = probe;
    this.#clock = clock;
  }

  get there(): boolean {
    return !Number.isNaN(this.probe.port.read());
  }

  convert(): void {
    this.#finish();
    this.#converting ??= { doneMs: this.#clock.nowMs() + CONVERT_MS };
  }

  scratchpad(): readonly number[] {
    this.#finish();
    const raw = Math.round(this.#heldC * 16) & 0xffff;
    const bytes = [raw & 0xff, raw >> 8, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10];
    return [...bytes, crc8(bytes)];
  }

  #finish(): void {
    if (this.#converting === null || this.#clock.nowMs() < this.#converting.doneMs) return;
    this.#heldC = this.probe.port.read();
    this.#converting = null;
  }
}

/** The bits of a command message (onewire.md). */
const DO = { reset: 0x01, skip: 0x02, select: 0x04, read: 0x08, delay: 0x10, write: 0x20 } as const;
const WITH_DATA = DO.select | DO.read | DO.delay | DO.write;
const SUB = { search: 0x40, config: 0x41, searchReply: 0x42, readReply: 0x43 } as const;

/** The one-wire pins of a ConfigurableFirmata, message by message. */
export class OneWire {
  readonly #buses = new Map<number, Bus>();
  /** The pins that were made one-wire ones; the firmware ignores all others. */
  readonly #configured = new Set<number>();

  constructor(pins: ReadonlyMap<number, readonly OneWireProbe[]>, clock: Clock) {
    for (const [pin, probes] of pins)
      this.#buses.set(pin, new Bus(probes.map((probe) => new Ds18b20(probe, clock))));
  }

  reset(): void {
    this.#configured.clear();
  }

  /** The answer to a message, as the bytes between the frame; null for none. `config` tells of a pin that became one. */
  hear(data: readonly number[], config: (pin: number) => void): readonly number[] | null {
    const [sub = 0, pin = 0, ...rest] = data;
    if (sub === SUB.config) {
      if (rest.length !== 1) return null;
      this.#configured.add(pin);
      config(pin);
      return null;
    }
    if (!this.#configured.has(pin)) return null;
    const bus = this.#buses.get(pin) ?? new Bus([]);
    if (bus.hung) return null;
    if (sub === SUB.search) return [SYSEX.oneWire, SUB.searchReply, pin, ...packed(bus.search())];
    if (sub > WITH_DATA + DO.reset + DO.skip) return null;
    const said = bus.command(sub, unpacked(rest));
    return said === null ? null : [SYSEX.oneWire, SUB.readReply, pin, ...packed(said)];
  }
}

class Bus {
  readonly #probes: readonly Ds18b20[];
  #selected: readonly Ds18b20[] = [];
  #sending: number[] = [];

  constructor(probes: readonly Ds18b20[]) {
    this.#probes = probes;
  }

  search(): readonly number[] {
    return this.#probes.filter(({ there }) => there).flatMap(({ probe }) => probe.rom);
  }

  /** One of its probes hangs, and all that wait for the wire with it. */
  get hung(): boolean {
    return this.#probes.some(({ probe }) => probe.port.hung?.() === true);
  }

  /** In the order of the firmware. What is read is preceded by the number that ties it to its question. */
  command(bits: number, data: readonly number[]): readonly number[] | null {
    const there = this.#probes.filter((probe) => probe.there);
    if (bits & DO.reset) [this.#selected, this.#sending] = [[], []];
    if (bits & DO.skip) this.#selected = there;
    if (!(bits & WITH_DATA)) return null;
    let at = 0;
    const take = (count: number): readonly number[] => data.slice(at, (at += count));
    if (bits & DO.select) {
      const rom = take(8).join();
      this.#selected = there.filter(({ probe }) => probe.rom.join() === rom);
    }
    const [low = 0, high = 0, ...tie] = bits & DO.read ? take(4) : [];
    // A delay counts within tasks of the scheduler alone.
    if (bits & DO.delay) take(4);
    if (bits & DO.write) for (const byte of data.slice(at)) this.#write(byte);
    const count = low + 256 * high;
    if (count === 0) return null;
    // Nobody pulls the wire low: all ones.
    const read = Array.from({ length: count }, () => this.#sending.shift() ?? 0xff);
    return [...tie, ...read];
  }

  #write(byte: number): void {
    if (byte === CONVERT) for (const probe of this.#selected) probe.convert();
    if (byte !== READ_SCRATCHPAD) return;
    const [one, ...others] = this.#selected.map((probe) => probe.scratchpad());
    // Several that answer at once pull each other's ones low.
    this.#sending = (one ?? []).map((bits, place) =>
      others.reduce((left, other) => left & (other[place] ?? 0xff), bits),
    );
  }
}
